"""Invoices and credit notes: numbered without gaps, frozen at issue, settled by payments.

Migration 0014 proves the numbers (each is its predecessor plus one), the totals and the
immutability inside PostgreSQL. Amounts are positive minor units on both kinds of document.
"""

from functools import partial
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from ledger.ids import new_id
from ledger.journal import KEY_LENGTH, PARTY_LENGTH
from ledger.money import CURRENCIES

CURRENCY_CHOICES = [(code, code) for code in sorted(CURRENCIES)]

new_invoice_id = partial(new_id, "inv")
new_credit_note_id = partial(new_id, "crn")


class Kind(models.TextChoices):
    """What a series numbers."""

    INVOICE = "invoice", _("Invoice")
    CREDIT_NOTE = "credit_note", _("Credit note")


class Series(models.Model):
    """One run of numbers; its row is the lock that hands them out one after the other."""

    issuer = models.CharField(max_length=PARTY_LENGTH)
    kind = models.CharField(max_length=12, choices=Kind)
    prefix = models.CharField(max_length=24)
    last_number = models.PositiveIntegerField(db_default=0)

    class Meta:
        verbose_name_plural = "series"
        constraints = [
            models.UniqueConstraint(
                fields=["issuer", "prefix"],
                name="series_prefix_once_per_issuer",
                violation_error_message=_("Another series has this prefix."),
            ),
        ]

    def __str__(self) -> str:
        return self.prefix


class Paper(models.Model):
    """What an invoice and a credit note have in common; all of it frozen at issue."""

    key = models.CharField(max_length=KEY_LENGTH, unique=True)
    request_hash = models.CharField(max_length=64)
    series = models.ForeignKey(Series, models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    label = models.CharField(max_length=40)
    issuer = models.CharField(max_length=PARTY_LENGTH)
    party = models.CharField(max_length=PARTY_LENGTH, db_index=True)
    issuer_snapshot = models.JSONField()
    party_snapshot = models.JSONField()
    memo = models.JSONField(default=dict)
    currency = models.CharField(max_length=3, choices=CURRENCY_CHOICES)
    issued_on = models.DateField()
    net_minor = models.BigIntegerField()
    tax_minor = models.BigIntegerField()
    total_minor = models.GeneratedField(
        expression=F("net_minor") + F("tax_minor"),
        output_field=models.BigIntegerField(),
        db_persist=True,
    )
    entry = models.OneToOneField("ledger.Entry", models.PROTECT, related_name="%(class)s")
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(
                fields=["series", "number"], name="%(class)s_number_once_per_series"
            ),
            models.CheckConstraint(
                condition=Q(net_minor__gt=0) & Q(tax_minor__gte=0),
                name="%(class)s_asks_for_something",
            ),
        ]

    def __str__(self) -> str:
        return self.label


class Line(models.Model):
    """One line as printed; the amount is net."""

    position = models.PositiveIntegerField()
    description = models.TextField()
    description_ja = models.TextField(blank=True, db_default="")
    source = models.CharField(max_length=PARTY_LENGTH, blank=True)
    quantity = models.CharField(max_length=64, blank=True)
    unit = models.CharField(max_length=32, blank=True)
    unit_price = models.CharField(max_length=64, blank=True)
    amount_minor = models.BigIntegerField()
    tax_rate = models.DecimalField(max_digits=6, decimal_places=5)

    class Meta:
        abstract = True
        ordering = ["position"]


class TaxLine(models.Model):
    """Net and tax of one rate, rounded once for the whole document."""

    rate = models.DecimalField(max_digits=6, decimal_places=5)
    jurisdiction = models.CharField(max_length=2)
    wording = models.JSONField()
    net_minor = models.BigIntegerField()
    tax_minor = models.BigIntegerField()

    class Meta:
        abstract = True
        ordering = ["rate"]


class State(models.TextChoices):
    """Follows from what was paid and credited; a constraint keeps the two together."""

    ISSUED = "issued", _("Issued")
    PAID = "paid", _("Paid")
    CREDITED = "credited", _("Credited")


class InvoiceQuerySet(models.QuerySet["Invoice"]):
    """Invoices by whose they are and what is still open."""

    def for_party(self, party: str) -> Self:
        """Return the invoices addressed to a party."""
        return self.filter(party=party)

    def open(self) -> Self:
        """Return the invoices that still ask for money."""
        return self.filter(state=State.ISSUED)


