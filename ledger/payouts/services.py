"""Decide what is paid: prepare, reserve, hold, cancel, try again. Nothing here talks to Stripe.

Lock order: recipient, payout, account. A payee's payouts in one currency are prepared one after
the other, under the recipient's lock, so that two runs cannot promise the same balance twice.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from config.jobs import announce, enqueue_on_commit
from ledger.balances import available_minor
from ledger.errors import KeyConflict, LedgerError, NotEnoughAvailable
from ledger.journal import AccountRef, Purpose
from ledger.money import Money
from ledger.money import currency as currency_of
from ledger.payouts import bookings
from ledger.payouts.errors import InvalidPayout, PayoutHeld, PayoutUnderWay, RecipientNotReady
from ledger.payouts.lifecycle import UNDER_WAY, Move, State
from ledger.payouts.models import Payout, Recipient

SEND = "ledger.payouts.tasks.send_payout"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A due payout that was not reserved, and why."""

    payout: str
    party: str
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class Batch:
    """What `send_due` did: public ids of what is on its way to the rail, and what is not."""

    reserved: tuple[str, ...]
    refused: tuple[Refusal, ...]


@transaction.atomic
def prepare(  # noqa: PLR0913 - what a payout is made of, each by name
    *,
    party: str,
    currency: str,
    amount_minor: int,
    causes: Sequence[str],
    key: str,
    snapshot: Mapping[str, Any],
    withholding_minor: int = 0,
    jurisdiction: str = "",
    due_on: date | None = None,
) -> Payout:
    """Record that a party is due a payment; the same key again returns the same payout.

    ``amount_minor`` is gross, in minor units, and ``withholding_minor`` is taken out of it for
    ``jurisdiction``. ``snapshot`` is printed on the remittance: ``payee``, ``operator``,
    ``language`` and ``statements`` (each ``statement``, ``period`` and ``amount_minor``). Nothing
    is posted yet.

    Raises `KeyConflict` for a key used for something else, `InvalidPayout` for amounts that leave
    nothing to send, `PayoutUnderWay` and `NotEnoughAvailable`.
    """
    unit = currency_of(currency)
    recipient = _locked_recipient(party, snapshot)
    wanted = {
        "recipient_id": recipient.pk,
        "currency": currency,
        "gross_minor": amount_minor,
        "withholding_minor": withholding_minor,
        "jurisdiction": jurisdiction,
        "causes": list(causes),
    }
    standing = Payout.objects.exclude(state=State.CANCELLED).select_related("recipient")
    if existing := standing.filter(key=key).first():
        if any(getattr(existing, name) != value for name, value in wanted.items()):
            raise KeyConflict(f"{key} was used before for another payout", key=key)
        return existing
    if withholding_minor < 0 or amount_minor <= withholding_minor:
        raise InvalidPayout(f"{amount_minor} less {withholding_minor} leaves nothing to send")
    if withholding_minor and not jurisdiction:
        raise InvalidPayout("withholding needs the jurisdiction it is owed to")
    if rival := recipient.payouts.filter(currency=currency, state__in=UNDER_WAY).first():
        raise PayoutUnderWay(
            f"{rival} to {party} is {rival.state}; cancel it or let it be sent first",
            payout=rival.public_id,
        )
    available = available_minor(AccountRef(Purpose.PAYABLE, party, currency))
    if amount_minor > available:
        raise NotEnoughAvailable(
            f"{party} can be paid {Money(available, unit)}, not {Money(amount_minor, unit)}"
        )
    payout = Payout.objects.create(
        **wanted, key=key, snapshot=dict(snapshot), due_on=due_on or timezone.localdate()
    )
    announce("payout.moved", payout_id=payout.pk)
    return payout


