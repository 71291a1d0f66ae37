"""Keeping what is recouped of advances in line with what was paid out and what is earned.

Licences between the same two parties that name the same group recoup each other's advances. What
should be recouped is computed from everything booked, period by period and licence by licence;
only the difference from what was recouped before is booked. So a correction gives back what it
takes from earlier earnings, and moves it to later ones.

A reserve is earned when it is released: it is recouped from what is left then, after the periods
that were earned before, and moves nothing that was recouped of them.

Lock order: the licences of the group by id, then run, statement, account.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.models import Q, QuerySet, Sum
from django.utils import timezone

from ledger import posting, recipes
from ledger.journal import EntryDraft
from licensing.deals import terms as contract
from licensing.deals.models import Licence
from licensing.parties.models import Organisation
from licensing.royalties.models import (
    EARNING,
    Allocation,
    AllocationRole,
    Charge,
    ChargeKind,
    Period,
)
from licensing.royalties.recoupment import recoup
from licensing.royalties.reserve import release_on

PRICE_ID = "advance"
"""What advances and recoupments are called where a rated charge names its price."""
RESERVE_ID = "reserve"
"""What a recoupment of a released reserve is called there."""


@dataclass
class Earnings:
    """What payees earned in one period and what is recouped of it, minor units by slug.

    What a period's reserve gives when it is released is earnings of its own.
    """

    period_id: int
    price_id: str
    counts_from: date
    earned: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    recouped: dict[str, int] = field(default_factory=lambda: defaultdict(int))


def group_of(licence: Licence) -> QuerySet[Licence]:
    """Return the licences that recoup one another's advances, this one among them."""
    advance = licence.terms.get("advance") or {}
    if not advance.get("group"):
        return Licence.objects.filter(pk=licence.pk)
    return Licence.objects.filter(
        licensor=licence.licensor_id,
        licensee=licence.licensee_id,
        currency=licence.currency,
        terms__advance__group=advance["group"],
    )


def lock(licence_id: int) -> list[Licence]:
    """Lock a licence with all that share its advances, by id, until the transaction ends."""
    group = group_of(Licence.objects.get(pk=licence_id))
    return list(group.select_for_update(of=("self",)).order_by("pk"))


def released_minor(licences: Sequence[Licence]) -> int:
    """Return what was paid out of the advances of licences, minor units."""
    paid = Charge.objects.filter(kind=ChargeKind.ADVANCE, period__licence__in=licences)
    return int(paid.aggregate(total=Sum("amount_minor"))["total"] or 0)


def earnings_of(licences: Sequence[Licence]) -> list[Earnings]:
    """Return what each period earned, in the order in which it is recouped."""
    rows = (
        Allocation.objects.filter(role__in=EARNING, charge__period__licence__in=licences)
        .exclude(charge__kind=ChargeKind.ADVANCE)
        .values(
            "charge__period_id",
            "charge__kind",
            "organisation__slug",
            of_reserve=Q(charge__kind=ChargeKind.LIQUIDATION)
            | Q(charge__kind=ChargeKind.RECOUPMENT, charge__price_id=RESERVE_ID),
        )
        .annotate(amount=Sum("amount_minor"), recouped=Sum("recouped_minor"))
    )
    periods = Period.objects.filter(licence__in=licences).select_related("licence").in_bulk()
    found: dict[tuple[int, bool], Earnings] = {}
    for row in rows:
        place = (row["charge__period_id"], row["of_reserve"])
        one = found.setdefault(place, _nothing_yet(periods[place[0]], of_reserve=place[1]))
        payee = row["organisation__slug"]
        if row["charge__kind"] == ChargeKind.RECOUPMENT:
            one.recouped[payee] += row["recouped"]
        else:
            one.earned[payee] += row["amount"]

    def place_of(one: Earnings) -> tuple[date, bool, int, int]:
        licence_id = periods[one.period_id].licence_id
        return one.counts_from, one.price_id == PRICE_ID, licence_id, one.period_id

    return sorted(found.values(), key=place_of)


def _nothing_yet(period: Period, *, of_reserve: bool) -> Earnings:
    """Return empty earnings in their place: a period's month, or the one of its release.

    A release comes before the period of its own month, which is closed after it.
    """
    reserve = contract.parse(period.licence.terms).reserve
    if not of_reserve or reserve is None:
        return Earnings(period.pk, PRICE_ID, period.starts_on)
    released_on = release_on(period.ends_on, reserve.months)
    return Earnings(period.pk, RESERVE_ID, released_on.replace(day=1))


