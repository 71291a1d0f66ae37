"""Licences with an advance on the books of the month worked by hand, and its payment."""

from dataclasses import replace
from datetime import date
from typing import Any

from ledger.invoices import services
from ledger.invoices.models import Invoice
from ledger.journal import Purpose
from licensing.royalties.models import Charge
from licensing.settlement import advances
from tests.licensing.royalties.books import TERMS, Books

PAID_ON = date(2026, 11, 1)


def advanced(books: Books, amount: str = "4.00", **more: Any) -> Books:
    """Sign a licence with an advance and go on with that."""
    advance = {"amount": amount, "release": "on_receipt", **more}
    return replace(books, licence=books.table.in_force(TERMS | {"advance": advance}))


def pay(books: Books, minor: int | None = None, reference: str = "T1") -> Charge | None:
    """Pay the advance's invoice, wholly unless an amount with tax is given, and release it."""
    return advances.release_paid(invoice_id=record(books, minor, reference).pk)


def record(books: Books, minor: int | None = None, reference: str = "T1") -> Invoice:
    """Book a payment of the advance's invoice and leave the release to others."""
    invoice = advances.invoice(licence_id=books.licence.pk)
    services.record_payment(
        invoice=invoice,
        amount_minor=invoice.total_minor if minor is None else minor,
        received_on=PAID_ON,
        reference=f"{reference}-{invoice.label}",
        rail="bank",
    )
    return invoice


def invoice_of(books: Books) -> Invoice:
    """Return the invoice of the licence's advance."""
    return Invoice.objects.get(licensing_advance__licence=books.licence)


def standing(books: Books) -> dict[str, int]:
    """Return what is left of the advance, and what each payee earned beside it."""
    return {
        "prepaid": books.balance(Purpose.PREPAID, books.licence.licensee),
        "unrecouped": books.balance(Purpose.UNRECOUPED, books.collective),
        "accrued": books.balance(Purpose.ACCRUED, books.licence.licensee),
        "aoba": books.balance(Purpose.EARNED, books.aoba),
        "birch": books.balance(Purpose.EARNED, books.birch),
    }
