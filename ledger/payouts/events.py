"""What Stripe tells us afterwards: kept as it came, applied once, never moving a payout back.

An event is found its attempt by the metadata we sent, so that one which overtakes the answer to
our own request is understood too. It is believed only if account, currency and amount are ours.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import structlog
from django.db import transaction
from django.utils import timezone

from config.jobs import enqueue_on_commit
from ledger.errors import LedgerError
from ledger.payouts import bookings, gateway, lifecycle, sending
from ledger.payouts.lifecycle import OPEN_ATTEMPTS, Move, State
from ledger.payouts.models import Payout, PayoutAttempt, Recipient, WebhookEvent

log = structlog.get_logger(__name__)

PROCESS = "ledger.payouts.tasks.process_event"
REFRESH = "ledger.payouts.tasks.refresh_recipient"

ENDS = {"payout.paid": "paid", "payout.failed": "failed", "payout.canceled": "canceled"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a payout ended, as told by an event or by asking."""

    stripe_payout_id: str
    status: str
    reason: str
    on: date


class Mismatch(LedgerError):
    """An event whose account, currency or amount is not what we sent."""

    code = "event_mismatch"


@transaction.atomic
def keep(event: Mapping[str, Any]) -> bool:
    """Store a verified event by its id and have it processed; False if it was known already."""
    stored, is_new = WebhookEvent.objects.get_or_create(
        event_id=event["id"], defaults={"type": event["type"], "payload": dict(event)}
    )
    if is_new:
        enqueue_on_commit(PROCESS, event_id=stored.pk)
    return is_new


@transaction.atomic
def process(event_id: int) -> str:
    """Act on one stored event and return what came of it; safe to repeat.

    Anything unforeseen is raised and the event stays unprocessed for the sweep.
    """
    event = WebhookEvent.objects.select_for_update().get(pk=event_id)
    if event.processed_at:
        return event.outcome
    try:
        with transaction.atomic():
            event.outcome = _act(event.payload)
    except Mismatch as error:
        event.outcome, event.error = "refused", error.detail
        log.warning("event_refused", event_id=event.event_id, error=error.detail)
    event.processed_at = timezone.now()
    event.save(update_fields=["outcome", "error", "processed_at"])
    return event.outcome


def apply(attempt: PayoutAttempt, outcome: Outcome) -> str:
    """Move an attempt's payout to how it ended; ``stale`` if that is known or overtaken."""
    payout = Payout.objects.lock(attempt.payout_id)
    latest = payout.latest_attempt()
    if latest is None or latest.pk != attempt.pk:
        return "stale"
    if latest.state in OPEN_ATTEMPTS:
        sending.take(payout, latest, outcome.stripe_payout_id)
    latest.payout = payout
    state = State(payout.state)
    if outcome.status == "paid":
        if not lifecycle.can(state, Move.PAY):
            return "stale"
        bookings.pay(payout, latest, on=outcome.on)
    elif lifecycle.can(state, Move.FAIL):
        bookings.fail(payout, latest, on=outcome.on, reason=outcome.reason)
    elif lifecycle.can(state, Move.RETURN):
        bookings.give_back(payout, latest, on=outcome.on, reason=outcome.reason)
    else:
        return "stale"
    return "applied"


def ask_after(attempt_id: int) -> str:
    """Ask Stripe how a payout in transit ended, for when its event never came."""
    attempt = PayoutAttempt.objects.select_related("payout").get(pk=attempt_id)
    status = gateway.retrieve_payout(attempt.account_id, attempt.stripe_payout_id)
    if status.status not in ENDS.values():
        return "waiting"
    reason = status.failure_message or status.failure_code or status.status
    outcome = Outcome(status.payout_id, status.status, reason, timezone.localdate())
    with transaction.atomic():
        return apply(attempt, outcome)


def _act(event: Mapping[str, Any]) -> str:
    if event["type"] == "account.updated":
        return _account_changed(event)
    if event["type"] not in ENDS:
        return "ignored"
    thing = event["data"]["object"]
    attempt = _attempt_of(thing)
    if attempt is None:
        return "ignored"
    _check(event, thing, attempt)
    reason = thing.get("failure_message") or thing.get("failure_code") or event["type"]
    day = bookings.day_of(datetime.fromtimestamp(event["created"], tz=UTC))
    return apply(attempt, Outcome(thing["id"], ENDS[event["type"]], reason, day))


def _attempt_of(thing: Mapping[str, Any]) -> PayoutAttempt | None:
    named = thing.get("metadata") or {}
    number = str(named.get("attempt", ""))
    if not number.isascii() or not number.isdigit():
        return None
    return (
        PayoutAttempt.objects.select_related("payout")
        .filter(payout__public_id=str(named.get("payout", "")), number=int(number))
        .first()
    )


def _check(event: Mapping[str, Any], thing: Mapping[str, Any], attempt: PayoutAttempt) -> None:
    order = attempt.order
    ours = (order.account_id, order.currency.lower(), order.amount_minor)
    told = (event.get("account"), thing.get("currency"), thing.get("amount"))
    if told != ours:
        raise Mismatch(f"{attempt} is {ours}, and the event says {told}")
    if attempt.stripe_payout_id not in {"", thing["id"]}:
        raise Mismatch(f"{attempt} is {attempt.stripe_payout_id}, not {thing['id']}")


def _account_changed(event: Mapping[str, Any]) -> str:
    """Events may overtake each other, so the account is asked and the event not believed."""
    account_id = event["data"]["object"]["id"]
    recipient = Recipient.objects.filter(stripe_account_id=account_id).first()
    if recipient is None:
        return "ignored"
    enqueue_on_commit(REFRESH, recipient_id=recipient.pk)
    return "applied"
