"""An advance on its way: invoiced once, released to the licensor as it is paid."""

import pytest

from ledger.errors import InvalidInvoice
from ledger.invoices import services
from ledger.invoices.models import Invoice
from ledger.journal import Purpose
from licensing.royalties import printing, verify
from licensing.royalties.models import Run, Statement
from licensing.settlement import advances, payouts, tasks
from licensing.settlement.claims import Piece, pieces_of
from licensing.settlement.invoicing import draft_of
from tests.licensing.advances.paid import advanced, invoice_of, pay, record
from tests.licensing.royalties.books import OCTOBER, Books, picture


def test_an_advance_is_invoiced_once_with_its_tax(books: Books) -> None:
    """4.00 USD and 10 % of consumption tax between two parties in Japan."""
    books = advanced(books)

    tasks.invoice_advances()
    again = advances.invoice(licence_id=books.licence.pk)

    invoice = Invoice.objects.get()
    assert again == invoice
    assert (invoice.net_minor, invoice.tax_minor) == (400, 40)
    assert invoice.lines.get().description == "Backlist for Vista 2: advance"
    assert invoice.entry.cause == "advance_invoiced"
    assert books.balance(Purpose.PREPAID, books.licence.licensee) == 400
    assert books.balance(Purpose.RECEIVABLE, books.licence.licensee) == 440
    assert not Run.objects.exists()


def test_a_licence_without_an_advance_is_not_invoiced(books: Books) -> None:
    tasks.invoice_advances()

    assert not Invoice.objects.exists()
    assert books.licence not in advances.to_invoice()


def test_a_paid_advance_is_payable_to_the_licensor_at_once_on_a_statement_of_its_own(
    books: Books,
) -> None:
    books = advanced(books)

    charge = pay(books)

    assert charge is not None
    assert (charge.kind, charge.amount_minor) == ("advance", 400)
    assert books.balance(Purpose.UNRECOUPED, books.collective) == 400
    assert books.balance(Purpose.PAYABLE, books.collective) == 400
    statement = Statement.objects.get()
    assert (statement.state, statement.net_minor, statement.unrecouped_minor) == (
        "issued",
        400,
        400,
    )
    assert statement.content is not None
    (line,) = statement.content["lines"]
    assert (line["kind"], line["gross_minor"], line["net_minor"]) == ("advance", 0, 400)
    assert printing.unrecouped(statement.content) == {"opening_minor": 0, "closing_minor": 400}
    assert printing.waterfall(statement.content) == [
        {"step": "gross", "amount_minor": 0, "kind": "total"},
        {"step": "advance", "amount_minor": 400},
        {"step": "payable", "amount_minor": 400, "kind": "total"},
    ]
    assert [(one.payee, one.amount_minor) for one in payouts.due()] == [(books.collective, 400)]
    assert list(verify.findings()) == []


def test_a_part_payment_releases_its_part_and_the_rest_the_rest(books: Books) -> None:
    """Of 440 with tax 100 come in: 400 × 100 ÷ 440 = 90.9, and at last all 400."""
    books = advanced(books)

    first = pay(books, 100)
    repeated = advances.release_paid(invoice_id=invoice_of(books).pk)
    second = pay(books, 340, reference="T2")

    assert first is not None
    assert repeated is None
    assert second is not None
    assert (first.amount_minor, second.amount_minor) == (90, 310)
    assert books.balance(Purpose.UNRECOUPED, books.collective) == 400
    assert [one.number for one in Run.objects.order_by("number")] == [1, 2]


def test_a_payment_whose_message_was_lost_is_released_by_the_sweep(
    books: Books,
) -> None:
    books = advanced(books)
    invoice = record(books)
    assert [one.invoice for one in advances.to_release()] == [invoice]

    tasks.release_advance(invoice.pk)

    assert not advances.to_release().exists()


def test_an_invoice_of_usage_releases_nothing(books: Books) -> None:
    books.closed()
    invoice = services.issue(draft_of(pieces(books)))
    before = picture()

    assert advances.release_paid(invoice_id=invoice.pk) is None
    assert picture() == before


def test_an_advance_is_not_credited(books: Books) -> None:
    books = advanced(books)
    invoice = advances.invoice(licence_id=books.licence.pk)
    books.closed()
    draft = draft_of(pieces(books)).negated()
    before = picture()

    with pytest.raises(InvalidInvoice, match="asks for an advance"):
        services.credit(draft, invoice=invoice)
    assert picture() == before


def pieces(books: Books) -> list[Piece]:
    """Return what is unclaimed of October."""
    return pieces_of(books.licence.pk)[OCTOBER]
