"""Jobs of usage: judging reports, judging again what was decided, asking for what is missing."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from config.jobs import enqueue_on_commit, repeatable
from licensing.usage import abandoned, overlaps, uploads
from licensing.usage.matching import counting, rejudging
from licensing.usage.models import TO_COMPARE, TO_COUNT, TO_JUDGE, UNCHECKED, UsageReport
from licensing.usage.notices import printing
from licensing.usage.notices import services as notices

PATIENCE = timedelta(seconds=30)


@repeatable
def check_report(report_id: int) -> None:
    """Judge one uploaded report. Safe to repeat, also while another worker is at it."""
    uploads.check_report(report_id)


@shared_task(ignore_result=True)
def check_waiting_reports() -> None:
    """Sweep: start the checks whose message was lost or whose worker died."""
    waiting = UsageReport.objects.filter(
        state__in=UNCHECKED, received_at__lt=timezone.now() - PATIENCE
    )
    for report_id in waiting.values_list("pk", flat=True):
        enqueue_on_commit("licensing.usage.tasks.check_report", report_id=report_id)


@shared_task(ignore_result=True)
def give_up_uploads() -> None:
    """Sweep: reject uploads that stood open too long, and drop parts nobody waits for."""
    abandoned.give_up_uploads()


@repeatable
def count_unmatched(report_id: int) -> None:
    """Count what of a judged report found no licensed work. Safe to repeat."""
    counting.count(report_id)


@repeatable
def judge_again(report_id: int) -> None:
    """Judge a report again by what was decided since. Safe to repeat."""
    rejudging.judge_again(report_id)


@repeatable
def compare_report(report_id: int) -> None:
    """Find lines of a report that another holds too. Safe to repeat."""
    overlaps.compare(report_id)


@shared_task(ignore_result=True)
def compare_waiting_reports() -> None:
    """Sweep: compare the reports whose message was lost."""
    for report_id in UsageReport.objects.filter(TO_COMPARE).values_list("pk", flat=True):
        enqueue_on_commit("licensing.usage.tasks.compare_report", report_id=report_id)


@shared_task(ignore_result=True)
def match_waiting_reports() -> None:
    """Sweep: judge and count what asks for it and whose message was lost."""
    for report_id in UsageReport.objects.filter(TO_JUDGE).values_list("pk", flat=True):
        enqueue_on_commit("licensing.usage.tasks.judge_again", report_id=report_id)
    for report_id in UsageReport.objects.filter(TO_COUNT).values_list("pk", flat=True):
        enqueue_on_commit("licensing.usage.tasks.count_unmatched", report_id=report_id)


@shared_task(ignore_result=True)
def ask_for_missing_reports() -> None:
    """Sweep, once a day: remind of reports, demand what is overdue, settle what was answered."""
    notices.issue_due(timezone.localdate())
    for notice in printing.missing().select_related("licence__licensor", "licence__licensee"):
        printing.request(notice)


@shared_task(acks_late=True, ignore_result=True)
def answer_notices(report_id: int) -> None:
    """Settle the notices that asked for a report now that it is in force. Safe to repeat."""
    report = UsageReport.objects.select_related("licence").get(pk=report_id)
    notices.settle(report.licence)
