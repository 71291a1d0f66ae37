"""Reserves: a part of each payee's earnings held back against corrections, and its liquidation.

Lock order: the licences of the recoupment group, period, run, statement, account.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import QuerySet, Sum
from django.utils import timezone

from ledger import posting, recipes
from licensing.deals import terms as contract
from licensing.deals.models import Licence
from licensing.parties.models import Organisation
from licensing.royalties import recouping, statements
from licensing.royalties.division import Division
from licensing.royalties.models import (
    EARNING,
    Allocation,
    AllocationRole,
    Charge,
    ChargeKind,
    Close,
    Period,
)
from licensing.royalties.reserve import held_minor, release_on


@dataclass(frozen=True, slots=True)
class Held:
    """What is held for somebody out of one period, minor units, and when it is released."""

    licence: Licence
    period: Period
    amount_minor: int
    release_on: date


def day_of(period: Period) -> date | None:
    """Return the day on which a period's reserve is released; None where nothing is reserved."""
    reserve = contract.parse(period.licence.terms).reserve
    return release_on(period.ends_on, reserve.months) if reserve else None


def rate_of(close: Close) -> Decimal:
    """Return the part that is held of what a close books: 0 once the period's reserve is over."""
    reserve = contract.parse(close.period.licence.terms).reserve
    if reserve is None:
        return Decimal(0)
    is_over = timezone.localdate(close.closed_at) >= release_on(
        close.period.ends_on, reserve.months
    )
    return Decimal(0) if is_over else reserve.rate


def differences(close: Close, price_id: str, whole: Division, moved: Division) -> dict[str, int]:
    """Return what a booking puts into the reserves of the payees it moves, minor units by slug.

    ``whole`` is the price's division as it is now and ``moved`` what differs from the booked one.
    Below zero is what a correction takes out again.
    """
    if not contract.parse(close.period.licence.terms).reserve:
        return {}
    rate = rate_of(close)
    before = _booked(close.period, price_id)
    return {
        payee: held_minor(
            net_minor=whole.parts[payee].net_minor if payee in whole.parts else 0,
            given_minor=before.get(payee, (0, 0))[0],
            rate=rate,
        )
        - before.get(payee, (0, 0))[1]
        for payee in moved.parts
    }


def _booked(period: Period, price_id: str) -> dict[str, tuple[int, int]]:
    """Return what is payable and what is held of a price, by slug, liquidations included."""
    rows = (
        Allocation.objects.filter(
            charge__period=period, charge__price_id=price_id, role__in=EARNING
        )
        .filter(charge__kind__in=[ChargeKind.PRICE, ChargeKind.LIQUIDATION])
        .values_list("organisation__slug")
        .annotate(Sum("amount_minor"), Sum("reserve_minor"))
    )
    return {slug: (given, held) for slug, given, held in rows}


def with_reserve() -> QuerySet[Period]:
    """Return the periods of which anything is held."""
    held = Period.objects.annotate(held=Sum("charges__allocations__reserve_minor"))
    return held.exclude(held=0).exclude(held=None).select_related("licence").order_by("pk")


def with_reserve_terms() -> QuerySet[Period]:
    """Return the periods of licences that agree on a reserve."""
    agreed = Period.objects.filter(licence__terms__reserve__months__isnull=False)
    return agreed.select_related("licence").order_by("pk")


def held_by_close(period: Period) -> dict[tuple[str, str], int]:
    """Return what is held of a period by price and payee's slug, as it is booked."""
    rows = (
        Allocation.objects.filter(charge__period=period, role__in=EARNING)
        .exclude(charge__kind__in=[ChargeKind.ADVANCE, ChargeKind.RECOUPMENT])
        .values_list("charge__price_id", "organisation__slug")
        .annotate(Sum("reserve_minor"))
    )
    return {(price_id, slug): held for price_id, slug, held in rows}


