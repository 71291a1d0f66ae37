"""What ties licensing to the ledger: which charges were invoiced, which statements were paid."""

from django.db import models
from django.db.models import Q

from ledger.payouts.models import Payout
from licensing.deals.models import Licence
from licensing.royalties.models import Charge, Statement


class InvoicedCharge(models.Model):
    """What an invoice or credit note claims of a charge; every part of it is claimed once."""

    charge = models.ForeignKey(Charge, models.PROTECT, related_name="invoiced")
    amount_minor = models.BigIntegerField()
    invoice = models.ForeignKey(
        "ledger.Invoice", models.PROTECT, null=True, related_name="licensing_charges"
    )
    credit_note = models.ForeignKey(
        "ledger.CreditNote", models.PROTECT, null=True, related_name="licensing_charges"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(invoice=None, credit_note__isnull=False)
                | Q(invoice__isnull=False, credit_note=None),
                name="invoiced_charge_on_one_document",
            ),
            models.UniqueConstraint(
                fields=["charge", "invoice", "credit_note"],
                nulls_distinct=False,
                name="invoiced_charge_once_on_a_document",
            ),
        ]

    def __str__(self) -> str:
        return str(self.charge)


class InvoicedAdvance(models.Model):
    """The advance of a licence on the invoice that claims it; claimed once, paid in parts."""

    licence = models.OneToOneField(Licence, models.PROTECT, related_name="invoiced_advance")
    invoice = models.OneToOneField(
        "ledger.Invoice", models.PROTECT, related_name="licensing_advance"
    )

    def __str__(self) -> str:
        return str(self.licence)


class StatementPayout(models.Model):
    """A statement that a payout settles; a failed payout's statements go on the next one."""

    statement = models.ForeignKey(Statement, models.PROTECT, related_name="payouts")
    payout = models.ForeignKey(Payout, models.PROTECT, related_name="statements")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["statement", "payout"], name="statement_payout_once"),
        ]

    def __str__(self) -> str:
        return f"{self.statement} · {self.payout}"
