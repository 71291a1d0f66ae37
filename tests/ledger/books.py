"""Small drafts that several journal tests post."""

from datetime import date

from ledger import recipes
from ledger.journal import AccountRef, EntryDraft, Purpose

DAY = date(2026, 10, 31)
CASH = AccountRef(Purpose.CASH, "bank", "JPY")
RECEIVABLE = AccountRef(Purpose.RECEIVABLE, "org_tensor", "JPY")
EARNED = AccountRef(Purpose.EARNED, "org_quill", "JPY")
PAYABLE = AccountRef(Purpose.PAYABLE, "org_quill", "JPY")


def payment(key: str, amount_minor: int = 100, licensee: str = "org_tensor") -> EntryDraft:
    """Yen from a licensee by bank."""
    return recipes.payment_received(
        key=key,
        licensee=licensee,
        rail="bank",
        currency="JPY",
        effective_on=DAY,
        amount_minor=amount_minor,
    )


def release(key: str, amount_minor: int, payee: str = "org_quill") -> EntryDraft:
    """Yen that a payee earned become payable."""
    return recipes.earnings_released(
        key=key, payee=payee, currency="JPY", effective_on=DAY, amount_minor=amount_minor
    )


def payout(key: str, net_minor: int, payee: str = "org_quill") -> EntryDraft:
    """Yen are taken out of what is payable."""
    return recipes.payout_reserved(
        key=key,
        payee=payee,
        rail="stripe",
        currency="JPY",
        effective_on=DAY,
        net_minor=net_minor,
    )