def followed(period: Period) -> dict[tuple[str, str], int]:
    """Return what should be held of a period, by following what its closes booked in order."""
    if Charge.objects.filter(period=period, kind=ChargeKind.LIQUIDATION).exists():
        return {}
    net: dict[tuple[str, str], int] = defaultdict(int)
    held: dict[tuple[str, str], int] = defaultdict(int)
    rows = Allocation.objects.filter(
        charge__period=period, charge__kind=ChargeKind.PRICE, role__in=EARNING
    ).select_related("charge__close__period__licence", "organisation")
    for row in rows.order_by("charge__close__number", "pk"):
        if row.charge.close is None or row.organisation is None:
            continue
        place = (row.charge.price_id, row.organisation.slug)
        given = net[place] - held[place]
        net[place] += row.amount_minor + row.reserve_minor
        rate = rate_of(row.charge.close)
        held[place] = held_minor(net_minor=net[place], given_minor=given, rate=rate)
    return held


def due(today: date) -> Iterator[Period]:
    """Yield the periods whose reserve is to be released by now."""
    for period in with_reserve().iterator():
        day = day_of(period)
        if day is not None and day <= today:
            yield period


def held_for(payee: Organisation) -> Iterator[Held]:
    """Yield what is held for a payee, by the day it is released."""
    rows = (
        Allocation.objects.filter(organisation=payee)
        .values_list("charge__period")
        .annotate(held=Sum("reserve_minor"))
        .exclude(held=0)
    )
    by_period = dict(rows)
    periods = Period.objects.select_related("licence__deal").in_bulk(list(by_period))
    found = [
        Held(period.licence, period, by_period[pk], day)
        for pk, period in periods.items()
        if (day := day_of(period))
    ]
    yield from sorted(found, key=lambda one: (one.release_on, one.period.pk))


@transaction.atomic
def liquidate(period_id: int) -> list[Allocation]:
    """Release what is still held of a period, if its day has come; safe to repeat.

    It becomes earned, recoups what is left of an advance, and stands on the statements of the
    month it is released in.
    """
    group = recouping.lock(Period.objects.get(pk=period_id).licence_id)
    period = (
        Period.objects.select_related("licence").select_for_update(of=("self",)).get(pk=period_id)
    )
    day = day_of(period)
    if day is None or day > timezone.localdate():
        return []
    made: list[Allocation] = []
    for price_id, parts in _held(period).items():
        made += _release(period, price_id, parts, day)
    if made:
        made += recouping.settle(group)
        statements.draft(made, day)
    return made


def _held(period: Period) -> dict[str, dict[Organisation, int]]:
    rows = (
        Allocation.objects.filter(charge__period=period)
        .values_list("charge__price_id", "organisation")
        .annotate(held=Sum("reserve_minor"))
        .exclude(held=0)
        .order_by("charge__price_id", "organisation")
    )
    found = list(rows)
    payees = Organisation.objects.in_bulk([payee for _, payee, _ in found if payee])
    held: dict[str, dict[Organisation, int]] = defaultdict(dict)
    for price_id, payee, minor in found:
        held[price_id][payees[payee]] = minor
    return held


def _release(
    period: Period, price_id: str, parts: Mapping[Organisation, int], day: date
) -> list[Allocation]:
    earlier = Charge.objects.filter(
        period=period, kind=ChargeKind.LIQUIDATION, price_id=price_id
    ).count()
    name = f"liquidation:{period.licence.public_id}:{period.label}:{price_id}:{earlier + 1}"
    charge = Charge.objects.create(
        period=period,
        kind=ChargeKind.LIQUIDATION,
        price_id=price_id,
        sequence=earlier + 1,
        quantity=Decimal(0),
        currency=period.licence.currency,
        amount_minor=0,
        rated_minor=0,
        trace=[{"step": "liquidate", "day": day.isoformat(), "held_minor": sum(parts.values())}],
        entry_key=name,
    )
    posting.post(
        recipes.reserve_released(
            key=name,
            currency=charge.currency,
            effective_on=day,
            parts={payee.public_id: minor for payee, minor in parts.items()},
            memo={"charge": charge.public_id, "period": period.label, "price": price_id},
        )
    )
    return Allocation.objects.bulk_create(
        Allocation(
            charge=charge,
            organisation=payee,
            role=AllocationRole.PAYEE,
            gross_minor=0,
            reserve_minor=-minor,
            amount_minor=minor,
        )
        for payee, minor in parts.items()
    )
