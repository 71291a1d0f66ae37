"""Jobs of the ``payouts`` queue. Each is safe to run twice; the sweeps forget nothing."""

from collections.abc import Iterable
from datetime import timedelta

import structlog
from celery import shared_task
from django.db.models import Q
from django.utils import timezone

from config.jobs import enqueue_on_commit
from ledger.payouts import events, recipients, sending
from ledger.payouts.gateway import GatewayError
from ledger.payouts.lifecycle import AttemptState, State
from ledger.payouts.models import PayoutAttempt, Recipient, WebhookEvent

log = structlog.get_logger(__name__)

NAME = "ledger.payouts.tasks.{}".format
# What is younger than this has its message still on the way.
PATIENCE = timedelta(minutes=1)
OVERDUE = timedelta(hours=6)


@shared_task(acks_late=True, ignore_result=True)
def send_payout(payout_id: int) -> None:
    """Send one payout; late acknowledgement, because a lost worker must not lose the question."""
    sending.send(payout_id)


@shared_task(ignore_result=True)
def send_unsent_payouts() -> int:
    """Each minute: attempts whose message, worker or answer was lost; returns how many."""
    now = timezone.now()
    waiting = PayoutAttempt.objects.filter(
        Q(state=AttemptState.UNSENT, payout__hold_reason="", created_at__lt=now - PATIENCE)
        | Q(state=AttemptState.UNKNOWN, sent_at__lt=now - PATIENCE)
        | Q(state=AttemptState.SENT, sent_at__lt=now - sending.CLAIM)
    )
    return _enqueue("send_payout", "payout_id", waiting.values_list("payout_id", flat=True))


@shared_task(acks_late=True, ignore_result=True)
def process_event(event_id: int) -> None:
    """Act on one stored event."""
    events.process(event_id)


@shared_task(ignore_result=True)
def process_waiting_events() -> int:
    """Each minute: stored events that nobody acted on; returns how many."""
    waiting = WebhookEvent.objects.filter(
        processed_at=None, received_at__lt=timezone.now() - PATIENCE
    )
    return _enqueue("process_event", "event_id", waiting.values_list("pk", flat=True))


@shared_task(acks_late=True, ignore_result=True)
def refresh_recipient(recipient_id: int) -> None:
    """Ask Stripe about one account; if it cannot be asked now, the sweep asks later."""
    try:
        recipients.refresh(recipient_id)
    except GatewayError as error:
        log.warning("recipient_not_refreshed", recipient_id=recipient_id, error=error.message)


@shared_task(ignore_result=True)
def refresh_recipients() -> int:
    """Each hour: accounts that cannot be paid yet, and those not asked about for a day."""
    a_day_ago = timezone.now() - timedelta(days=1)
    stale = Recipient.objects.exclude(stripe_account_id="").filter(
        Q(payouts_enabled=False) | Q(transfers_active=False) | Q(checked_at__lt=a_day_ago)
    )
    return _enqueue("refresh_recipient", "recipient_id", stale.values_list("pk", flat=True))


@shared_task(acks_late=True, ignore_result=True)
def take_back_transfer(attempt_id: int) -> None:
    """Reverse one transfer whose payout failed."""
    sending.take_back(attempt_id)


@shared_task(ignore_result=True)
def take_back_transfers() -> int:
    """Each minute: transfers still at a recipient whose payout failed; returns how many."""
    standing = PayoutAttempt.objects.filter(take_back=True)
    return _enqueue("take_back_transfer", "attempt_id", standing.values_list("pk", flat=True))


@shared_task(acks_late=True, ignore_result=True)
def ask_after_payout(attempt_id: int) -> None:
    """Ask how one payout in transit ended."""
    try:
        events.ask_after(attempt_id)
    except GatewayError as error:
        log.warning("payout_not_asked_after", attempt_id=attempt_id, error=error.message)


@shared_task(ignore_result=True)
def ask_after_payouts() -> int:
    """Each hour: payouts in transit for longer than an event takes to come."""
    overdue = PayoutAttempt.objects.filter(
        state=AttemptState.SUCCEEDED,
        payout__state=State.IN_TRANSIT,
        sent_at__lt=timezone.now() - OVERDUE,
    )
    return _enqueue("ask_after_payout", "attempt_id", overdue.values_list("pk", flat=True))


def _enqueue(task: str, argument: str, ids: Iterable[int]) -> int:
    found = list(ids)
    for one in found:
        enqueue_on_commit(NAME(task), **{argument: one})
    return len(found)
