"""Asking for reports that have not come: reminders, formal notices, their answers, withdrawals.

A daily job issues what is due and a report answers what asked for it; both may run twice. Lock
order: licence, notice.
"""

from collections.abc import Collection
from datetime import date, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from licensing.access import Actor
from licensing.deals.models import DealState, Licence
from licensing.errors import Fault, InvalidInput
from licensing.parties.roles import Scope
from licensing.usage.models import UNCHECKED, ReportState, UsageReport
from licensing.usage.notices import due, lifecycle, printing
from licensing.usage.notices.due import Due
from licensing.usage.notices.duties import duty_of
from licensing.usage.notices.lifecycle import Move
from licensing.usage.notices.models import Notice, NoticeMove, NoticeState, Stage

# A report that was received keeps a notice from being issued; one that counts answers it.
RECEIVED = (*UNCHECKED, ReportState.ACCEPTED, ReportState.SUPERSEDED)
COUNTS = (ReportState.ACCEPTED,)
NO_LONGER_DUE = "The report was not due on the day this notice says."


def reporting() -> QuerySet[Licence]:
    """Return the licences whose use has to be reported."""
    states = [DealState.IN_FORCE, DealState.EXPIRED]
    return Licence.objects.filter(deal__state__in=states).order_by("pk")


def issue_due(today: date) -> None:
    """Issue the reminders and formal notices that are due on a day, settle what stands."""
    for licence in reporting():
        wanted = [one for one in due.ended(duty_of(licence), today) if _stage(one, today)]
        if any(_missing(licence, one, RECEIVED) for one in wanted):
            _issue(licence, wanted, today)
    standing = Notice.objects.standing().values_list("licence", flat=True)
    for licence in Licence.objects.filter(pk__in=standing).order_by("pk"):
        settle(licence)


def _stage(one: Due, today: date) -> Stage | None:
    if today > one.due_on:
        return Stage.FORMAL
    if today >= one.due_on - timedelta(days=settings.REPORT_REMINDER_DAYS):
        return Stage.REMINDER
    return None


def _missing(licence: Licence, one: Due, states: Collection[str]) -> list[date]:
    """Return the months of a period without a report in one of these states."""
    reports = UsageReport.objects.filter(
        licence=licence, period__in=one.months, state__in=list(states)
    )
    there = set(reports.values_list("period", flat=True))
    return [month for month in one.months if month not in there]


@transaction.atomic
def _issue(licence: Licence, wanted: list[Due], today: date) -> None:
    Licence.objects.lock(licence.pk)
    for one in wanted:
        stage = _stage(one, today)
        missing = _missing(licence, one, RECEIVED)
        if not missing or stage is None:
            continue
        formal = stage is Stage.FORMAL
        deadline_on = today + timedelta(days=settings.NOTICE_ANSWER_DAYS) if formal else one.due_on
        notice, is_new = Notice.objects.get_or_create(
            licence=licence,
            starts_on=one.starts_on,
            stage=stage,
            due_on=one.due_on,
            defaults={
                "ends_on": one.ends_on,
                "months": [f"{month:%Y-%m}" for month in one.months],
                "missing": [f"{month:%Y-%m}" for month in missing],
                "deadline_on": deadline_on,
                "issued_at": timezone.now(),
            },
        )
        if is_new and formal:
            printing.request(notice)


@transaction.atomic
def settle(licence: Licence) -> None:
    """Answer a licence's notices whose reports are all in force; withdraw what was not due."""
    Licence.objects.lock(licence.pk)
    duty = duty_of(licence)
    still_reports = reporting().filter(pk=licence.pk).exists()
    for pk in Notice.objects.standing().filter(licence=licence).values_list("pk", flat=True):
        notice = Notice.objects.lock(pk)
        expected = due.of_period(duty, notice.starts_on) if still_reports else None
        if expected is None or expected.due_on != notice.due_on:
            _move(notice, Move.WITHDRAW, reason=NO_LONGER_DUE)
        elif not _missing(licence, expected, COUNTS):
            counted = UsageReport.objects.filter(
                licence=licence, period__in=expected.months, state__in=COUNTS
            )
            notice.answer = counted.order_by("-checked_at", "-pk").first()
            _move(notice, Move.ANSWER)


@transaction.atomic
def withdraw(*, by: Actor, notice_id: str, reason: str) -> Notice:
    """Take a notice back, saying why; raises `InvalidInput`, `IllegalMove` or `DoesNotExist`."""
    by.require(Scope.NOTICES_WRITE)
    if not reason.strip():
        raise InvalidInput(
            "Say why.", faults=[Fault("reason", "required", "Say why; the licensee reads it.")]
        )
    found = Notice.objects.visible_to(by).get(public_id=notice_id)
    Licence.objects.lock(found.licence_id)
    notice = Notice.objects.lock(found.pk)
    _move(notice, Move.WITHDRAW, reason=reason.strip(), by=by)
    return notice


def _move(notice: Notice, what: Move, *, reason: str = "", by: Actor | None = None) -> None:
    """Make one legal move of a locked notice, save it and record the move."""
    before = lifecycle.State(notice.state)
    notice.state = NoticeState(lifecycle.apply(before, what).value)
    notice.settled_at = timezone.now()
    notice.save()
    NoticeMove.objects.create(
        notice=notice,
        move=what.value,
        from_state=before.value,
        to_state=notice.state,
        reason=reason,
        by=by.organisation if by else None,
        by_user=by.user if by else None,
        at=notice.settled_at,
    )
