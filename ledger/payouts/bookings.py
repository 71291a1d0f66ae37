"""How a move of a payout is recorded: its state, an appended row, its entry, an announcement.

Every function is called inside a transaction that holds the payout's lock. Nothing else assigns a
payout's state.
"""

from datetime import date, datetime
from typing import Any

from django.utils import timezone

from config.jobs import announce
from ledger import posting, recipes
from ledger.documents import services as documents
from ledger.journal import EntryDraft
from ledger.payouts import lifecycle
from ledger.payouts.lifecycle import AttemptState, Move, State
from ledger.payouts.models import Payout, PayoutAttempt, PayoutMove

RAIL = "stripe"


def move(  # noqa: PLR0913 - the parts of the appended row, each by name
    payout: Payout,
    step: Move,
    *,
    attempt: PayoutAttempt | None = None,
    entry: EntryDraft | None = None,
    by: str = "",
    reason: str = "",
) -> None:
    """Make a legal move, post its entry and tell whoever listens; raises `IllegalMove`."""
    before = State(payout.state)
    payout.state = lifecycle.apply(before, step)
    payout.save(update_fields=["state", "paid_on"])
    if entry:
        posting.post(entry)
    PayoutMove.objects.create(
        payout=payout,
        attempt=attempt,
        move=step,
        from_state=before,
        to_state=payout.state,
        by=by,
        reason=reason,
        entry_key=entry.key if entry else "",
    )
    announce("payout.moved", payout_id=payout.pk)


def advance(attempt: PayoutAttempt, to: AttemptState, **fields: Any) -> None:
    """Move an attempt on and record what is known of it; raises `IllegalMove`."""
    attempt.state = lifecycle.advance(AttemptState(attempt.state), to)
    for name, value in fields.items():
        setattr(attempt, name, value)
    attempt.save(update_fields=["state", *fields])


def open_attempt(payout: Payout) -> PayoutAttempt:
    """Add the next attempt, not yet sent, to the recipient's account of today."""
    latest = payout.latest_attempt()
    number = latest.number + 1 if latest else 1
    return PayoutAttempt.objects.create(
        payout=payout,
        number=number,
        idempotency_key=f"payout-{payout.public_id}-attempt-{number}",
        account_id=payout.recipient.stripe_account_id,
    )


def reserve(payout: Payout, step: Move, *, by: str, on: date) -> PayoutAttempt:
    """Take the money out of what is payable and add the attempt that will send it."""
    lifecycle.apply(State(payout.state), step)
    attempt = open_attempt(payout)
    entry = recipes.payout_reserved(
        key=_key(attempt, "reserved"),
        payee=payout.party,
        rail=RAIL,
        currency=payout.currency,
        effective_on=on,
        net_minor=payout.net_minor,
        withheld_minor=payout.withholding_minor,
        jurisdiction=payout.jurisdiction,
        memo=_memo(payout),
    )
    move(payout, step, attempt=attempt, entry=entry, by=by)
    return attempt


def pay(payout: Payout, attempt: PayoutAttempt, *, on: date) -> None:
    """Book that the money arrived and have the remittance printed."""
    entry = recipes.payout_paid(
        key=_key(attempt, "paid"),
        rail=RAIL,
        currency=payout.currency,
        effective_on=on,
        net_minor=payout.net_minor,
        memo=_memo(payout),
    )
    payout.paid_on = on
    move(payout, Move.PAY, attempt=attempt, entry=entry)
    documents.request(
        kind="remittance",
        subject=_remittance_subject(payout),
        party=payout.party,
        language=payout.snapshot.get("language", "en"),
        template="documents/remittance.html",
        context=remittance(payout, attempt),
    )


def fail(payout: Payout, attempt: PayoutAttempt, *, on: date, reason: str) -> None:
    """Give back what was reserved, and have a transfer that was made taken back."""
    entry = recipes.payout_failed(
        key=_key(attempt, "failed"),
        reserved_key=_key(attempt, "reserved"),
        payee=payout.party,
        rail=RAIL,
        currency=payout.currency,
        effective_on=on,
        net_minor=payout.net_minor,
        withheld_minor=payout.withholding_minor,
        jurisdiction=payout.jurisdiction,
        memo=_memo(payout),
    )
    _take_back(attempt)
    move(payout, Move.FAIL, attempt=attempt, entry=entry, reason=reason)


def give_back(payout: Payout, attempt: PayoutAttempt, *, on: date, reason: str) -> None:
    """Book that money which had arrived came back, so that the payee is owed it again."""
    entry = recipes.payout_returned(
        key=_key(attempt, "returned"),
        payee=payout.party,
        rail=RAIL,
        currency=payout.currency,
        effective_on=on,
        net_minor=payout.net_minor,
        withheld_minor=payout.withholding_minor,
        jurisdiction=payout.jurisdiction,
        memo=_memo(payout),
    )
    _take_back(attempt)
    move(payout, Move.RETURN, attempt=attempt, entry=entry, reason=reason)


def day_of(instant: datetime) -> date:
    """Return the books' day of an instant."""
    return timezone.localdate(instant)


def remittance(payout: Payout, attempt: PayoutAttempt) -> dict[str, Any]:
    """Return what the remittance prints: the frozen snapshot with this payout's own figures."""
    return {
        "payee": payout.snapshot.get("payee", {}),
        "operator": payout.snapshot.get("operator", {}),
        "statements": payout.snapshot.get("statements", []),
        "payout": payout.public_id,
        "reference": attempt.stripe_payout_id,
        "currency": payout.currency,
        "gross_minor": payout.gross_minor,
        "withholding_minor": payout.withholding_minor,
        "net_minor": payout.net_minor,
        "jurisdiction": payout.jurisdiction,
        "due_on": payout.due_on.isoformat(),
        "paid_on": payout.paid_on.isoformat() if payout.paid_on else "",
    }


def _remittance_subject(payout: Payout) -> str:
    """Name the remittance: a payout that came back and was paid again has another one."""
    times_paid = payout.moves.filter(move=Move.PAY).count()
    return payout.public_id if times_paid == 1 else f"{payout.public_id}-{times_paid}"


def _take_back(attempt: PayoutAttempt) -> None:
    """Mark that the rail may still hold this attempt's transfer at the recipient."""
    attempt.take_back = bool(attempt.transfer_id or attempt.stripe_payout_id)
    attempt.save(update_fields=["take_back"])


def _key(attempt: PayoutAttempt, what: str) -> str:
    return f"payout:{attempt.payout.public_id}:{attempt.number}:{what}"


def _memo(payout: Payout) -> dict[str, str]:
    return {"payout": payout.public_id}