class Invoice(Paper):
    """A claim on a customer; only what was paid and credited of it ever changes."""

    public_id = models.CharField(max_length=32, unique=True, default=new_invoice_id)
    due_on = models.DateField()
    state = models.CharField(max_length=8, choices=State, db_default=State.ISSUED)
    paid_minor = models.BigIntegerField(db_default=0)
    credited_minor = models.BigIntegerField(db_default=0)

    objects = InvoiceQuerySet.as_manager()

    class Meta(Paper.Meta):
        constraints = [
            *Paper.Meta.constraints,
            models.CheckConstraint(
                condition=Q(paid_minor__gte=0) & Q(paid_minor__lte=F("net_minor") + F("tax_minor")),
                name="invoice_not_overpaid",
                violation_error_message=_("That is more than the invoice asks for."),
            ),
            models.CheckConstraint(
                condition=Q(credited_minor__gte=0)
                & Q(credited_minor__lte=F("net_minor") + F("tax_minor")),
                name="invoice_not_credited_beyond_its_total",
            ),
            models.CheckConstraint(
                condition=(
                    Q(
                        state=State.ISSUED,
                        paid_minor__lt=F("net_minor") + F("tax_minor") - F("credited_minor"),
                    )
                    | Q(
                        state=State.PAID,
                        paid_minor__gte=F("net_minor") + F("tax_minor") - F("credited_minor"),
                        credited_minor__lt=F("net_minor") + F("tax_minor"),
                    )
                    | Q(state=State.CREDITED, credited_minor=F("net_minor") + F("tax_minor"))
                ),
                name="invoice_state_follows_the_money",
            ),
        ]
        indexes = [models.Index(fields=["party", "-issued_on"], name="invoice_by_party")]

    @property
    def outstanding_minor(self) -> int:
        """What is still to be paid, minor units; never negative."""
        left: int = self.net_minor + self.tax_minor - self.paid_minor - self.credited_minor
        return max(left, 0)

    def settled_state(self) -> State:
        """Return the state that follows from what was paid and credited."""
        if self.credited_minor == self.total_minor:
            return State.CREDITED
        return State.ISSUED if self.outstanding_minor else State.PAID


class InvoiceLine(Line):
    """A line of an invoice."""

    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="lines")

    class Meta(Line.Meta):
        constraints = [
            models.UniqueConstraint(fields=["invoice", "position"], name="invoice_line_place"),
        ]


class InvoiceTax(TaxLine):
    """One rate of an invoice."""

    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="taxes")

    class Meta(TaxLine.Meta):
        constraints = [
            models.UniqueConstraint(fields=["invoice", "rate"], name="invoice_tax_once_per_rate"),
        ]


class Payment(models.Model):
    """Money received for an invoice; append-only, one for each reference on a rail."""

    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="payments")
    rail = models.CharField(max_length=32)
    reference = models.CharField(max_length=128)
    amount_minor = models.BigIntegerField()
    received_on = models.DateField()
    entry = models.OneToOneField("ledger.Entry", models.PROTECT, related_name="payment")
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["rail", "reference"],
                name="payment_once_per_reference",
                violation_error_message=_("This payment was recorded before."),
            ),
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0), name="payment_brings_something"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rail} {self.reference}"


class CreditNoteQuerySet(models.QuerySet["CreditNote"]):
    """Credit notes by whose they are."""

    def for_party(self, party: str) -> Self:
        """Return the credit notes addressed to a party."""
        return self.filter(party=party)


class CreditNote(Paper):
    """Takes back part of an invoice; amounts are positive."""

    public_id = models.CharField(max_length=32, unique=True, default=new_credit_note_id)
    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="credit_notes")

    objects = CreditNoteQuerySet.as_manager()

    class Meta(Paper.Meta):
        pass


class CreditNoteLine(Line):
    """A line of a credit note."""

    credit_note = models.ForeignKey(CreditNote, models.PROTECT, related_name="lines")

    class Meta(Line.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["credit_note", "position"], name="credit_note_line_place"
            ),
        ]


class CreditNoteTax(TaxLine):
    """One rate of a credit note."""

    credit_note = models.ForeignKey(CreditNote, models.PROTECT, related_name="taxes")

    class Meta(TaxLine.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["credit_note", "rate"], name="credit_note_tax_once_per_rate"
            ),
        ]
