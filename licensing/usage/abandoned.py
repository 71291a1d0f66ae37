"""Uploads that were begun and never completed: given up after some days, and cleaned away.

Lock order: report.
"""

from datetime import timedelta

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from config.jobs import announce
from licensing import evidence
from licensing.usage import direct, keeping
from licensing.usage.lifecycle import Move
from licensing.usage.models import UNCHECKED, ReportState, UsageReport

log = structlog.get_logger(__name__)

CODE = "upload_abandoned"


def give_up_uploads() -> int:
    """Reject the uploads that stood open too long and drop what was sent of them.

    Also drops parts that a process killed in the middle left behind. Returns how many reports were
    given up. Safe to run twice.
    """
    moment = timezone.now() - timedelta(days=settings.UPLOAD_DAYS)
    open_ones = UsageReport.objects.filter(state=ReportState.RECEIVING, created_at__lt=moment)
    given_up = sum(_give_up(report_pk) for report_pk in open_ones.values_list("pk", flat=True))
    if direct.is_offered():
        direct.abort_begun_before(moment)
    _forget_leftovers()
    return given_up


def _give_up(report_pk: int) -> bool:
    with transaction.atomic():
        report = UsageReport.objects.lock(report_pk)
        if report.state != ReportState.RECEIVING:
            return False
        report.rejection_code = CODE
        report.rejection_detail = f"It was not completed within {settings.UPLOAD_DAYS} days."
        report.checked_at = timezone.now()
        keeping.move(report, Move.GIVE_UP)
        announce("report.rejected", report_id=report.pk)
    log.info("upload_given_up", report=report.public_id)
    if report.store_upload:
        direct.abort(keeping.original_key(report), report.store_upload)
    return True


def _forget_leftovers() -> None:
    """Drop the parts of every report that takes none and waits for none."""
    # Listed first: whoever opens an upload after that is not on the list.
    found = evidence.uploads_with_parts()
    waiting = UsageReport.objects.filter(state__in=[ReportState.RECEIVING, *UNCHECKED])
    wanted = set(waiting.values_list("public_id", flat=True))
    for public_id in found:
        if public_id not in wanted:
            evidence.forget_parts(public_id)
