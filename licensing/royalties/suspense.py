"""Money whose owner is not known: how long it has waited, and when it can stop waiting.

Nothing is paid out of suspense. Once somebody records who owns the works, the period is opened
again, and closing it moves what waited to the owners like any other difference.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Sum

from licensing import evidence
from licensing.royalties import basis
from licensing.royalties.models import Allocation, AllocationRole, Period, PeriodState


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits of one period, minor units, and for how many days since the period ended."""

    period: Period
    currency: str
    amount_minor: int
    age_days: int


def waiting(today: date) -> list[Waiting]:
    """Return what is in suspense by period, the oldest first."""
    rows = (
        Allocation.objects.filter(role=AllocationRole.SUSPENSE)
        .values_list("charge__period", "charge__currency")
        .annotate(total=Sum("amount_minor"))
        .exclude(total=0)
    )
    sums = {period_id: (code, total) for period_id, code, total in rows}
    periods = Period.objects.select_related(
        "licence__deal", "licence__licensor", "licence__licensee"
    ).in_bulk(list(sums))
    found = [
        Waiting(period, *sums[pk], max((today - period.ends_on).days, 0))
        for pk, period in periods.items()
    ]
    return sorted(found, key=lambda one: (-one.age_days, one.period.pk))


def settled(today: date) -> Iterator[Period]:
    """Yield the closed periods with money in suspense whose shares changed since their close."""
    for one in waiting(today):
        last = one.period.closes.order_by("-number").first()
        if last is None or one.period.state != PeriodState.CLOSED:
            continue
        with evidence.workplace() as folder:
            now = basis.hash_of(one.period.licence, one.period.ends_on, folder)
        if now != last.basis_sha256:
            yield one.period
