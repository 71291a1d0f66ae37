"""Send one attempt: claim it and commit, ask the rail outside any transaction, record the answer.

An answer that never came leaves the attempt `unknown` and the payout `sending`. Asking again
uses the same keys, which Stripe remembers for at least a day; later than that we look for what we
may have made before asking again.
"""

from datetime import timedelta

import structlog
from django.db import transaction
from django.utils import timezone

from ledger.payouts import bookings, gateway
from ledger.payouts.gateway import Declined, OutcomeUnknown, PayoutStatus
from ledger.payouts.lifecycle import AttemptState, Move, State
from ledger.payouts.models import Payout, PayoutAttempt

log = structlog.get_logger(__name__)

# Longer than both of one attempt's calls can take: whoever claimed it before this is lost.
CLAIM = timedelta(minutes=5)
KEYS_REMEMBERED = timedelta(hours=23)


def send(payout_id: int) -> None:
    """Bring a reserved payout to the rail, or ask again about one whose outcome is unknown.

    Safe to repeat and to run twice at once: one claim wins, and the keys make a second question
    about the same attempt harmless.
    """
    attempt = claim(payout_id)
    if attempt is None:
        return
    try:
        status = _ask(attempt)
    except Declined as no:
        _declined(attempt, no)
    except OutcomeUnknown as doubt:
        _in_doubt(attempt, doubt)
    else:
        _accepted(attempt, status)


@transaction.atomic
def claim(payout_id: int) -> PayoutAttempt | None:
    """Mark the open attempt as sent by us; nothing if there is none or another has it."""
    payout = Payout.objects.lock(payout_id)
    attempt = payout.latest_attempt()
    now = timezone.now()
    if attempt is None or payout.state not in {State.RESERVED, State.SENDING}:
        return None
    if attempt.state == AttemptState.UNSENT and payout.hold_reason:
        return None
    if attempt.state == AttemptState.SENT and attempt.sent_at and attempt.sent_at > now - CLAIM:
        return None
    first = attempt.first_sent_at or now
    bookings.advance(attempt, AttemptState.SENT, sent_at=now, first_sent_at=first)
    if payout.state == State.RESERVED:
        bookings.move(payout, Move.SEND, attempt=attempt)
    attempt.payout = payout
    return attempt


def take_back(attempt_id: int) -> None:
    """Reverse the transfer of an attempt whose payout failed; safe to repeat.

    The payee is owed the money again in our books; left where it is, a second attempt would give
    it twice.
    """
    attempt = PayoutAttempt.objects.select_related("payout").get(pk=attempt_id)
    if attempt.reversal_id or not attempt.take_back:
        return
    found: dict[str, str] = {}
    try:
        transfer_id = attempt.transfer_id or gateway.find_transfer(attempt.order)
        if transfer_id:
            found["transfer_id"] = transfer_id
            if gateway.retrieve_transfer_minor(transfer_id):
                found["reversal_id"] = gateway.reverse_transfer(attempt.order, transfer_id)
    except gateway.GatewayError as error:
        log.warning("transfer_not_taken_back", attempt=str(attempt), error=error.message)
        return
    PayoutAttempt.objects.filter(pk=attempt_id).update(take_back=False, **found)


def _ask(attempt: PayoutAttempt) -> PayoutStatus:
    order = attempt.order
    is_old = bool(
        attempt.first_sent_at and attempt.first_sent_at < timezone.now() - KEYS_REMEMBERED
    )
    if not attempt.transfer_id:
        found = gateway.find_transfer(order) if is_old else None
        transfer_id = found or gateway.create_transfer(order)
        PayoutAttempt.objects.filter(pk=attempt.pk).update(transfer_id=transfer_id)
    return (gateway.find_payout(order) if is_old else None) or gateway.create_payout(order)


@transaction.atomic
def _accepted(attempt: PayoutAttempt, status: PayoutStatus) -> None:
    """Record that the rail has it, unless an event was faster and said so already."""
    payout, attempt = _locked(attempt)
    if attempt.state != AttemptState.SENT:
        return
    take(payout, attempt, status.payout_id)


def take(payout: Payout, attempt: PayoutAttempt, stripe_payout_id: str) -> None:
    """Record under the payout's lock that the rail has taken an attempt."""
    bookings.advance(
        attempt,
        AttemptState.SUCCEEDED,
        stripe_payout_id=stripe_payout_id,
        error_code="",
        error_message="",
    )
    bookings.move(payout, Move.ACCEPT, attempt=attempt)


@transaction.atomic
def _declined(attempt: PayoutAttempt, no: Declined) -> None:
    payout, attempt = _locked(attempt)
    if attempt.state != AttemptState.SENT:
        return
    bookings.advance(
        attempt, AttemptState.FAILED, error_code=no.code[:100], error_message=no.message
    )
    bookings.fail(payout, attempt, on=timezone.localdate(), reason=no.message)


@transaction.atomic
def _in_doubt(attempt: PayoutAttempt, doubt: OutcomeUnknown) -> None:
    _, attempt = _locked(attempt)
    if attempt.state != AttemptState.SENT:
        return
    bookings.advance(
        attempt, AttemptState.UNKNOWN, error_code=doubt.code[:100], error_message=doubt.message
    )
    log.warning("payout_outcome_unknown", attempt=str(attempt), error=doubt.message)


def _locked(attempt: PayoutAttempt) -> tuple[Payout, PayoutAttempt]:
    payout = Payout.objects.lock(attempt.payout_id)
    fresh = PayoutAttempt.objects.get(pk=attempt.pk)
    fresh.payout = payout
    return payout, fresh
