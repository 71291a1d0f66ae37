"""Jobs of the intake: judging uploaded reports."""

from datetime import timedelta

from celery import shared_task
from django.db import OperationalError
from django.utils import timezone

from config.jobs import enqueue_on_commit
from licensing.usage import uploads
from licensing.usage.models import UNCHECKED, UsageReport

PATIENCE = timedelta(seconds=30)


@shared_task(
    acks_late=True,
    ignore_result=True,
    autoretry_for=(OperationalError,),
    retry_backoff=True,
    max_retries=5,
)
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
