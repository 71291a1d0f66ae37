"""PURE. The journal's vocabulary: accounts, legs and entries that cannot be built unbalanced.

Amounts are integer minor units, signed, debit positive and credit negative. An entry names its
cause by a key (``statement:stm_…:issued``); the key and the content hash together decide whether
a second posting is a repetition or a conflict.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from ledger.errors import InvalidEntry
from ledger.money import currency

OPERATOR = "operator"
LARGEST_MINOR = 2**63 - 1
KEY_LENGTH = 200
PARTY_LENGTH = 64

NO_MEMO: Mapping[str, str] = MappingProxyType({})


class Purpose(StrEnum):
    """What an account is for; with a party and a currency it names one account."""

    ACCRUED = "accrued"
    RECEIVABLE = "receivable"
    CASH = "cash"
    UNRECOUPED = "unrecouped"
    EARNED = "earned"
    PAYABLE = "payable"
    IN_TRANSIT = "in_transit"
    WITHHOLDING = "withholding"
    TAX = "tax"
    PREPAID = "prepaid"
    RESERVE = "reserve"
    SUSPENSE = "suspense"
    FEES = "fees"

    @property
    def normal_side(self) -> int:
        """Return 1 where a debit makes the account grow (what we hold), else -1 (what we owe)."""
        return 1 if self in DEBIT_PURPOSES else -1


DEBIT_PURPOSES = frozenset(
    {Purpose.ACCRUED, Purpose.RECEIVABLE, Purpose.CASH, Purpose.UNRECOUPED},
)


class Cause(StrEnum):
    """Why money moved: one member for each row of the table in docs/money.md."""

    PERIOD_CLOSED = "period_closed"
    INVOICE_ISSUED = "invoice_issued"
    CREDIT_NOTE_ISSUED = "credit_note_issued"
    PAYMENT_RECEIVED = "payment_received"
    EARNINGS_RELEASED = "earnings_released"
    PAYOUT_RESERVED = "payout_reserved"
    PAYOUT_PAID = "payout_paid"
    PAYOUT_FAILED = "payout_failed"
    PAYOUT_RETURNED = "payout_returned"
    ADVANCE_INVOICED = "advance_invoiced"
    ADVANCE_RELEASED = "advance_released"
    RECOUPED = "recouped"
    RESERVE_RELEASED = "reserve_released"
    REVERSAL = "reversal"


# These may take from an account only what is available in it. Every other cause may take more:
# a downward correction after a payout leaves the payee owing, to be recouped from what follows.
DRAWING_CAUSES = frozenset({Cause.PAYOUT_RESERVED})


@dataclass(frozen=True, slots=True, order=True)
class AccountRef:
    """The name of an account; it comes to exist when it is first posted to.

    ``party`` is opaque to the ledger: an organisation's public id, a rail (``stripe``), a tax
    jurisdiction (``JP``), or empty where the purpose has no party.
    """

    purpose: Purpose
    party: str
    currency: str

    def __post_init__(self) -> None:
        currency(self.currency)
        if len(self.party) > PARTY_LENGTH:
            raise InvalidEntry(f"{self.party!r} is longer than {PARTY_LENGTH} characters")

    def __str__(self) -> str:
        return f"{self.purpose}:{self.party}:{self.currency}"


@dataclass(frozen=True, slots=True, order=True)
class Leg:
    """One side of an entry: whole minor units, debit positive, never zero."""

    account: AccountRef
    amount_minor: int

    def __post_init__(self) -> None:
        if type(self.amount_minor) is not int:
            raise TypeError(f"minor units are whole numbers, not {self.amount_minor!r}")
        if self.amount_minor == 0:
            raise InvalidEntry(f"a leg on {self.account} moves nothing")
        if abs(self.amount_minor) > LARGEST_MINOR:
            raise InvalidEntry(f"{self.amount_minor} on {self.account} does not fit 63 bits")


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryDraft:
    """A balanced set of legs with its cause, ready to be posted.

    ``effective_on`` is the day it belongs to in the books; when it was written is the journal's
    own affair. ``reverses`` is the key of the entry this one mirrors exactly. Legs are kept in
    the order of their accounts, so that two drafts that say the same are equal.

    Raises `InvalidEntry` unless at least two legs, no account twice, sum to zero per currency.
    """

    key: str
    cause: Cause
    effective_on: date
    legs: tuple[Leg, ...]
    memo: Mapping[str, str] = field(default_factory=lambda: NO_MEMO)
    reverses: str | None = None

    def __post_init__(self) -> None:
        legs = tuple(sorted(self.legs))
        object.__setattr__(self, "legs", legs)
        object.__setattr__(self, "memo", MappingProxyType(dict(self.memo)))
        if not 0 < len(self.key) <= KEY_LENGTH:
            raise InvalidEntry(f"a key has 1 to {KEY_LENGTH} characters: {self.key!r}")
        if len(legs) < 2:
            raise InvalidEntry(f"{self.key} has fewer than two legs", key=self.key)
        if len({leg.account for leg in legs}) != len(legs):
            raise InvalidEntry(f"{self.key} names an account twice", key=self.key)
        off_by: Counter[str] = Counter()
        for leg in legs:
            off_by[leg.account.currency] += leg.amount_minor
        for code, amount in off_by.items():
            if amount != 0:
                raise InvalidEntry(f"{self.key} is off by {amount} {code} minor", key=self.key)

    @property
    def content_hash(self) -> str:
        """SHA-256, in hex, of everything but the key: the same content has the same hash."""
        return content_hash(
            cause=self.cause,
            effective_on=self.effective_on,
            legs=(
                (leg.account.purpose, leg.account.party, leg.account.currency, leg.amount_minor)
                for leg in self.legs
            ),
            memo=self.memo,
            reverses=self.reverses,
        )

    def mirrored(self, *, key: str, effective_on: date) -> "EntryDraft":
        """Return the entry that undoes this one: every leg with its sign turned."""
        return EntryDraft(
            key=key,
            cause=Cause.REVERSAL,
            effective_on=effective_on,
            legs=tuple(Leg(leg.account, -leg.amount_minor) for leg in self.legs),
            reverses=self.key,
        )


def content_hash(
    *,
    cause: str,
    effective_on: date,
    legs: Iterable[tuple[str, str, str, int]],
    memo: Mapping[str, str],
    reverses: str | None,
) -> str:
    """SHA-256, in hex, of an entry's canonical JSON; legs are (purpose, party, currency, minor).

    The order of legs and memo keys does not matter. `verify` calls this on what is stored.
    """
    canonical = {
        "cause": cause,
        "effective_on": effective_on.isoformat(),
        "legs": sorted([purpose, party, code, amount] for purpose, party, code, amount in legs),
        "memo": dict(memo),
        "reverses": reverses,
    }
    text = json.dumps(canonical, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def entry(  # noqa: PLR0913 - the parts of an entry, each by name
    *,
    key: str,
    cause: Cause,
    effective_on: date,
    amounts: Iterable[tuple[AccountRef, int]],
    memo: Mapping[str, str] = NO_MEMO,
    reverses: str | None = None,
) -> EntryDraft:
    """Build an entry from amounts of which some may be zero or fall on the same account.

    Raises `InvalidEntry` if nothing is left to post or what is left does not balance.
    """
    by_account: Counter[AccountRef] = Counter()
    for account, amount_minor in amounts:
        by_account[account] += amount_minor
    return EntryDraft(
        key=key,
        cause=cause,
        effective_on=effective_on,
        legs=tuple(Leg(account, amount) for account, amount in by_account.items() if amount),
        memo=memo,
        reverses=reverses,
    )
