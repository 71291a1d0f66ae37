"""Issuing, crediting and settling invoices. Lock order: invoice, series, journal accounts."""

from datetime import date
from typing import Any, TypeVar

from django.db import transaction

from config.jobs import announce
from ledger import recipes
from ledger.errors import (
    CreditExceedsInvoice,
    InvalidInvoice,
    KeyConflict,
    Overpaid,
    UnknownInvoice,
)
from ledger.invoices.drafts import InvoiceDraft
from ledger.invoices.models import (
    CreditNote,
    CreditNoteLine,
    CreditNoteTax,
    Invoice,
    InvoiceLine,
    InvoiceTax,
    Kind,
    Payment,
    Series,
    State,
)
from ledger.invoices.printing import request_documents
from ledger.journal import Cause, EntryDraft
from ledger.money import currency, decimal_text
from ledger.posting import post

P = TypeVar("P", Invoice, CreditNote)

PREFIXES = {Kind.INVOICE: "KYO-{year}-", Kind.CREDIT_NOTE: "KYO-CN-{year}-"}


@transaction.atomic
def issue(draft: InvoiceDraft) -> Invoice:
    """Give an invoice its number, book and freeze it and ask for its PDFs.

    The number is taken under the series' lock inside this transaction, so a failure gives it
    back. The same key and content again return the first invoice. Raises `KeyConflict` for the
    same key with other content, `InvalidInvoice` if the total is not above zero: nothing is
    invoiced over nothing, and what is owed the other way is a credit note.
    """
    series = _lock_series(draft, Kind.INVOICE)
    if found := Invoice.objects.filter(key=draft.key).first():
        return _unless_changed(found, draft)
    if draft.total_minor <= 0 or draft.net_minor <= 0:
        raise InvalidInvoice(
            f"lines: the total is {_text(draft.total_minor, draft.currency)}; an invoice asks "
            "for more than nothing, and a negative amount needs a credit note",
            key=draft.key,
        )
    entry = post(_entry(draft))
    invoice = Invoice.objects.create(
        **_paper(draft, series), entry_id=entry.entry_id, due_on=draft.due_on
    )
    InvoiceLine.objects.bulk_create(InvoiceLine(invoice=invoice, **line) for line in _lines(draft))
    InvoiceTax.objects.bulk_create(InvoiceTax(invoice=invoice, **tax) for tax in _taxes(draft))
    request_documents(invoice, draft, Kind.INVOICE)
    return invoice


def _entry(draft: InvoiceDraft) -> EntryDraft:
    if draft.is_advance:
        return recipes.advance_invoiced(
            key=f"invoice:{draft.key}",
            licensee=draft.customer["ref"],
            currency=draft.currency,
            effective_on=draft.issued_on,
            amount_minor=draft.net_minor,
            taxes=_by_jurisdiction(draft),
            memo=draft.memo,
        )
    return recipes.invoice_issued(
        key=f"invoice:{draft.key}",
        licensee=draft.customer["ref"],
        currency=draft.currency,
        effective_on=draft.issued_on,
        net_minor=draft.net_minor,
        taxes=_by_jurisdiction(draft),
        memo=draft.memo,
    )


@transaction.atomic
def credit(draft: InvoiceDraft, *, invoice: Invoice) -> CreditNote:
    """Take back part of an invoice: ``draft`` has a negative total, the note prints it positive.

    Numbered, booked, frozen and repeatable as `issue` is. Raises `InvalidInvoice` if the total is
    not below zero or the currency or customer is another, `CreditExceedsInvoice` if more would be
    credited than was invoiced.
    """
    claim = _lock(invoice)
    series = _lock_series(draft, Kind.CREDIT_NOTE)
    if found := CreditNote.objects.filter(key=draft.key).first():
        return _unless_changed(found, draft)
    _check_credit(draft, claim)
    taken = draft.negated()
    entry = post(
        recipes.credit_note_issued(
            key=f"credit_note:{draft.key}",
            licensee=claim.party,
            currency=claim.currency,
            effective_on=draft.issued_on,
            net_minor=taken.net_minor,
            taxes=_by_jurisdiction(taken),
            memo=draft.memo,
        )
    )
    paper = _paper(taken, series) | {"request_hash": draft.content_hash}
    note = CreditNote.objects.create(**paper, entry_id=entry.entry_id, invoice=claim)
    CreditNoteLine.objects.bulk_create(
        CreditNoteLine(credit_note=note, **line) for line in _lines(taken)
    )
    CreditNoteTax.objects.bulk_create(
        CreditNoteTax(credit_note=note, **tax) for tax in _taxes(taken)
    )
    request_documents(note, taken, Kind.CREDIT_NOTE)
    claim.credited_minor += taken.total_minor
    _settle(claim)
    return note