@transaction.atomic
def reserve(*, payout_id: int, by: str = "", on: date | None = None) -> Payout:
    """Take the money out of what is payable and have it sent once this commits.

    Raises `PayoutHeld`, `RecipientNotReady`, `NotEnoughAvailable` if a correction took it since,
    and `IllegalMove` if the payout is not due.
    """
    payout = Payout.objects.lock(payout_id)
    _check_sendable(payout)
    bookings.reserve(payout, Move.RESERVE, by=by, on=on or timezone.localdate())
    enqueue_on_commit(SEND, payout_id=payout.pk)
    return payout


@transaction.atomic
def retry(*, payout_id: int, by: str, on: date | None = None) -> Payout:
    """Send a payout that failed or came back once more, as a new attempt; raises as `reserve`."""
    recipient_id = Payout.objects.values_list("recipient_id", flat=True).get(pk=payout_id)
    recipient = Recipient.objects.select_for_update().get(pk=recipient_id)
    payout = Payout.objects.lock(payout_id)
    _check_sendable(payout)
    if rival := recipient.payouts.filter(currency=payout.currency, state__in=UNDER_WAY).first():
        raise PayoutUnderWay(f"{rival} to {payout.party} is {rival.state}", payout=rival.public_id)
    payout.paid_on = None
    bookings.reserve(payout, Move.RETRY, by=by, on=on or timezone.localdate())
    enqueue_on_commit(SEND, payout_id=payout.pk)
    return payout


@transaction.atomic
def cancel(*, payout_id: int, reason: str, by: str) -> Payout:
    """Give up a payout that is only due: nothing was posted, and its key is free again."""
    payout = Payout.objects.lock(payout_id)
    bookings.move(payout, Move.CANCEL, by=by, reason=reason)
    return payout


@transaction.atomic
def hold(*, payout_id: int, reason: str) -> Payout:
    """Keep a payout from being reserved or sent; one that the rail has is not stopped by it."""
    if not reason.strip():
        raise InvalidPayout("a hold needs a reason")
    return _set_hold(payout_id, reason.strip())


@transaction.atomic
def release_hold(*, payout_id: int) -> Payout:
    """Let a held payout go; the sweep sends it if it was reserved already."""
    return _set_hold(payout_id, "")


def send_due(
    *, payout_ids: Iterable[int] | None = None, by: str = "", on: date | None = None
) -> Batch:
    """Reserve every due payout, or those given, each in its own transaction.

    A refusal costs only its own payout: it stays due and is reported with its reason.
    """
    today = on or timezone.localdate()
    due = Payout.objects.to_reserve().filter(due_on__lte=today).order_by("id")
    if payout_ids is not None:
        due = due.filter(pk__in=list(payout_ids))
    reserved: list[str] = []
    refused: list[Refusal] = []
    for payout in due.select_related("recipient"):
        try:
            reserve(payout_id=payout.pk, by=by, on=today)
        except LedgerError as error:
            refused.append(Refusal(payout.public_id, payout.party, error.code, error.detail))
        else:
            reserved.append(payout.public_id)
    return Batch(tuple(reserved), tuple(refused))


def _check_sendable(payout: Payout) -> None:
    if payout.hold_reason:
        raise PayoutHeld(f"{payout} is held: {payout.hold_reason}", payout=payout.public_id)
    recipient = payout.recipient
    if not recipient.stripe_account_id:
        raise RecipientNotReady(f"{payout.party} has no payout account yet")
    if not recipient.is_ready:
        missing = ", ".join(recipient.requirements) or "Stripe's verification"
        raise RecipientNotReady(f"{payout.party}'s payout account still waits for {missing}")


def _locked_recipient(party: str, snapshot: Mapping[str, Any]) -> Recipient:
    recipient, _ = Recipient.objects.get_or_create(
        party=party, defaults={"snapshot": snapshot.get("payee", {})}
    )
    return Recipient.objects.select_for_update().get(pk=recipient.pk)


def _set_hold(payout_id: int, reason: str) -> Payout:
    payout = Payout.objects.lock(payout_id)
    payout.hold_reason = reason
    payout.save(update_fields=["hold_reason"])
    return payout