def settle(licences: Sequence[Licence], *, closing: Period | None = None) -> list[Allocation]:
    """Book what differs between what is and what should be recouped of a group's advances.

    Call it under `lock` and put what it returns on statements. ``closing`` is the period that is
    being booked: its first recoupment belongs to its own last day, everything else to today.
    """
    if not any(licence.terms.get("advance") for licence in licences):
        return []
    periods = earnings_of(licences)
    released = released_minor(licences)
    wholes = recoup(released, [one.earned for one in periods])
    changed = [
        (one, whole)
        for one, whole in zip(periods, wholes, strict=True)
        if any(_differences(one, whole).values())
    ]
    rows = Period.objects.select_related("licence__licensor", "licence__licensee", "licence__deal")
    by_id = rows.in_bulk([one.period_id for one, _ in changed])
    entries: list[EntryDraft] = []
    made: list[Allocation] = []
    for one, whole in changed:
        period = by_id[one.period_id]
        before = sum(sum(each.values()) for each in wholes[: periods.index(one)])
        charge = _charge(period, one, whole, released_minor=released, before_minor=before)
        parts = {payee: part for payee, part in _differences(one, whole).items() if part}
        allocations = _allocations(charge, one, parts)
        entries.append(_entry(charge, allocations, _effective_on(charge, closing)))
        made += allocations
    posting.post_many(entries)
    return made


def _differences(one: Earnings, whole: Mapping[str, int]) -> dict[str, int]:
    payees = sorted({*one.recouped, *whole})
    return {payee: whole.get(payee, 0) - one.recouped.get(payee, 0) for payee in payees}


def _charge(
    period: Period,
    one: Earnings,
    whole: Mapping[str, int],
    *,
    released_minor: int,
    before_minor: int,
) -> Charge:
    earlier = Charge.objects.filter(
        period=period, kind=ChargeKind.RECOUPMENT, price_id=one.price_id
    ).order_by("sequence")
    sequence = earlier.count() + 1
    of_what = f"{period.label}:{RESERVE_ID}" if one.price_id == RESERVE_ID else period.label
    recouped = sum(whole.values())
    return Charge.objects.create(
        period=period,
        kind=ChargeKind.RECOUPMENT,
        price_id=one.price_id,
        sequence=sequence,
        corrects=earlier.first(),
        quantity=Decimal(0),
        currency=period.licence.currency,
        amount_minor=-sum(_differences(one, whole).values()),
        rated_minor=-recouped,
        trace=[
            {
                "step": "recoup",
                "released_minor": released_minor,
                "before_minor": before_minor,
                "earned_minor": sum(one.earned.values()),
                "amount_minor": -recouped,
            }
        ],
        entry_key=f"recoupment:{period.licence.public_id}:{of_what}:{sequence}",
    )


def _allocations(charge: Charge, one: Earnings, parts: Mapping[str, int]) -> list[Allocation]:
    payees = Organisation.objects.in_bulk(list(parts), field_name="slug")
    return Allocation.objects.bulk_create(
        Allocation(
            charge=charge,
            organisation=payees[payee],
            role=AllocationRole.PAYEE,
            weight=str(max(one.earned.get(payee, 0), 0)),
            gross_minor=0,
            recouped_minor=part,
            amount_minor=-part,
        )
        for payee, part in parts.items()
    )


def _entry(charge: Charge, allocations: Sequence[Allocation], effective_on: date) -> EntryDraft:
    licence = charge.period.licence
    return recipes.recouped(
        key=charge.entry_key,
        licensee=licence.licensee.public_id,
        holder=licence.licensor.public_id,
        currency=charge.currency,
        effective_on=effective_on,
        parts={
            one.organisation.public_id: one.recouped_minor
            for one in allocations
            if one.organisation
        },
        memo={
            "charge": charge.public_id,
            "licence": licence.public_id,
            "period": charge.period.label,
        },
    )


def _effective_on(charge: Charge, closing: Period | None) -> date:
    is_own = closing is not None and charge.period_id == closing.pk
    is_first = charge.price_id == PRICE_ID and not charge.corrects_id
    return charge.period.ends_on if is_own and is_first else timezone.localdate()
