"""Invoicing what periods charged: each charge once, and credit for what is taken back."""

from decimal import Decimal

import pytest
from django.utils import timezone
from pytest_django import Settings

from ledger.documents.models import Document
from ledger.invoices.models import CreditNote, Invoice
from ledger.journal import Purpose
from licensing.settlement import invoicing
from licensing.settlement.models import InvoicedCharge
from tests.concurrency import together
from tests.licensing.royalties.books import FERRY, LANTERN, OCTOBER, Books, open_books
from tests.licensing.royalties.conftest import NOON


def test_a_month_is_invoiced_with_a_line_for_each_charge(books: Books) -> None:
    books.closed()

    (invoice,) = invoicing.invoice_month(OCTOBER)

    assert isinstance(invoice, Invoice)
    assert (invoice.label, invoice.party) == ("KYO-2026-00001", books.licence.licensee.public_id)
    assert (invoice.issued_on.isoformat(), invoice.due_on.isoformat()) == (
        "2026-11-02",
        "2026-12-02",
    )
    line = invoice.lines.get()
    assert line.description == "Backlist for Vista 2: tokens, October 2026"
    assert (line.quantity, line.unit, line.amount_minor) == ("2000000", "token", 500)
    assert invoice.net_minor == 500


def test_an_invoice_turns_what_was_accrued_into_a_claim(books: Books) -> None:
    books.closed()

    (invoice,) = invoicing.invoice_month(OCTOBER)

    assert books.balance(Purpose.ACCRUED, books.licence.licensee) == 0
    assert books.balance(Purpose.RECEIVABLE, books.licence.licensee) == invoice.total_minor


def test_invoicing_a_month_again_finds_its_charges_claimed(books: Books) -> None:
    books.closed()
    invoicing.invoice_month(OCTOBER)

    assert invoicing.invoice_month(OCTOBER) == []

    assert Invoice.objects.count() == 1
    assert InvoicedCharge.objects.count() == 1


def test_more_usage_after_the_invoice_is_invoiced_alone(books: Books) -> None:
    books.closed()
    invoicing.invoice_month(OCTOBER)
    books.report([LANTERN], report_id="oct-late")
    books.close()

    (second,) = invoicing.invoice_month(OCTOBER)

    assert isinstance(second, Invoice)
    assert (second.label, second.net_minor) == ("KYO-2026-00002", 250)


def test_less_usage_after_the_invoice_is_credited_on_it(books: Books) -> None:
    books.closed()
    (invoice,) = invoicing.invoice_month(OCTOBER)
    books.correct(FERRY | {"quantity": "0"})
    books.close()

    (note,) = invoicing.invoice_month(OCTOBER)

    assert isinstance(note, CreditNote)
    assert (note.net_minor, note.invoice) == (250, invoice)
    line = note.lines.get()
    assert line.description == "Backlist for Vista 2: tokens, October 2026 (correction)"
    assert (line.quantity, line.unit) == ("", "")
    assert books.balance(Purpose.ACCRUED, books.licence.licensee) == 0
    still_owed = books.balance(Purpose.RECEIVABLE, books.licence.licensee)
    assert still_owed == invoice.total_minor - note.total_minor
    assert invoicing.invoice_month(OCTOBER) == []


def test_a_correction_before_the_invoice_is_netted_in_it(books: Books) -> None:
    books.closed()
    books.correct(FERRY | {"quantity": "0"})
    books.close()

    (invoice,) = invoicing.invoice_month(OCTOBER)

    assert invoice.net_minor == 250
    assert [line.amount_minor for line in Invoice.objects.get().lines.all()] == [500, -250]


def test_a_month_that_comes_to_nothing_is_not_invoiced(books: Books) -> None:
    books.closed()
    books.correct(FERRY | {"quantity": "0"}, LANTERN | {"quantity": "0"})
    books.close()

    assert invoicing.invoice_month(OCTOBER) == []
    assert not Invoice.objects.exists()


def test_an_invoice_asks_for_its_papers_in_both_languages(books: Books) -> None:
    books.closed()

    (invoice,) = invoicing.invoice_month(OCTOBER)

    asked = Document.objects.filter(subject=invoice.public_id)
    assert sorted(asked.values_list("kind", "language")) == [("invoice", "en"), ("invoice", "ja")]


def test_a_licensee_abroad_is_not_charged_japanese_tax(books: Books) -> None:
    books.licence.licensee.country = "US"
    books.licence.licensee.save()
    books.closed()

    (invoice,) = invoicing.invoice_month(OCTOBER)

    assert isinstance(invoice, Invoice)
    assert [tax.rate for tax in invoice.taxes.all()] == [Decimal(0)]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_invoice_at_once_one_claims_the_charge(
    monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    del settings
    monkeypatch.setattr(timezone, "now", lambda: NOON)
    monkeypatch.setattr("config.jobs.send", lambda _task, _arguments: None)
    open_books().closed()

    papers = together(
        lambda: invoicing.invoice_month(OCTOBER), lambda: invoicing.invoice_month(OCTOBER)
    )

    assert sorted(len(found) for found in papers if not isinstance(found, Exception)) == [0, 1]
    assert Invoice.objects.get().net_minor == 500
