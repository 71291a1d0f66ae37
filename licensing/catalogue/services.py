"""Registering works, and recording who owns how much of them.

Each function that changes a work locks its row, so of two simultaneous changes the second sees
the first. Scopes are checked at the edge; whose work it is, is checked here.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from licensing.access import Actor
from licensing.catalogue.identifiers import Name, assignable
from licensing.catalogue.imports.rows import MAX_WEIGHT, Shares, text_faults
from licensing.catalogue.models import Identifier, Mandate, Share, Work
from licensing.errors import Fault, IllegalMove, InvalidInput, LicensingError
from licensing.parties.models import Organisation
from licensing.parties.roles import Kind
from licensing.territories import COUNTRIES, WORLD

OWNERS = {Kind.LICENSOR, Kind.COLLECTIVE}

Weights = Mapping[str, Mapping[Organisation, int]]
"""Who owns how much, by territory."""


class NotYourWork(LicensingError):
    """The actor sees the work and has no say over it."""

    code = "not_your_work"
    status = 403


class IdentifierTaken(IllegalMove):
    """Another work carries the identifier."""

    code = "identifier_taken"


class SharesRecorded(IllegalMove):
    """Shares from that day on are recorded already; history is not rewritten."""

    code = "shares_recorded"


@transaction.atomic
def register_work(  # noqa: PLR0913  # a work has this many parts, each by name
    *,
    by: Actor,
    kind: str,
    title: str,
    identifiers: Iterable[str],
    shares: Mapping[str, int],
    by_territory: Shares | None = None,
    starts_on: date | None = None,
    **details: str,
) -> Work:
    """Register a work with its identifiers and shares (owner's slug → weight).

    ``by_territory`` are shares for single countries, in place of the others there. ``details``
    are `Work`'s other texts. Without ``starts_on`` the shares hold since ever. Raises
    `InvalidInput` for an unreadable part and `IdentifierTaken` if another work carries a name.
    """
    names = [assignable(text) for text in identifiers]
    if not names:
        raise InvalidInput(
            "A work needs an identifier, or no report could name it.",
            faults=[Fault("identifiers", "identifier_missing", "Give at least one scheme:value.")],
        )
    weights = weigh(shares, by_territory)
    _require_own_part(by, weights)
    faults = text_faults({"kind": kind, "title": title, **details})
    if faults:
        raise InvalidInput("The work cannot be registered; see errors.", faults=faults)
    work = Work.objects.create(kind=kind, title=title, registered_by=by.organisation, **details)
    for name in dict.fromkeys(names):
        _name(work, name)
    _give_shares(work, weights, starts_on)
    return work


@transaction.atomic
def add_identifier(*, by: Actor, work_id: str, identifier: str) -> Identifier:
    """Give a work another name; giving it one that it has changes nothing."""
    work = lock_own(by, work_id)
    return _name(work, assignable(identifier))


@transaction.atomic
def set_shares(  # noqa: PLR0913  # a record of ownership has this many parts, each by name
    *,
    by: Actor,
    work_id: str,
    shares: Mapping[str, int],
    by_territory: Shares | None = None,
    starts_on: date,
    weight_total: int | None = None,
) -> Work:
    """Replace a work's shares from a day on; what held before stays on record until that day.

    ``by_territory`` are shares for single countries, in place of the others there; countries that
    are not named have none from that day on. ``weight_total`` declares what the shares of each
    territory are parts of: what they leave of it belongs to nobody yet. Without it they sum to the
    whole. Raises `InvalidInput` if they are more than it.

    Only an organisation that owns the whole may give parts of it away; where several own it, the
    operator records what they agreed. Raises `SharesRecorded` if shares start on that day or
    later already.
    """
    work = lock_own(by, work_id, alone=True)
    weights = weigh(shares, by_territory)
    _require_within(weights, weight_total)
    later = work.shares.filter(starts_on__gte=starts_on).order_by("starts_on").last()
    if later is not None:
        raise SharesRecorded(
            f"Shares from {later.starts_on} are on record. Choose a later day.",
            starts_on=str(later.starts_on),
        )
    eve = starts_on - timedelta(days=1)
    work.shares.filter(Q(ends_on=None) | Q(ends_on__gte=starts_on)).update(ends_on=eve)
    _give_shares(work, weights, starts_on)
    work.weight_total = weight_total
    work.save(update_fields=["weight_total"])
    return work


def _require_within(weights: Weights, whole: int | None) -> None:
    faults = [
        Fault(
            "weight_total",
            "shares_above_whole",
            f"The weights{_for(territory)} sum to {claimed} and the whole is {whole}. Lower a "
            "weight, or declare a larger whole.",
        )
        for territory, owners in weights.items()
        if whole is not None and (claimed := sum(owners.values())) > whole
    ]
    if faults:
        raise InvalidInput("The shares are more than the whole; see errors.", faults=faults)


def _for(territory: str) -> str:
    return "" if territory == WORLD else f" for {territory}"


def weigh(shares: Mapping[str, int], by_territory: Shares | None = None) -> Weights:
    """Look up the owners by slug; raises `InvalidInput` naming all that is wrong, field by field.

    ``shares`` are the world-wide ones, ``by_territory`` those of countries.
    """
    countries = by_territory or {}
    stated = {WORLD: shares, **countries} if shares else dict(countries)
    slugs = {slug for weights in stated.values() for slug in weights}
    found = Organisation.objects.in_bulk(list(slugs), field_name="slug")
    faults = [
        *_country_faults(countries),
        *(
            fault
            for territory, weights in stated.items()
            for fault in _weight_faults(territory, weights, found)
        ),
    ]
    if faults:
        raise InvalidInput("The shares cannot be read; see errors.", faults=faults)
    return {
        territory: {found[slug]: weight for slug, weight in weights.items()}
        for territory, weights in stated.items()
    }


def _country_faults(countries: Shares) -> Iterator[Fault]:
    for code, weights in countries.items():
        if code not in COUNTRIES:
            yield Fault(
                "by_territory",
                "territory_unknown",
                f"{code!r} is no country: write its ISO 3166 code, two capitals such as JP. "
                "World-wide shares stand apart from those by territory.",
            )
        elif not weights:
            yield Fault(
                "by_territory",
                "shares_missing",
                f"Name an owner for {code}, or leave it out: the world-wide shares then stand.",
            )


def _weight_faults(
    territory: str, weights: Mapping[str, int], found: Mapping[str, Organisation]
) -> Iterator[Fault]:
    where = "shares" if territory == WORLD else "by_territory"
    for slug, weight in weights.items():
        owner = found.get(slug)
        if owner is None or Kind(owner.kind) not in OWNERS:
            yield Fault(where, "holder_unknown", f"{slug!r} is no licensor here. Check its slug.")
        if not 0 < weight <= MAX_WEIGHT:
            yield Fault(
                where,
                "weight_out_of_range",
                f"The weight of {slug!r}{_for(territory)} is {weight}: write a whole number from 1 "
                f"to {MAX_WEIGHT}.",
            )


def speaks_for(by: Actor) -> set[int] | None:
    """Return the organisations whose ownership an actor may state; nothing means everybody's.

    A licensor speaks for itself, a collective also for members whose mandate it holds today.
    """
    if by.is_operator:
        return None
    held = Mandate.objects.in_force(timezone.localdate()).filter(collective=by.organisation)
    return {by.organisation_id, *held.values_list("member_id", flat=True)}


def _require_own_part(by: Actor, weights: Weights) -> None:
    mine = speaks_for(by)
    owners = [owner for each in weights.values() for owner in each]
    if mine is not None and not any(owner.pk in mine for owner in owners):
        raise NotYourWork(
            "Register works of which your organisation, or a member that gave it a mandate, owns "
            "a part: name it among the shares."
        )


def lock_own(by: Actor, work_id: str, *, alone: bool = False) -> Work:
    """Lock a work that the actor has a say over; ``alone`` means over the whole of it."""
    work = Work.objects.visible_to(by).select_for_update().get(public_id=work_id)
    mine = speaks_for(by)
    if mine is None:
        return work
    standing = Q(ends_on=None) | Q(ends_on__gte=timezone.localdate())
    holders = set(work.shares.filter(standing).values_list("holder_id", flat=True))
    if not holders & mine:
        raise NotYourWork("Your organisation owns no part of this work.")
    if alone and not holders <= mine:
        raise NotYourWork(
            "Others own parts of this work. Ask the operator to record what you agreed with them."
        )
    return work


def _name(work: Work, name: Name) -> Identifier:
    identifier, _created = Identifier.objects.get_or_create(
        scheme=name.scheme, value=name.value, defaults={"work": work}
    )
    if identifier.work_id != work.pk:
        other = identifier.work
        raise IdentifierTaken(
            f"{name} names another work: {other.title} ({other.public_id}).",
            faults=[Fault("identifiers", "identifier_taken", f"{name} is {other.public_id}'s.")],
        )
    return identifier


def _give_shares(work: Work, weights: Weights, starts_on: date | None) -> None:
    Share.objects.bulk_create(
        Share(work=work, holder=owner, weight=weight, territory=territory, starts_on=starts_on)
        for territory, owners in weights.items()
        for owner, weight in owners.items()
    )
