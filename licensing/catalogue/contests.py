"""Claims to works: parts that somebody says are theirs, and works of which too much is claimed.

Where a work has a declared whole and more than it is claimed in a territory, nobody is paid for
its use there until the owners are recorded: nothing is scaled down silently.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import F, Q, QuerySet, Sum

from licensing.access import Actor
from licensing.catalogue.imports.rows import MAX_WEIGHT
from licensing.catalogue.models import Share, Work
from licensing.catalogue.services import OWNERS
from licensing.errors import Fault, IllegalMove, InvalidInput, MissingScope
from licensing.parties.roles import Kind
from licensing.territories import TERRITORIES, WORLD


class AlreadyClaimed(IllegalMove):
    """The organisation has a share of the work from that day on."""

    code = "share_claimed"


class WholesDiffer(IllegalMove):
    """The shares of a work's territories are parts of different wholes, so no claim can be one."""

    code = "wholes_differ"


@dataclass(frozen=True, slots=True)
class Contest:
    """A work of which more is claimed in a territory than its whole, with every claim there."""

    work: Work
    territory: str
    claimed: int
    shares: tuple[Share, ...]


@transaction.atomic
def claim_share(
    *, by: Actor, work_id: str, weight: int, starts_on: date, territory: str = WORLD
) -> Work:
    """Record that an organisation says a part of a work is its own, from a day on.

    ``weight`` counts in the work's declared whole; a work without one gets what its owners'
    weights sum to. What is claimed beyond the whole blocks the work in that territory until the
    operator records the owners. A country without shares of its own first takes over the
    world-wide ones, which the claim would otherwise stand in place of. Raises `AlreadyClaimed` if
    the organisation has a share that reaches the day there.
    """
    if Kind(by.organisation.kind) not in OWNERS:
        raise MissingScope("Only licensors and collectives own works.")
    if faults := list(_faults(weight, territory)):
        raise InvalidInput("The claim cannot be read; see errors.", faults=faults)
    work = Work.objects.visible_to(by).select_for_update().get(public_id=work_id)
    reaching = list(work.shares.filter(Q(ends_on=None) | Q(ends_on__gte=starts_on)))
    own = [share for share in reaching if share.territory == territory]
    standing = own or [share for share in reaching if share.territory == WORLD]
    if any(share.holder_id == by.organisation_id for share in standing):
        raise AlreadyClaimed("Your organisation has a share of this work on that day already.")
    if work.weight_total is None:
        in_force = [share for share in reaching if _is_in_force(share, starts_on)]
        work.weight_total = _whole(in_force) or weight
        work.save(update_fields=["weight_total"])
    if not own and territory != WORLD:
        Share.objects.bulk_create(_repeated(standing, territory, starts_on))
    Share.objects.create(
        work=work,
        holder=by.organisation,
        weight=weight,
        territory=territory,
        starts_on=starts_on,
    )
    return work


def _faults(weight: int, territory: str) -> Iterator[Fault]:
    if not 0 < weight <= MAX_WEIGHT:
        message = f"Write a whole number from 1 to {MAX_WEIGHT}."
        yield Fault("weight", "weight_out_of_range", message)
    if territory not in TERRITORIES:
        message = f"{territory!r} is no ISO 3166 code: write two capitals such as JP, or WW."
        yield Fault("territory", "territory_unknown", message)


def _whole(shares: Sequence[Share]) -> int | None:
    """Return what the shares of every territory sum to, if they sum to the same."""
    sums: dict[str, int] = defaultdict(int)
    for share in shares:
        sums[share.territory] += share.weight
    wholes = set(sums.values())
    if len(wholes) > 1:
        raise WholesDiffer(
            "The weights of this work sum to different wholes by territory "
            f"({', '.join(f'{code} {total}' for code, total in sorted(sums.items()))}), so a "
            "part cannot be told. Ask the operator to record its shares with a declared whole."
        )
    return wholes.pop() if wholes else None


def _repeated(shares: Sequence[Share], territory: str, starts_on: date) -> Iterator[Share]:
    for share in shares:
        yield Share(
            work_id=share.work_id,
            holder_id=share.holder_id,
            weight=share.weight,
            territory=territory,
            starts_on=max(share.starts_on or starts_on, starts_on),
            ends_on=share.ends_on,
        )


def contested(actor: Actor, on: date) -> QuerySet[Work]:
    """Return the works an actor is concerned with of which too much is claimed on a day."""
    over = (
        Share.objects.in_force(on)
        .filter(work__weight_total__isnull=False)
        .order_by()
        .values("work", "territory")
        .annotate(claimed=Sum("weight"))
        .filter(claimed__gt=F("work__weight_total"))
    )
    found = Work.objects.visible_to(actor).filter(pk__in=over.values("work"))
    if not actor.is_operator:
        found = found.filter(pk__in=Work.objects.owned_by(actor.organisation).values("pk"))
    return found.order_by("title", "pk")


def contests(works: QuerySet[Work], on: date) -> Iterator[Contest]:
    """Yield where works are contested, with what each holder claims there."""
    for work in works.prefetch_related("shares__holder"):
        claims: dict[str, list[Share]] = defaultdict(list)
        for share in work.shares.all():
            if _is_in_force(share, on):
                claims[share.territory].append(share)
        for territory, shares in sorted(claims.items()):
            claimed = sum(share.weight for share in shares)
            if work.weight_total is not None and claimed > work.weight_total:
                yield Contest(work, territory, claimed, tuple(shares))


def _is_in_force(share: Share, on: date) -> bool:
    starts, ends = share.starts_on, share.ends_on
    return (starts is None or starts <= on) and (ends is None or ends >= on)
