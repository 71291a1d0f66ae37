"""The journal's tables. Nothing but `ledger.posting` writes them; the database refuses the rest.

Entries and postings are append-only by trigger (migration 0003), proved and sealed by trigger
(migration 0002). Amounts are signed minor units, debit positive.
"""

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from ledger.documents.models import Document
from ledger.invoices.models import (
    CreditNote,
    CreditNoteLine,
    CreditNoteTax,
    Invoice,
    InvoiceLine,
    InvoiceTax,
    Payment,
    Series,
)
from ledger.journal import KEY_LENGTH, PARTY_LENGTH, AccountRef, Purpose
from ledger.money import CURRENCIES
from ledger.payouts.models import Payout, PayoutAttempt, PayoutMove, Recipient, WebhookEvent

__all__ = [
    "Account",
    "Balance",
    "ChainLink",
    "CreditNote",
    "CreditNoteLine",
    "CreditNoteTax",
    "Document",
    "Entry",
    "Invoice",
    "InvoiceLine",
    "InvoiceTax",
    "Payment",
    "Payout",
    "PayoutAttempt",
    "PayoutMove",
    "Posting",
    "Recipient",
    "Series",
    "WebhookEvent",
]

CURRENCY_CHOICES = [(code, code) for code in sorted(CURRENCIES)]


if TYPE_CHECKING:
    WholeNumberField = models.BigIntegerField[int, int]
else:
    WholeNumberField = models.BigIntegerField


class TransactionIdField(WholeNumberField):
    """PostgreSQL's 64-bit transaction id, which never wraps and orders commits by horizon."""

    def db_type(self, connection: Any) -> str:  # noqa: ARG002 - Django's signature
        """Name the column's type."""
        return "xid8"

    def from_db_value(self, value: str | None, *_args: Any) -> int | None:
        """Read the text that the driver returns for this type; None where a join found none."""
        return None if value is None else int(value)


class Account(models.Model):
    """One (purpose, party, currency); comes to exist when it is first posted to."""

    purpose = models.CharField(max_length=16, choices=[(p.value, p.value) for p in Purpose])
    party = models.CharField(max_length=PARTY_LENGTH, blank=True, db_default="")
    currency = models.CharField(max_length=3, choices=CURRENCY_CHOICES)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["purpose", "party", "currency"],
                name="account_named_once",
                violation_error_message=_("This account exists already."),
            ),
        ]
        indexes = [models.Index(fields=["party", "currency"], name="account_by_party")]

    def __str__(self) -> str:
        return str(self.ref)

    @property
    def ref(self) -> AccountRef:
        """The account's name as pure code knows it."""
        return AccountRef(Purpose(self.purpose), self.party, self.currency)


class Entry(models.Model):
    """A balanced set of postings with its cause; never changed, never deleted.

    ``request_hash`` is `EntryDraft.content_hash`: the same key with another hash is a conflict.
    ``xact`` is the transaction that made it, which alone may add postings to it.
    """

    key = models.CharField(max_length=KEY_LENGTH, unique=True)
    request_hash = models.CharField(max_length=64)
    cause = models.CharField(max_length=32)
    effective_on = models.DateField(db_index=True)
    posted_at = models.DateTimeField(db_default=Now())
    memo = models.JSONField(default=dict)
    xact = TransactionIdField(
        db_default=Func(function="pg_current_xact_id", output_field=models.BigIntegerField()),
        editable=False,
    )
    reverses = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="reversed_by"
    )

    class Meta:
        verbose_name_plural = "entries"
        indexes = [models.Index(fields=["xact", "id"], name="entry_by_horizon")]
        constraints = [
            models.CheckConstraint(condition=~Q(key=""), name="entry_has_a_key"),
            models.CheckConstraint(
                condition=Q(reverses=None) | ~Q(reverses=F("id")),
                name="entry_reverses_another",
            ),
        ]

    def __str__(self) -> str:
        return self.key


class Posting(models.Model):
    """One leg of an entry.

    The two foreign keys are proved by the statement trigger of migration 0002 and not by
    PostgreSQL's own, which would run twice for every row; what they point at is never deleted.
    """

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="postings", db_constraint=False)
    account = models.ForeignKey(
        Account,
        models.PROTECT,
        related_name="postings",
        db_constraint=False,
        db_index=False,
    )
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()

    # Only on what `balances.history` returns.
    running_minor: int

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(amount_minor=0), name="posting_moves_something"),
            models.UniqueConstraint(fields=["account", "entry"], name="posting_once_per_account"),
        ]

    def __str__(self) -> str:
        return f"{self.amount_minor} {self.currency}"


class Balance(models.Model):
    """What an account holds, kept in the transaction that posts to it.

    ``posted_minor`` is the signed sum of the account's postings. ``available_minor`` is counted
    on the account's own side, so that what a payee can be paid is positive. ``floor_minor`` is
    how far below zero corrections have taken it (never above zero): they may lower it, money
    coming in raises it again, and a payout can take the account no further down than there.
    """

    account = models.OneToOneField(
        Account, models.PROTECT, primary_key=True, related_name="balance"
    )
    normal_side = models.SmallIntegerField()
    posted_minor = models.BigIntegerField(db_default=0)
    held_minor = models.BigIntegerField(db_default=0)
    available_minor = models.GeneratedField(
        expression=F("normal_side") * F("posted_minor") - F("held_minor"),
        output_field=models.BigIntegerField(),
        db_persist=True,
    )
    floor_minor = models.BigIntegerField(db_default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(normal_side__in=[-1, 1]), name="balance_has_a_side"),
            models.CheckConstraint(
                condition=Q(held_minor__gte=0), name="balance_holds_are_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(floor_minor__lte=0), name="balance_floor_is_not_above_zero"
            ),
            models.CheckConstraint(
                condition=Q(available_minor__gte=F("floor_minor")),
                name="balance_not_below_its_floor",
                violation_error_message=_("There is not that much available."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id}: {self.posted_minor}"


class ChainLink(models.Model):
    """One entry's place in the hash chain; see `ledger.chain`. Append-only."""

    entry = models.OneToOneField(Entry, models.PROTECT, primary_key=True, related_name="chain_link")
    position = models.PositiveBigIntegerField(unique=True)
    digest = models.CharField(max_length=64)
    sealed_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(position__gte=1), name="chain_link_counts_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.position}: {self.digest}"
