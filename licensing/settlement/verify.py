"""Proving what ties charges to documents: claims, and what was released of advances."""

from collections.abc import Iterator

from django.db.models import F, Q, Sum
from django.db.models.functions import Coalesce

from ledger.invoices.models import CreditNote, Invoice
from ledger.verify import Finding, Proof, Verified
from licensing.royalties import recouping
from licensing.royalties.models import Charge
from licensing.royalties.recoupment import released_of
from licensing.settlement.models import InvoicedAdvance, InvoicedCharge


def verify_settlement() -> Verified:
    """Prove every claim and every advance, for the command `verify`."""
    wrong = [*of_charges(), *of_documents(), *of_advances()]
    yield from wrong
    if not wrong:
        yield Proof("claims on charges equal their documents", InvoicedCharge.objects.count())
        yield Proof("advances released as they were paid", InvoicedAdvance.objects.count())


def of_charges() -> Iterator[Finding]:
    """Yield the charges of which more is claimed than there is, or the other way round."""
    claimed = Charge.objects.annotate(claimed=Sum("invoiced__amount_minor")).exclude(claimed=None)
    beyond = Q(amount_minor__gte=0, claimed__gt=F("amount_minor")) | Q(
        amount_minor__lte=0, claimed__lt=F("amount_minor")
    )
    turned = Q(amount_minor__gt=0, claimed__lt=0) | Q(amount_minor__lt=0, claimed__gt=0)
    wrong = claimed.filter(beyond | turned).order_by("pk")
    for name, taken, whole in wrong.values_list("public_id", "claimed", "amount_minor"):
        yield Finding(name, "claim_wrong", f"{taken} of {whole} minor are claimed")


def of_documents() -> Iterator[Finding]:
    """Yield the invoices and credit notes that ask for other than what they claim."""
    invoices = Invoice.objects.filter(licensing_advance=None).annotate(
        claimed=Coalesce(Sum("licensing_charges__amount_minor"), 0)
    )
    wrong = invoices.exclude(licensing_charges=None).exclude(claimed=F("net_minor"))
    for label, net, taken in wrong.order_by("pk").values_list("label", "net_minor", "claimed"):
        yield Finding(label, "claim_wrong", f"asks for {net}, claims {taken} minor")
    notes = CreditNote.objects.annotate(claimed=Coalesce(Sum("licensing_charges__amount_minor"), 0))
    turned = notes.exclude(licensing_charges=None).exclude(claimed=-F("net_minor"))
    for label, net, taken in turned.order_by("pk").values_list("label", "net_minor", "claimed"):
        yield Finding(label, "claim_wrong", f"gives back {net}, claims {taken} minor")


def of_advances() -> Iterator[Finding]:
    """Yield the advances of which more was released than was paid."""
    claimed = InvoicedAdvance.objects.select_related("invoice", "licence")
    for one in claimed.order_by("pk"):
        invoice = one.invoice
        due = released_of(invoice.net_minor, invoice.paid_minor, invoice.total_minor)
        released = recouping.released_minor([one.licence])
        if released > due:
            yield Finding(
                one.licence.public_id,
                "advance_wrong",
                f"{released} of the advance were released, {due} minor are paid for",
            )
