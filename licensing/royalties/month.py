"""A month as finance looks at it: every licence in force, with its period or what it waits for."""

import calendar
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet, Sum

from licensing.access import Actor
from licensing.deals.models import Licence
from licensing.royalties.indices import readings
from licensing.royalties.models import Charge, Close, Period, PeriodState
from licensing.usage.matching import coverage
from licensing.usage.models import UNCHECKED, ReportState, UsageReport

UNDER_WAY = (PeriodState.DUE, PeriodState.CLOSING)


@dataclass(frozen=True, slots=True)
class Row:
    """A licence in a month. Amounts are minor units of the licence's currency."""

    licence: Licence
    period: Period | None
    in_force: int
    checking: int
    is_stale: bool
    charged_minor: int
    before_minor: int

    @property
    def state(self) -> str:
        """The period's state as its badge shows it; a refused close has failed."""
        if self.period is None:
            return "open"
        return "failed" if self.period.failure else self.period.state

    @property
    def is_under_way(self) -> bool:
        """Whether a close is asked for or being worked on."""
        return self.period is not None and self.period.state in UNDER_WAY

    @property
    def can_be_closed(self) -> bool:
        """Whether a close would be accepted and has something new to look at."""
        if self.is_under_way or self.checking:
            return False
        return self.is_stale or self.period is None or self.period.state != PeriodState.CLOSED

    @property
    def is_ready(self) -> bool:
        """Whether everything that was awaited is here, so that closing it is the next step."""
        return self.can_be_closed and bool(self.in_force)

    @property
    def change_minor(self) -> int:
        """What was charged less what the month before was."""
        return self.charged_minor - self.before_minor


def last_of(month: date) -> date:
    """Return a month's last day."""
    return month.replace(day=calendar.monthrange(month.year, month.month)[1])


def before(month: date) -> date:
    """Return the first day of the month before."""
    return date(month.year - (month.month == 1), (month.month - 2) % 12 + 1, 1)


def after(month: date) -> date:
    """Return the first day of the month after."""
    return date(month.year + (month.month == 12), month.month % 12 + 1, 1)


def licences_of(actor: Actor, month: date) -> QuerySet[Licence]:
    """Return the licences an actor may see that are in force in a month."""
    return (
        Licence.objects.visible_to(actor)
        .filter(Q(ends_on=None) | Q(ends_on__gte=month), starts_on__lte=last_of(month))
        .select_related("deal", "licensor", "licensee")
        .order_by("pk")
    )


def rows(licences: Sequence[Licence], month: date) -> list[Row]:
    """Return a row for each licence, in a fixed number of queries."""
    ids = [licence.pk for licence in licences]
    periods = {
        period.licence_id: period
        for period in Period.objects.filter(
            licence__in=ids, starts_on__lte=month, ends_on__gte=month
        )
    }
    reports = _reports(ids, list(periods.values()), month)
    charged = _charged(ids, [month])
    earlier = _charged(ids, [before(month)])
    looked_at = _latest_closes(list(periods.values()))
    revised = readings.revised(close.indices for close in looked_at.values())
    granted = coverage.granted_each([(one.licence_id, one.ends_on) for one in periods.values()])
    found = []
    for licence in licences:
        period = periods.get(licence.pk)
        counted = [one for one in reports[licence.pk] if one.state == ReportState.ACCEPTED]
        seen = looked_at.get(period.pk) if period else None
        now = ([one.basis for one in counted], granted.get(licence.pk, []))
        found.append(
            Row(
                licence=licence,
                period=period,
                in_force=len(counted),
                checking=sum(one.is_unsettled for one in reports[licence.pk]),
                is_stale=seen is not None
                and (
                    (seen.reports, seen.granted) != now
                    or any((one["series"], one["month"]) in revised for one in seen.indices)
                ),
                charged_minor=charged.get(licence.pk, 0),
                before_minor=earlier.get(licence.pk, 0),
            )
        )
    return found


def _reports(
    licences: Sequence[int], periods: Sequence[Period], month: date
) -> dict[int, list[UsageReport]]:
    first = min([month, *(period.starts_on for period in periods)])
    last = max([last_of(month), *(period.ends_on for period in periods)])
    spans = {period.licence_id: (period.starts_on, period.ends_on) for period in periods}
    reports = UsageReport.objects.filter(
        licence__in=licences,
        period__gte=first,
        period__lte=last,
        state__in=[ReportState.ACCEPTED, *UNCHECKED],
    )
    grouped: dict[int, list[UsageReport]] = defaultdict(list)
    for report in reports.order_by("pk"):
        starts_on, ends_on = spans.get(report.licence_id, (month, last_of(month)))
        if starts_on <= report.period <= ends_on:
            grouped[report.licence_id].append(report)
    return grouped


def _charged(licences: Sequence[int], months: Sequence[date]) -> dict[int, int]:
    """Return what was charged to each licence in the periods that begin in these months."""
    totals = (
        Charge.objects.rated()
        .filter(period__licence__in=licences, period__starts_on__in=months)
        .values("period__licence")
        .annotate(total=Sum("amount_minor"))
    )
    return {row["period__licence"]: row["total"] for row in totals}


def _latest_closes(periods: Sequence[Period]) -> dict[int, Close]:
    """Return each period's latest close, which says what it looked at."""
    closes = Close.objects.filter(period__in=periods).order_by("period", "number")
    return {close.period_id: close for close in closes}
