"""Closing a period: gather what is in force, rate it whole, divide it, book the difference.

The row says that a close is due; a worker claims it, works without holding a lock, and books in
one transaction that first checks that nothing changed meanwhile. A worker killed anywhere leaves
a period that the sweep finds, and at most files that nothing refers to.
"""

from contextlib import ExitStack
from datetime import date
from functools import partial

import structlog
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from config.jobs import enqueue_on_commit
from ledger.errors import LedgerError
from licensing import evidence
from licensing.access import Actor
from licensing.claims import Claimable, claim
from licensing.deals import terms as contract
from licensing.deals.models import Licence
from licensing.errors import IllegalMove, LicensingError
from licensing.refusal_words import kept
from licensing.royalties import (
    basis,
    booking,
    earlier,
    measures,
    periods,
    rating,
    recouping,
)
from licensing.royalties.booking import Inputs, RatedPeriod
from licensing.royalties.indices import readings
from licensing.royalties.material import MadeFrom, opened, span_of
from licensing.royalties.models import Close, Period, PeriodState
from licensing.usage.matching import coverage
from licensing.usage.models import ReportState, UsageReport

log = structlog.get_logger(__name__)

STEPS_BESIDE_PRICES = 3


class StillChecking(IllegalMove):
    """A report of the period is still being checked."""

    code = "report_still_checking"


def period_of(licence: Licence, day: date) -> Period:
    """Return the accounting period of a licence that holds a day, making its row if needed."""
    terms = contract.parse(licence.terms)
    span = periods.span_of(day, periods.cadence_of(terms))
    period, _ = Period.objects.get_or_create(
        licence=licence, starts_on=span.starts_on, defaults={"ends_on": span.ends_on}
    )
    return period


@transaction.atomic
def note_change(licence: Licence, day: date) -> Period:
    """Make the row of the period that a report falls in; if it was closed, open it again.

    What was booked stands. Closing it again books the difference, so a late report and a
    correction are the same to finance as a first one: a period that waits to be closed.
    """
    Licence.objects.lock(licence.pk)
    period = Period.objects.lock(period_of(licence, day).pk)
    if period.state == PeriodState.CLOSED and is_stale(period):
        period.state = PeriodState.OPEN
        period.save(update_fields=["state"])
    return period


def unnoted() -> QuerySet[UsageReport]:
    """Return accepted reports whose period has no row, or was closed before they were judged."""
    holding = Period.objects.filter(
        licence=OuterRef("licence"),
        starts_on__lte=OuterRef("period"),
        ends_on__gte=OuterRef("period"),
    )
    judged_at = Coalesce(OuterRef("judged_at"), OuterRef("checked_at"))
    since = holding.exclude(state=PeriodState.CLOSED, closed_at__lt=judged_at)
    return UsageReport.objects.filter(~Exists(since), state=ReportState.ACCEPTED)


def is_stale(period: Period) -> bool:
    """Whether reports in force, verdicts, works covered or index readings changed since."""
    last = period.closes.order_by("-number").first()
    reports = UsageReport.objects.in_force(period.licence_id, period.starts_on, period.ends_on)
    if last is None or last.reports != [report.basis for report in reports]:
        return True
    if tuple(last.granted) != coverage.granted(period.licence, period.ends_on):
        return True
    return bool(readings.revised([last.indices]))


@transaction.atomic
def request_close(*, by: Actor, period_id: str) -> Period:
    """Ask for a period to be closed, or closed again after something changed.

    Raises `IllegalMove` while a close is under way or a report is still being checked, and where
    an earlier period that counts towards this one is open.
    """
    found = Period.objects.visible_to(by).get(public_id=period_id)
    Licence.objects.lock(found.licence_id)
    period = Period.objects.lock(found.pk)
    if period.state in {PeriodState.DUE, PeriodState.CLOSING}:
        raise IllegalMove(
            f"{period.label} is being closed already; its page shows how far it is.",
            code="close_under_way",
        )
    if UsageReport.objects.in_checking(period.licence_id, period.starts_on, period.ends_on):
        raise StillChecking(
            f"A report for {period.label} is still being checked. Wait until it is accepted or "
            "rejected, then close the period."
        )
    _closes_before(period)
    period.state = PeriodState.DUE
    period.requested_by = by.user
    period.requested_at = timezone.now()
    period.failure, period.refusal = "", {}
    period.steps_done, period.steps_total = 0, 0
    period.save()
    enqueue_on_commit("licensing.royalties.tasks.close_period", period_id=period.pk)
    return period


def close_period(period_id: int) -> Close | None:
    """Close a period that is due; safe to repeat, and None where there is nothing to do.

    A refusal (shares nobody can follow, terms that cannot be rated) opens the period again with
    the reason on it.
    """
    with claim(Claimable.PERIOD, period_id) as free:
        if not free or not _begin(period_id):
            return None
        period = Period.objects.select_related("licence__licensee", "licence__licensor").get(
            pk=period_id
        )
        try:
            while (close := _book(period, rate_period(period))) is None:
                log.info("close_repeated", period=period.public_id)
        except earlier.EarlierPeriodUnderWay:
            _wait(period_id)
            return None
        except (LicensingError, LedgerError) as error:
            log.warning("close_refused", period=period.public_id, code=error.code)
            _refuse(period_id, error)
            return None
        return close


