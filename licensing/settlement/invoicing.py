"""Invoices for what periods charged: one per licence and month, each charge claimed once."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from ledger.invoices import services
from ledger.invoices.drafts import InvoiceDraft, LineDraft
from ledger.invoices.models import CreditNote, Invoice
from licensing.deals import terms as contract
from licensing.deals.models import Licence
from licensing.royalties.content import operator, plain
from licensing.royalties.models import Charge, ChargeKind
from licensing.settlement.models import InvoicedCharge

DEFAULT_DUE_DAYS = 30


def invoice_month(month: date) -> list[Invoice | CreditNote]:
    """Invoice every charge of a month's periods that no invoice claims yet; safe to repeat.

    A month that nets below zero for a licence is credited on the invoice it corrects.
    """
    open_charges = (
        Charge.objects.filter(period__starts_on=month.replace(day=1), invoiced=None)
        .exclude(amount_minor=0)
        .order_by("period__licence_id")
    )
    licences = sorted(set(open_charges.values_list("period__licence_id", flat=True)))
    papers = [_invoice_licence(licence_id, month.replace(day=1)) for licence_id in licences]
    return [paper for paper in papers if paper is not None]


@transaction.atomic
def _invoice_licence(licence_id: int, month: date) -> Invoice | CreditNote | None:
    """Invoice one licence under its lock, so that a charge is never claimed twice."""
    Licence.objects.lock(licence_id)
    charges = list(
        Charge.objects.filter(period__licence_id=licence_id, period__starts_on=month, invoiced=None)
        .exclude(amount_minor=0)
        .select_related("period__licence__licensee", "period__licence__deal")
        .order_by("price_id", "sequence")
    )
    total = sum(charge.amount_minor for charge in charges)
    if not charges or total == 0:
        return None
    draft = draft_of(charges)
    if total > 0:
        invoice = services.issue(draft)
        _claim(charges, invoice=invoice)
        return invoice
    corrected = (
        Invoice.objects.filter(licensing_charges__charge__period=charges[0].period)
        .order_by("pk")
        .last()
    )
    if corrected is None:
        return None
    note = services.credit(draft, invoice=corrected)
    _claim(charges, credit_note=note)
    return note


def draft_of(charges: list[Charge]) -> InvoiceDraft:
    """Return the invoice of one licence's charges of one month."""
    period = charges[0].period
    licence = period.licence
    terms = contract.parse(licence.terms)
    issued_on = timezone.localdate()
    days = terms.payment.due_days if terms.payment else DEFAULT_DUE_DAYS
    return InvoiceDraft(
        key=f"invoice:{licence.public_id}:{period.label}:{charges[-1].public_id}",
        issuer=operator().snapshot,
        customer=licence.licensee.snapshot,
        currency=licence.currency,
        issued_on=issued_on,
        due_on=issued_on + timedelta(days=days),
        lines=tuple(_line(charge) for charge in charges),
        memo={"licence": licence.public_id, "period": period.label},
    )


def _line(charge: Charge) -> LineDraft:
    """Describe a charge in both languages.

    A correction names no quantity: it books a difference, and the charge's own quantity is that of
    the whole period.
    """
    is_correction = charge.corrects_id is not None
    words = {}
    for language in ("en", "ja"):
        with translation.override(language):
            said = _line_words(charge) % {
                "deal": charge.period.licence.deal.title,
                "price": charge.price_id,
                "period": charge.period.label,
            }
            words[language] = _("%(line)s (correction)") % {"line": said} if is_correction else said
    return LineDraft(
        description=words["en"],
        description_ja=words["ja"],
        source=charge.public_id,
        amount_minor=charge.amount_minor,
        quantity=plain(charge.quantity) if charge.unit and not is_correction else "",
        unit="" if is_correction else charge.unit,
    )


def _line_words(charge: Charge) -> str:
    if charge.kind == ChargeKind.RECOUPMENT:
        return _("%(deal)s: paid ahead, %(period)s")
    return _("%(deal)s: %(price)s, %(period)s")


def _claim(
    charges: Iterable[Charge],
    *,
    invoice: Invoice | None = None,
    credit_note: CreditNote | None = None,
) -> None:
    InvoicedCharge.objects.bulk_create(
        InvoicedCharge(charge=charge, invoice=invoice, credit_note=credit_note)
        for charge in charges
    )
