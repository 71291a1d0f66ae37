"""Invoices for what periods charged, and credit notes for what is taken back of them.

Every part of a charge is claimed once. What a period is owed back is credited on the invoices of
that period, oldest first and none beyond what it asked for; what they cannot take is taken off the
licence's next invoice that asks for more than it.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from ledger.invoices import services
from ledger.invoices.drafts import InvoiceDraft, LineDraft
from ledger.invoices.models import CreditNote, Invoice
from licensing.deals import terms as contract
from licensing.deals.models import Licence
from licensing.royalties.content import operator
from licensing.royalties.models import Charge, ChargeKind
from licensing.settlement.claims import Piece, claim, cut, net, pieces_of, unclaimed
from licensing.templatetags.periods import period as in_words
from licensing.usage.header import plain

DEFAULT_DUE_DAYS = 30


def invoice_month(month: date) -> list[Invoice | CreditNote]:
    """Invoice every charge of a month's periods that no invoice claims yet; safe to repeat."""
    first = month.replace(day=1)
    open_charges = unclaimed().filter(period__starts_on=first)
    licences = sorted(set(open_charges.values_list("period__licence_id", flat=True)))
    return [paper for pk in licences for paper in _settle_licence(pk, first)]


@transaction.atomic
def _settle_licence(licence_id: int, month: date) -> list[Invoice | CreditNote]:
    """Invoice or credit one licence under its lock, so that nothing is claimed twice."""
    Licence.objects.lock(licence_id)
    by_month = pieces_of(licence_id)
    own = by_month.pop(month, [])
    if net(own) < 0:
        credited, own = _credit(own)
    else:
        credited = []
    if net(own) <= 0:
        return [*credited]
    claimed = [*_waiting_with(by_month, month), *own]
    if net(claimed) <= 0:
        return [*credited]
    invoice = services.issue(draft_of(claimed, month=month))
    claim(claimed, invoice=invoice)
    return [*credited, invoice]


def _waiting_with(by_month: Mapping[date, list[Piece]], month: date) -> list[Piece]:
    """Return what waits to be taken off a month's invoice, with what waits because of it.

    A month that asked for less than was waiting was not invoiced; it is asked for now.
    """
    credits_ = [
        pieces for pieces in by_month.values() if net(pieces) < 0 and not _creditable(pieces)
    ]
    if not credits_:
        return []
    held_up = [pieces for day, pieces in by_month.items() if day < month and net(pieces) > 0]
    return [piece for pieces in [*credits_, *held_up] for piece in pieces]


def _credit(pieces: list[Piece]) -> tuple[list[CreditNote], list[Piece]]:
    """Credit pieces that net below zero on their period's invoices; returns what is left too."""
    notes = []
    for invoice in _creditable(pieces):
        if net(pieces) >= 0:
            break
        taken, rest = _fitting(pieces, invoice)
        if not taken:
            continue
        note = services.credit(_credit_draft(taken, invoice), invoice=invoice)
        claim(taken, credit_note=note)
        notes.append(note)
        pieces = rest
    return notes, pieces


def _creditable(pieces: Sequence[Piece]) -> list[Invoice]:
    """Return the invoices of the pieces' period that can still be credited, oldest first."""
    found = Invoice.objects.filter(
        licensing_charges__charge__period=pieces[0].charge.period, licensing_advance=None
    )
    return [one for one in found.distinct().order_by("pk") if _left_minor(one) > 0]


def _left_minor(invoice: Invoice) -> int:
    """Return what of an invoice was not credited yet, without tax."""
    credited = invoice.credit_notes.aggregate(net=Sum("net_minor"))["net"] or 0
    return int(invoice.net_minor - credited)


def _fitting(pieces: Sequence[Piece], invoice: Invoice) -> tuple[list[Piece], list[Piece]]:
    """Part pieces into what an invoice can be credited, with its tax, and the rest.

    Tax is rounded on each note by itself, so the last of several may have to be a unit smaller.
    """
    amount_minor = min(-net(pieces), _left_minor(invoice))
    while amount_minor > 0:
        taken, rest = cut(pieces, amount_minor)
        total_minor = -_credit_draft(taken, invoice).total_minor
        if total_minor <= invoice.total_minor - invoice.credited_minor:
            return taken, rest
        amount_minor -= 1
    return [], list(pieces)


def _credit_draft(pieces: Sequence[Piece], invoice: Invoice) -> InvoiceDraft:
    """Return the credit note of pieces, taxed as its invoice was."""
    rates = invoice.taxes.order_by("rate").values_list("rate", flat=True)
    number = invoice.credit_notes.count() + 1
    return draft_of(pieces, key=f"credit:{invoice.public_id}:{number}", tax_rate=rates.last())


def draft_of(
    pieces: Sequence[Piece],
    *,
    month: date | None = None,
    key: str = "",
    tax_rate: Decimal | None = None,
) -> InvoiceDraft:
    """Return the invoice of what one licence is charged; ``month`` is the one it is issued for."""
    named = [one.charge for one in pieces if month in {None, one.charge.period.starts_on}]
    last = named[-1]
    licence = last.period.licence
    terms = contract.parse(licence.terms)
    issued_on = timezone.localdate()
    days = terms.payment.due_days if terms.payment else DEFAULT_DUE_DAYS
    return InvoiceDraft(
        key=key or f"invoice:{licence.public_id}:{last.period.label}:{last.public_id}",
        issuer=operator().snapshot,
        customer=licence.licensee.snapshot,
        currency=licence.currency,
        issued_on=issued_on,
        due_on=issued_on + timedelta(days=days),
        lines=tuple(_lines(pieces, tax_rate)),
        memo={"licence": licence.public_id, "period": last.period.label},
    )


def _lines(pieces: Sequence[Piece], tax_rate: Decimal | None) -> Iterator[LineDraft]:
    """Describe pieces in both languages.

    A correction names no quantity: it books a difference, and the charge's own quantity is that of
    the whole period.
    """
    for piece in pieces:
        charge = piece.charge
        is_whole = charge.unit and not charge.corrects_id
        yield LineDraft(
            description=_words(charge, "en"),
            description_ja=_words(charge, "ja"),
            source=charge.public_id,
            amount_minor=piece.amount_minor,
            quantity=plain(charge.quantity) if is_whole else "",
            unit=charge.unit if is_whole else "",
            tax_rate=tax_rate,
        )


def _words(charge: Charge, language: str) -> str:
    with translation.override(language):
        told = {
            "deal": charge.period.licence.deal.title,
            "price": charge.price_id,
            "period": in_words(charge.period.starts_on),
        }
        if charge.kind == ChargeKind.RECOUPMENT:
            said = _("%(deal)s: paid ahead, %(period)s") % told
        else:
            said = _("%(deal)s: %(price)s, %(period)s") % told
        return _("%(line)s (correction)") % {"line": said} if charge.corrects_id else said