@transaction.atomic
def record_payment(
    *, invoice: Invoice, amount_minor: int, received_on: date, reference: str, rail: str
) -> Payment:
    """Book money received for an invoice; less than is open is a part payment.

    ``reference`` is the rail's own and makes it repeatable: the same payment again is the first
    one. Raises `KeyConflict` if the reference stands for another payment, `Overpaid` if it is
    more than is open, `InvalidInvoice` if it is not above zero or has no reference.
    """
    claim = _lock(invoice)
    if found := Payment.objects.filter(rail=rail, reference=reference).first():
        said = (claim.pk, amount_minor, received_on)
        if (found.invoice_id, found.amount_minor, found.received_on) != said:
            raise KeyConflict(f"{rail} {reference} was recorded before as another payment")
        return found
    if amount_minor <= 0 or not reference:
        raise InvalidInvoice("a payment has an amount above zero and the bank's reference")
    if amount_minor > claim.outstanding_minor:
        raise Overpaid(
            f"{claim.label} asks for {_text(claim.outstanding_minor, claim.currency)} more, "
            f"not {_text(amount_minor, claim.currency)}: record that much and return the rest",
            invoice=claim.public_id,
        )
    entry = post(
        recipes.payment_received(
            key=f"payment:{rail}:{reference}",
            licensee=claim.party,
            rail=rail,
            currency=claim.currency,
            effective_on=received_on,
            amount_minor=amount_minor,
            memo={"invoice": claim.public_id},
        )
    )
    payment = Payment.objects.create(
        invoice=claim,
        rail=rail,
        reference=reference,
        amount_minor=amount_minor,
        received_on=received_on,
        entry_id=entry.entry_id,
    )
    claim.paid_minor += amount_minor
    _settle(claim)
    announce("payment.recorded", invoice_id=claim.pk)
    return payment


def _lock(invoice: Invoice) -> Invoice:
    try:
        return Invoice.objects.select_for_update().get(pk=invoice.pk)
    except Invoice.DoesNotExist:
        raise UnknownInvoice("there is no such invoice") from None


def _lock_series(draft: InvoiceDraft, kind: Kind) -> Series:
    prefix = draft.prefix or PREFIXES[kind].format(year=draft.issued_on.year)
    named = {"issuer": draft.issuer["ref"], "prefix": prefix}
    Series.objects.get_or_create(**named, defaults={"kind": kind})
    series = Series.objects.select_for_update().get(**named)
    if series.kind != kind:
        raise InvalidInvoice(f"prefix: {prefix} numbers another kind of document")
    return series


def _unless_changed(found: P, draft: InvoiceDraft) -> P:
    if found.request_hash != draft.content_hash:
        raise KeyConflict(f"{draft.key} was issued as {found.label} with other content")
    return found


def _check_credit(draft: InvoiceDraft, claim: Invoice) -> None:
    if draft.net_minor >= 0 or draft.total_minor >= 0:
        raise InvalidInvoice("lines: a credit note takes back more than nothing")
    if draft.currency != claim.currency or draft.customer["ref"] != claim.party:
        raise InvalidInvoice(f"invoice: {claim.label} has another currency or customer")
    if claim.entry.cause == Cause.ADVANCE_INVOICED:
        raise InvalidInvoice(f"invoice: {claim.label} asks for an advance, which is not credited")
    left = claim.total_minor - claim.credited_minor
    if -draft.total_minor > left:
        raise CreditExceedsInvoice(
            f"{claim.label} can be credited {_text(left, claim.currency)} more, not "
            f"{_text(-draft.total_minor, claim.currency)}",
            invoice=claim.public_id,
        )


def _settle(claim: Invoice) -> None:
    """Store what was paid and credited with the state that follows; tell who waits for it."""
    before = claim.state
    claim.state = claim.settled_state()
    claim.save(update_fields=["state", "paid_minor", "credited_minor"])
    if claim.state == State.PAID and before != State.PAID:
        announce("invoice.paid", invoice_id=claim.pk)


def _paper(draft: InvoiceDraft, series: Series) -> dict[str, Any]:
    """Take the next number and return the fields that both kinds of document share."""
    series.last_number += 1
    series.save(update_fields=["last_number"])
    return {
        "key": draft.key,
        "request_hash": draft.content_hash,
        "series": series,
        "number": series.last_number,
        "label": f"{series.prefix}{series.last_number:05d}",
        "issuer": draft.issuer["ref"],
        "party": draft.customer["ref"],
        "issuer_snapshot": dict(draft.issuer),
        "party_snapshot": dict(draft.customer),
        "memo": dict(draft.memo),
        "currency": draft.currency,
        "issued_on": draft.issued_on,
        "net_minor": draft.net_minor,
        "tax_minor": draft.tax_minor,
    }


def _lines(draft: InvoiceDraft) -> list[dict[str, Any]]:
    return [
        {
            "position": position,
            "description": line.description,
            "description_ja": line.description_ja,
            "source": line.source,
            "quantity": line.quantity,
            "unit": line.unit,
            "unit_price": line.unit_price,
            "amount_minor": line.amount_minor,
            "tax_rate": line.tax_rate,
        }
        for position, line in enumerate(draft.lines, start=1)
    ]


def _taxes(draft: InvoiceDraft) -> list[dict[str, Any]]:
    return [
        {
            "rate": total.rate,
            "jurisdiction": total.jurisdiction,
            "wording": dict(total.wording),
            "net_minor": total.net_minor,
            "tax_minor": total.tax_minor,
        }
        for total in draft.taxes
    ]


def _by_jurisdiction(draft: InvoiceDraft) -> dict[str, int]:
    taxes: dict[str, int] = {}
    for total in draft.taxes:
        taxes[total.jurisdiction] = taxes.get(total.jurisdiction, 0) + total.tax_minor
    return taxes


def _text(minor: int, code: str) -> str:
    return f"{decimal_text(minor, currency(code))} {code}"
