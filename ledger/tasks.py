"""The journal's own periodic work."""

import structlog
from celery import shared_task

from ledger.chain import seal

log = structlog.get_logger(__name__)


@shared_task(ignore_result=True)
def seal_journal() -> None:
    """Chain the entries that were posted since; what is missed now is chained the next time."""
    if sealed := seal():
        log.info("journal_sealed", entries=sealed)
