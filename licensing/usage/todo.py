"""What usage asks of an organisation, and the latest moves of its reports."""

import calendar
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from licensing.access import Actor
from licensing.deals.models import Licence
from licensing.parties.models import Organisation
from licensing.parties.roles import Scope
from licensing.templatetags.periods import period as month_name
from licensing.todo import Event, Task
from licensing.usage.models import ReportMove, ReportState, UsageReport
from licensing.usage.notices.models import Notice, Stage
from licensing.usage.reading import SAID, TO_FIX

MOST = 10
LOOK_BACK_MONTHS = 12
CADENCES = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}


def tasks(actor: Actor) -> Iterator[Task]:
    """Yield the months to report, then the reports that need another look."""
    if actor.is_operator or not actor.may(Scope.USAGE_WRITE):
        return
    yield from _missing(actor.organisation)
    yield from _to_fix(actor.organisation)


def _missing(licensee: Organisation) -> Iterator[Task]:
    """Yield each licence's ended months without a report, the oldest first."""
    reports = UsageReport.objects.filter(licensee=licensee).exclude(state=ReportState.REJECTED)
    there = set(reports.values_list("licence_id", "period"))
    demanded = Notice.objects.standing(Stage.FORMAL).filter(licence__licensee=licensee)
    # A formal notice asks for its months by itself.
    there |= {(one.licence_id, month) for one in demanded for month in one.missing_months}
    missing = [
        (due, month, licence)
        for licence in Licence.objects.filter(licensee=licensee).select_related("deal")
        for month, due in months_to_report(licence, timezone.localdate())
        if (licence.pk, month) not in there
    ]
    for due, month, licence in sorted(missing, key=lambda one: (*one[:2], one[2].pk))[:MOST]:
        text = _("Report the use of %(month)s under “%(licence)s”") % {
            "month": month_name(month),
            "licence": licence.deal.title,
        }
        address = reverse("new-report")
        yield Task(
            text,
            f"{address}?licence={licence.public_id}&period={month:%Y-%m}",
            tone="critical" if due < timezone.now() else "warning",
            until=due,
        )


def months_to_report(licence: Licence, today: date) -> Iterator[tuple[date, datetime]]:
    """Yield the months of a licence whose accounting period is over, with the last moment.

    Nothing where the terms ask for no reports, and nothing older than a year.
    """
    reporting = licence.terms.get("reporting")
    if not reporting:
        return
    month = today.replace(day=1)
    for _step in range(LOOK_BACK_MONTHS):
        month = (month - timedelta(days=1)).replace(day=1)
        if month < licence.starts_on.replace(day=1):
            return
        last_day = _last_day(month, CADENCES[reporting["cadence"]])
        if last_day < today and (licence.ends_on is None or month <= licence.ends_on):
            due_on = last_day + timedelta(days=reporting["due_days"])
            yield month, timezone.make_aware(datetime.combine(due_on, time(23, 59, 59)))


def _last_day(month: date, length: int) -> date:
    """Return the last day of the accounting period of so many months that holds a month."""
    last = ((month.month - 1) // length + 1) * length
    return date(month.year, last, calendar.monthrange(month.year, last)[1])


def _to_fix(licensee: Organisation) -> Iterator[Task]:
    reports = UsageReport.objects.filter(licensee=licensee)
    for report in reports.filter(state=ReportState.REJECTED, followers=None)[:MOST]:
        yield Task(
            _("Send %(report)s again: it was rejected as a whole") % {"report": report.report_id},
            reverse("report", args=[report.public_id]),
            tone="critical",
        )
    for report in reports.filter(TO_FIX, followers=None)[:MOST]:
        yield Task(
            _("Fix the lines of %(report)s that were not accepted") % {"report": report.report_id},
            reverse("report", args=[report.public_id]) + "#findings",
            count=report.lines_quarantined + report.lines_rejected,
        )


def events(actor: Actor, most: int) -> Iterator[Event]:
    """Yield the latest moves of the reports an actor may see, newest first."""
    if not actor.may(Scope.USAGE_READ):
        return
    moves = ReportMove.objects.filter(report__in=UsageReport.objects.visible_to(actor))
    told = moves.filter(to_state__in=[ReportState.ACCEPTED, ReportState.REJECTED])
    for move in told.select_related("report__licensee").order_by("-pk")[:most]:
        yield Event(
            at=move.at,
            text=_("%(report)s of %(month)s")
            % {"report": move.report.report_id, "month": month_name(move.report.period)},
            url=reverse("report", args=[move.report.public_id]),
            kind="report",
            state=move.to_state,
            what=SAID[move.move],
            who=move.report.licensee.name,
        )
