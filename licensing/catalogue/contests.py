"""Claims to works: parts that somebody says are theirs, and works of which too much is claimed.

Where a work has a declared whole and more than it is claimed, nobody is paid for the work until
the owners are recorded: nothing is scaled down silently.
"""

from collections.abc import Iterator
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


class AlreadyClaimed(IllegalMove):
    """The organisation has a share of the work from that day on."""

    code = "share_claimed"


@dataclass(frozen=True, slots=True)
class Contest:
    """A work of which more is claimed than its whole, with every claim."""

    work: Work
    claimed: int
    shares: tuple[Share, ...]


@transaction.atomic
def claim_share(*, by: Actor, work_id: str, weight: int, starts_on: date) -> Work:
    """Record that an organisation says a part of a work is its own, from a day on.

    ``weight`` counts in the work's declared whole; a work without one gets what its owners'
    weights sum to. What is claimed beyond the whole blocks the work until the operator records
    the owners. Raises `AlreadyClaimed` if the organisation has a share that reaches the day.
    """
    if Kind(by.organisation.kind) not in OWNERS:
        raise MissingScope("Only licensors and collectives own works.")
    if not 0 < weight <= MAX_WEIGHT:
        message = f"Write a whole number from 1 to {MAX_WEIGHT}."
        raise InvalidInput(
            "The claim cannot be read; see errors.",
            faults=[Fault("weight", "weight_out_of_range", message)],
        )
    work = Work.objects.visible_to(by).select_for_update().get(public_id=work_id)
    reaching = work.shares.filter(Q(ends_on=None) | Q(ends_on__gte=starts_on))
    if reaching.filter(holder=by.organisation).exists():
        raise AlreadyClaimed("Your organisation has a share of this work on that day already.")
    if work.weight_total is None:
        known = reaching.filter(territory="WW").aggregate(whole=Sum("weight"))["whole"]
        work.weight_total = known or weight
        work.save(update_fields=["weight_total"])
    Share.objects.create(work=work, holder=by.organisation, weight=weight, starts_on=starts_on)
    return work


def contested(actor: Actor, on: date) -> QuerySet[Work]:
    """Return the works an actor is concerned with of which too much is claimed on a day."""
    standing = Q(shares__starts_on=None) | Q(shares__starts_on__lte=on)
    standing &= Q(shares__ends_on=None) | Q(shares__ends_on__gte=on)
    found = (
        Work.objects.visible_to(actor)
        .exclude(weight_total=None)
        .annotate(claimed=Sum("shares__weight", filter=standing & Q(shares__territory="WW")))
        .filter(claimed__gt=F("weight_total"))
    )
    if not actor.is_operator:
        found = found.filter(pk__in=Work.objects.owned_by(actor.organisation).values("pk"))
    return found.order_by("title", "pk")


def contests(works: QuerySet[Work], on: date) -> Iterator[Contest]:
    """Yield contested works with what each holder claims."""
    for work in works.prefetch_related("shares__holder"):
        shares = tuple(
            share
            for share in work.shares.all()
            if (share.starts_on is None or share.starts_on <= on)
            and (share.ends_on is None or share.ends_on >= on)
        )
        yield Contest(work, sum(share.weight for share in shares), shares)
