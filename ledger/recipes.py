"""PURE. One function for each cause that moves money, returning the balanced entry it posts.

The table in docs/money.md is the specification. Amounts are minor units and may be negative: a
correction is the same recipe with the difference, its signs as they fall and the original period
named in the memo. Keys name the cause (``period:42:close:1``) and are the caller's to choose.
"""

# ruff: noqa: PLR0913 - a recipe has one named argument for each part of the row it posts

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import chain
from types import MappingProxyType

from ledger.journal import NO_MEMO, OPERATOR, AccountRef, Cause, EntryDraft, Purpose, entry

NO_PARTS: Mapping[str, int] = MappingProxyType({})

Amounts = Iterator[tuple[AccountRef, int]]


def debits(purpose: Purpose, parts: Mapping[str, int], currency: str) -> Amounts:
    """Yield a debit to each party's account."""
    for party, amount_minor in parts.items():
        yield AccountRef(purpose, party, currency), amount_minor


def credits_(purpose: Purpose, parts: Mapping[str, int], currency: str) -> Amounts:
    """Yield a credit to each party's account."""
    for party, amount_minor in parts.items():
        yield AccountRef(purpose, party, currency), -amount_minor


def period_closed(
    *,
    key: str,
    licensee: str,
    currency: str,
    effective_on: date,
    operator_fee: int,
    collective_fees: Mapping[str, int],
    parts: Mapping[str, int],
    reserves: Mapping[str, int] = NO_PARTS,
    suspense: int = 0,
    memo: Mapping[str, str] = NO_MEMO,
) -> EntryDraft:
    """Book a period's charge, minor units: accrued from the licensee, earned by the payees.

    The charge is the sum of the fees, parts, reserves and suspense given. What is held back in
    reserve or suspense is stated apart and must already be missing from ``parts``.
    """
    charge = operator_fee + suspense
    charge += sum(chain(collective_fees.values(), parts.values(), reserves.values()))
    return entry(
        key=key,
        cause=Cause.PERIOD_CLOSED,
        effective_on=effective_on,
        amounts=chain(
            debits(Purpose.ACCRUED, {licensee: charge}, currency),
            credits_(Purpose.FEES, {OPERATOR: operator_fee}, currency),
            credits_(Purpose.EARNED, collective_fees, currency),
            credits_(Purpose.EARNED, parts, currency),
            credits_(Purpose.RESERVE, reserves, currency),
            credits_(Purpose.SUSPENSE, {"": suspense}, currency),
        ),
        memo=memo,
    )


def invoice_issued(
    *,
    key: str,
    licensee: str,
    currency: str,
    effective_on: date,
    net_minor: int,
    taxes: Mapping[str, int] = NO_PARTS,
    memo: Mapping[str, str] = NO_MEMO,
) -> EntryDraft:
    """Turn what was accrued into a claim; ``taxes`` is tax by jurisdiction, beside the net."""
    return entry(
        key=key,
        cause=Cause.INVOICE_ISSUED,
        effective_on=effective_on,
        amounts=chain(
            debits(Purpose.RECEIVABLE, {licensee: net_minor + sum(taxes.values())}, currency),
            credits_(Purpose.ACCRUED, {licensee: net_minor}, currency),
            credits_(Purpose.TAX, taxes, currency),
        ),
        memo=memo,
    )


def credit_note_issued(
    *,
    key: str,
    licensee: str,
    currency: str,
    effective_on: date,
    net_minor: int,
    taxes: Mapping[str, int] = NO_PARTS,
    memo: Mapping[str, str] = NO_MEMO,
) -> EntryDraft:
    """Give back part of a claim: `invoice_issued` with its sides turned, amounts positive."""
    return entry(
        key=key,
        cause=Cause.CREDIT_NOTE_ISSUED,
        effective_on=effective_on,
        amounts=chain(
            credits_(Purpose.RECEIVABLE, {licensee: net_minor + sum(taxes.values())}, currency),
            debits(Purpose.ACCRUED, {licensee: net_minor}, currency),
            debits(Purpose.TAX, taxes, currency),
        ),
        memo=memo,
    )


def payment_received(
    *,
    key: str,
    licensee: str,
    rail: str,
    currency: str,
    effective_on: date,
    amount_minor: int,
    memo: Mapping[str, str] = NO_MEMO,
) -> EntryDraft:
    """Book money that arrived on a rail against what the licensee owed."""
    return entry(
        key=key,
        cause=Cause.PAYMENT_RECEIVED,
        effective_on=effective_on,
        amounts=chain(
            debits(Purpose.CASH, {rail: amount_minor}, currency),
            credits_(Purpose.RECEIVABLE, {licensee: amount_minor}, currency),
        ),
        memo=memo,
    )


def earnings_released(
    *,
    key: str,
    payee: str,
    currency: str,
    effective_on: date,
    amount_minor: int,
    memo: Mapping[str, str] = NO_MEMO,
) -> EntryDraft:
    """Make earnings payable: the statement was issued, or the licensee has paid."""
    return entry(
        key=key,
        cause=Cause.EARNINGS_RELEASED,
        effective_on=effective_on,
        amounts=chain(
            debits(Purpose.EARNED, {payee: amount_minor}, currency),
            credits_(Purpose.PAYABLE, {payee: amount_minor}, currency),
        ),
        memo=memo,
    )