def rate_period(period: Period) -> RatedPeriod:
    """Rate and divide everything in force for a period; reads only, but for kept files."""
    licence = period.licence
    terms = contract.parse(licence.terms)
    span = span_of(period)
    _progress(period, 0, total=STEPS_BESIDE_PRICES + len(terms.prices))
    reports = UsageReport.objects.in_force(licence.pk, period.starts_on, period.ends_on)
    before = _closes_before(period)
    read = readings.of_terms(terms, span.starts_on)
    with ExitStack() as stack:
        folder = stack.enter_context(evidence.workplace())
        kept = basis.freeze(licence, period.ends_on, folder)
        made_from = MadeFrom(tuple(reports), kept.granted, kept.key, tuple(before), read)
        given = opened(stack, licence, span, made_from, folder)
        _progress(period, 2)
        rated = rating.rate_all(given, partial(_step, period))
        detail = folder / "detail.parquet"
        given.lines.write_detail(detail)
        detail_key = evidence.put_addressed(
            f"licences/{licence.public_id}/{period.label}", ".detail.parquet", detail
        ).key
        counted = given.lines.lines(measures.dimensions(terms))
    inputs = Inputs(
        reports=tuple(report.basis for report in reports),
        works=kept.works,
        granted=kept.granted,
        terms_hash=licence.terms_hash,
        snapshot_sha256=licence.snapshot_sha256,
        basis_key=kept.key,
        basis_sha256=kept.sha256,
        window=earlier.named(before),
        readings=read,
    )
    carried = rated.carried.as_json() if earlier.looks_back(terms) else {}
    return RatedPeriod(inputs, rated.prices, detail_key, counted, carried)


def _closes_before(period: Period) -> list[Close]:
    """Return the closes that a period's windows reach; raises `EarlierPeriodOpen`."""
    licence = period.licence
    return earlier.closes_before(licence, contract.parse(licence.terms), span_of(period))


@transaction.atomic
def _begin(period_id: int) -> bool:
    """Mark a due (or lost) period as being closed; False if it is in another state."""
    period = Period.objects.lock(period_id)
    if period.state not in {PeriodState.DUE, PeriodState.CLOSING}:
        return False
    period.state = PeriodState.CLOSING
    period.claimed_at = timezone.now()
    period.save(update_fields=["state", "claimed_at"])
    return True


@transaction.atomic
def _book(period: Period, rated: RatedPeriod) -> Close | None:
    """Book under the locks; None if anything it was rated from changed, to be rated again."""
    recouping.lock(period.licence_id)
    locked = Period.objects.select_related("licence__licensee", "licence__licensor")
    current = locked.select_for_update(of=("self",)).get(pk=period.pk)
    reports = UsageReport.objects.in_force(period.licence_id, period.starts_on, period.ends_on)
    if tuple(report.basis for report in reports) != rated.inputs.reports:
        return None
    if earlier.named(_closes_before(current)) != rated.inputs.window:
        return None
    if readings.current(one.name for one in rated.inputs.readings) != rated.inputs.readings:
        return None
    close = booking.book(current, rated)
    _reopen_later(close)
    return close


def _reopen_later(close: Close) -> None:
    """Let the later periods that counted on what this one was before be closed again.

    Each waits for the one before it, so a correction of October runs through the year on its own
    and books in each month what the new tiers make of it.
    """
    for period in earlier.later_closes_on(close):
        later = Period.objects.lock(period.pk)
        later.state = PeriodState.DUE
        later.save(update_fields=["state"])
    waiting = Period.objects.filter(
        licence=close.period.licence_id,
        starts_on__gt=close.period.starts_on,
        state=PeriodState.DUE,
    )
    if following := waiting.order_by("starts_on").first():
        enqueue_on_commit("licensing.royalties.tasks.close_period", period_id=following.pk)


@transaction.atomic
def _wait(period_id: int) -> None:
    """Leave a period due; the one it waits for hands it on, and so does the sweep."""
    period = Period.objects.lock(period_id)
    period.state = PeriodState.DUE
    period.save(update_fields=["state"])


@transaction.atomic
def _refuse(period_id: int, error: LicensingError | LedgerError) -> None:
    period = Period.objects.lock(period_id)
    period.state = PeriodState.OPEN
    period.failure, period.refusal = error.detail, kept(error)
    period.save(update_fields=["state", "failure", "refusal"])


def _step(period: Period) -> None:
    _progress(period, period.steps_done + 1)


def _progress(period: Period, done: int, *, total: int | None = None) -> None:
    """Count a step, so that the page shows it while the work goes on."""
    period.steps_done = done
    if total is not None:
        period.steps_total = total
    Period.objects.filter(pk=period.pk).update(
        steps_done=period.steps_done, steps_total=period.steps_total
    )
