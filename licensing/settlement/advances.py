"""Advances on their way from the licensee to the licensor: invoiced once, released when paid."""

from datetime import timedelta

from django.db import transaction
from django.db.models import F, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from ledger.invoices import services
from ledger.invoices.drafts import InvoiceDraft, LineDraft
from ledger.invoices.models import Invoice
from licensing.deals import terms as contract
from licensing.deals.models import Licence
from licensing.royalties import advances, recouping
from licensing.royalties.content import operator
from licensing.royalties.models import Charge
from licensing.royalties.recoupment import released_of
from licensing.settlement.claims import Piece, claim
from licensing.settlement.models import InvoicedAdvance

DEFAULT_DUE_DAYS = 30


def to_invoice() -> QuerySet[Licence]:
    """Return the licences whose advance nobody invoiced yet; it is due once both have signed."""
    return Licence.objects.filter(
        terms__advance__amount__isnull=False, invoiced_advance=None
    ).order_by("pk")


def to_release() -> QuerySet[InvoicedAdvance]:
    """Return the advances of which something was paid and not everything released."""
    released = Coalesce(Sum("invoice__licensing_charges__amount_minor"), 0)
    paid = InvoicedAdvance.objects.filter(invoice__paid_minor__gt=0)
    return paid.annotate(released=released).filter(released__lt=F("invoice__net_minor"))


@transaction.atomic
def invoice(*, licence_id: int) -> Invoice:
    """Invoice the advance of a licence, once; asking again finds the first invoice."""
    Licence.objects.lock(licence_id)
    found = InvoicedAdvance.objects.filter(licence=licence_id).select_related("invoice").first()
    if found is not None:
        return found.invoice
    licence = Licence.objects.select_related("licensee", "deal").get(pk=licence_id)
    issued = services.issue(_draft(licence))
    InvoicedAdvance.objects.create(licence=licence, invoice=issued)
    return issued


def _draft(licence: Licence) -> InvoiceDraft:
    issued_on = timezone.localdate()
    payment = contract.parse(licence.terms).payment
    words = {}
    for language in ("en", "ja"):
        with translation.override(language):
            words[language] = _("%(deal)s: advance") % {"deal": licence.deal.title}
    line = LineDraft(
        description=words["en"],
        description_ja=words["ja"],
        source=licence.public_id,
        amount_minor=advances.amount_minor(licence),
    )
    return InvoiceDraft(
        key=f"advance:{licence.public_id}",
        issuer=operator().snapshot,
        customer=licence.licensee.snapshot,
        currency=licence.currency,
        issued_on=issued_on,
        due_on=issued_on + timedelta(days=payment.due_days if payment else DEFAULT_DUE_DAYS),
        lines=(line,),
        is_advance=True,
        memo={"licence": licence.public_id},
    )


@transaction.atomic
def release_paid(*, invoice_id: int) -> Charge | None:
    """Release what was paid of an advance and not released yet; None where that is nothing.

    A part payment releases its part of the advance, in proportion to the invoice with its tax.
    """
    claimed = InvoicedAdvance.objects.filter(invoice=invoice_id).first()
    if claimed is None:
        return None
    recouping.lock(claimed.licence_id)
    paid = Invoice.objects.get(pk=invoice_id)
    released = advances.release(
        licence_id=claimed.licence_id,
        upto_minor=released_of(paid.net_minor, paid.paid_minor, paid.total_minor),
    )
    if released is not None:
        claim([Piece(released, released.amount_minor)], invoice=paid)
    return released