def payout_reserved(
    *,
    key: str,
    payee: str,
    rail: str,
    currency: str,
    effective_on: date,
    net_minor: int,
    withheld_minor: int = 0,
    jurisdiction: str = "",
    memo: Mapping[str, str] = NO_MEMO,
) -> EntryDraft:
    """Take net and withholding out of what is payable; posting refuses what is not available."""
    return entry(
        key=key,
        cause=Cause.PAYOUT_RESERVED,
        effective_on=effective_on,
        amounts=chain(
            debits(Purpose.PAYABLE, {payee: net_minor + withheld_minor}, currency),
            credits_(Purpose.IN_TRANSIT, {rail: net_minor}, currency),
            credits_(Purpose.WITHHOLDING, {jurisdiction: withheld_minor}, currency),
        ),
        memo=memo,
    )


def payout_paid(
    *,
    key: str,
    rail: str,
    currency: str,
    effective_on: date,
    net_minor: int,
    memo: Mapping[str, str] = NO_MEMO,
) -> EntryDraft:
    """Book that the money left: the rail reports the payout as arrived."""
    return entry(
        key=key,
        cause=Cause.PAYOUT_PAID,
        effective_on=effective_on,
        amounts=chain(
            debits(Purpose.IN_TRANSIT, {rail: net_minor}, currency),
            credits_(Purpose.CASH, {rail: net_minor}, currency),
        ),
        memo=memo,
    )


def payout_failed(
    *,
    key: str,
    reserved_key: str,
    payee: str,
    rail: str,
    currency: str,
    effective_on: date,
    net_minor: int,
    withheld_minor: int = 0,
    jurisdiction: str = "",
    memo: Mapping[str, str] = NO_MEMO,
) -> EntryDraft:
    """Undo a reservation whose money never left; ``reserved_key`` is the reservation's key.

    It mirrors the reservation exactly and the journal takes it once, whatever its own key.
    """
    return entry(
        key=key,
        cause=Cause.PAYOUT_FAILED,
        effective_on=effective_on,
        amounts=chain(
            credits_(Purpose.PAYABLE, {payee: net_minor + withheld_minor}, currency),
            debits(Purpose.IN_TRANSIT, {rail: net_minor}, currency),
            debits(Purpose.WITHHOLDING, {jurisdiction: withheld_minor}, currency),
        ),
        memo=memo,
        reverses=reserved_key,
    )


def payout_returned(
    *,
    key: str,
    payee: str,
    rail: str,
    currency: str,
    effective_on: date,
    net_minor: int,
    withheld_minor: int = 0,
    jurisdiction: str = "",
    memo: Mapping[str, str] = NO_MEMO,
) -> EntryDraft:
    """Book that money which had left came back: the payee is owed net and withholding again."""
    return entry(
        key=key,
        cause=Cause.PAYOUT_RETURNED,
        effective_on=effective_on,
        amounts=chain(
            credits_(Purpose.PAYABLE, {payee: net_minor + withheld_minor}, currency),
            debits(Purpose.CASH, {rail: net_minor}, currency),
            debits(Purpose.WITHHOLDING, {jurisdiction: withheld_minor}, currency),
        ),
        memo=memo,
    )


def advance_invoiced(
    *,
    key: str,
    licensee: str,
    currency: str,
    effective_on: date,
    amount_minor: int,
    taxes: Mapping[str, int] = NO_PARTS,
    memo: Mapping[str, str] = NO_MEMO,
) -> EntryDraft:
    """Claim an advance: the licensee owes it and has prepaid that much of later charges."""
    return entry(
        key=key,
        cause=Cause.ADVANCE_INVOICED,
        effective_on=effective_on,
        amounts=chain(
            debits(Purpose.RECEIVABLE, {licensee: amount_minor + sum(taxes.values())}, currency),
            credits_(Purpose.PREPAID, {licensee: amount_minor}, currency),
            credits_(Purpose.TAX, taxes, currency),
        ),
        memo=memo,
    )


def advance_released(
    *,
    key: str,
    currency: str,
    effective_on: date,
    parts: Mapping[str, int],
    memo: Mapping[str, str] = NO_MEMO,
) -> EntryDraft:
    """Make a received advance payable to its payees, who then have it to recoup."""
    return entry(
        key=key,
        cause=Cause.ADVANCE_RELEASED,
        effective_on=effective_on,
        amounts=chain(
            debits(Purpose.UNRECOUPED, parts, currency),
            credits_(Purpose.PAYABLE, parts, currency),
        ),
        memo=memo,
    )


def recouped(
    *,
    key: str,
    licensee: str,
    holder: str,
    currency: str,
    effective_on: date,
    parts: Mapping[str, int],
    memo: Mapping[str, str] = NO_MEMO,
) -> EntryDraft:
    """Settle what was charged and earned from an advance, minor units by payee.

    The licensee owes that much less, out of what it prepaid; its payees have earned that much
    less, because ``holder`` was paid it ahead and has now recouped it.
    """
    recouped = sum(parts.values())
    return entry(
        key=key,
        cause=Cause.RECOUPED,
        effective_on=effective_on,
        amounts=chain(
            debits(Purpose.PREPAID, {licensee: recouped}, currency),
            credits_(Purpose.ACCRUED, {licensee: recouped}, currency),
            debits(Purpose.EARNED, parts, currency),
            credits_(Purpose.UNRECOUPED, {holder: recouped}, currency),
        ),
        memo=memo,
    )


def reserve_released(
    *,
    key: str,
    currency: str,
    effective_on: date,
    parts: Mapping[str, int],
    memo: Mapping[str, str] = NO_MEMO,
) -> EntryDraft:
    """Give what was held in reserve to the payees it was held for."""
    return entry(
        key=key,
        cause=Cause.RESERVE_RELEASED,
        effective_on=effective_on,
        amounts=chain(
            debits(Purpose.RESERVE, parts, currency),
            credits_(Purpose.EARNED, parts, currency),
        ),
        memo=memo,
    )
