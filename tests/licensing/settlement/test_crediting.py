"""Taking back more than one invoice asked for: spread over invoices, the rest left waiting.

A licensee in Japan pays 10 % of consumption tax. The month worked by hand is 500; a lantern more
250, each lantern and each ferry being 250.
"""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from ledger.invoices.models import CreditNote, Invoice
from ledger.journal import Purpose
from ledger.verify import Finding, verify_ledger
from licensing.settlement import claims, invoicing
from licensing.settlement.models import InvoicedCharge
from tests.licensing.advances.paid import advanced, pay
from tests.licensing.royalties.books import FERRY, LANTERN, OCTOBER, Books
from tests.licensing.royalties.conftest import Enter

NOVEMBER = date(2026, 11, 1)
DECEMBER = date(2026, 12, 1)
JANUARY = datetime(2027, 1, 10, 12, 0, tzinfo=ZoneInfo("Asia/Tokyo"))
NOTHING = (LANTERN | {"quantity": "0"}, FERRY | {"quantity": "0"})


def twice_invoiced(books: Books) -> tuple[Invoice, Invoice]:
    """Invoice October for 500, and for 250 that came late."""
    books.closed()
    (first,) = invoicing.invoice_month(OCTOBER)
    books.report([LANTERN], report_id="oct-2")
    books.close()
    (second,) = invoicing.invoice_month(OCTOBER)
    assert isinstance(first, Invoice)
    assert isinstance(second, Invoice)
    return first, second


def test_a_credit_larger_than_one_invoice_goes_on_the_next_one_too(books: Books) -> None:
    """Without the first report and with the late one 600 less: 500 on the first, 100 on the next.

    250 stay of 750 if October's first report is nothing, and 150 if the late one is 600,000.
    """
    first, second = twice_invoiced(books)
    books.correct(*NOTHING)
    books.report(
        [LANTERN | {"quantity": "600000"}],
        report_id="oct-2-c1",
        type="correction",
        corrects="oct-2",
    )
    books.close()

    notes = invoicing.invoice_month(OCTOBER)

    assert [
        (note.invoice, note.net_minor, note.total_minor)
        for note in notes
        if isinstance(note, CreditNote)
    ] == [(first, 500, 550), (second, 100, 110)]
    assert books.balance(Purpose.ACCRUED, books.licence.licensee) == 0
    assert books.balance(Purpose.RECEIVABLE, books.licence.licensee) == 165
    assert [row.amount_minor for row in InvoicedCharge.objects.order_by("pk")] == [
        500,
        250,
        -500,
        -100,
    ]
    assert invoicing.invoice_month(OCTOBER) == []
    assert not [one for one in verify_ledger() if isinstance(one, Finding)]


def test_a_second_credit_starts_where_the_first_left_the_invoice(books: Books) -> None:
    first, second = twice_invoiced(books)
    books.correct(FERRY | {"quantity": "0"})
    books.close()
    (note,) = invoicing.invoice_month(OCTOBER)
    books.correct(LANTERN | {"quantity": "0"}, report_id="oct-1-c2")
    books.report(
        [LANTERN | {"quantity": "0"}], report_id="oct-2-c1", type="correction", corrects="oct-2"
    )
    books.close()

    later = invoicing.invoice_month(OCTOBER)

    everything = [note, *later]
    assert [(one.invoice, one.net_minor) for one in everything if isinstance(one, CreditNote)] == [
        (first, 250),
        (first, 250),
        (second, 250),
    ]
    assert books.balance(Purpose.RECEIVABLE, books.licence.licensee) == 0


def test_what_no_invoice_can_take_back_waits_and_is_netted_with_the_next_one(
    books: Books, monkeypatch: pytest.MonkeyPatch, browser: Enter
) -> None:
    """Of October 250 are taken back where no invoice can be credited; November's 500 become 250."""
    monkeypatch.setattr(timezone, "now", lambda: JANUARY)
    books.closed()
    invoicing.invoice_month(OCTOBER)
    credit = InvoicedCharge.objects.get()
    monkeypatch.setattr(invoicing, "_creditable", lambda _pieces: [])
    books.correct(FERRY | {"quantity": "0"})
    books.close()

    assert invoicing.invoice_month(OCTOBER) == []
    (waiting,) = claims.waiting()
    assert (waiting.amount_minor, waiting.period) == (250, credit.charge.period)
    page = browser(books.operator.organisation).get(reverse("invoices")).content.decode()
    assert "Waiting to be taken off" in page
    assert "$2.50" in page

    books.report([LANTERN, FERRY], report_id="nov-1", period="2026-11")
    books.close(NOVEMBER)
    (invoice,) = invoicing.invoice_month(NOVEMBER)

    assert isinstance(invoice, Invoice)
    assert invoice.net_minor == 250
    assert [line.amount_minor for line in invoice.lines.all()] == [-250, 500]
    assert invoice.memo["period"] == "2026-11"
    assert list(claims.waiting()) == []
    assert invoicing.invoice_month(NOVEMBER) == []


def test_a_credit_larger_than_the_next_invoice_waits_with_it_for_the_one_after(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    """500 wait; November's 250 cannot take them, with December's 500 there are 250 to ask for."""
    monkeypatch.setattr(timezone, "now", lambda: JANUARY)
    books.closed()
    invoicing.invoice_month(OCTOBER)
    monkeypatch.setattr(invoicing, "_creditable", lambda _pieces: [])
    books.correct(*NOTHING)
    books.close()
    books.report([LANTERN], report_id="nov-1", period="2026-11")
    books.close(NOVEMBER)
    assert invoicing.invoice_month(NOVEMBER) == []
    assert [one.amount_minor for one in claims.waiting()] == [500]

    books.report([LANTERN, FERRY], report_id="dec-1", period="2026-12")
    books.close(DECEMBER)
    (invoice,) = invoicing.invoice_month(DECEMBER)

    assert [line.amount_minor for line in invoice.lines.all()] == [-500, 250, 500]
    assert invoice.net_minor == 250
    assert list(claims.waiting()) == []


def test_what_is_cut_off_is_what_was_asked_for(books: Books) -> None:
    twice_invoiced(books)
    books.correct(*NOTHING)
    books.close()
    pieces = claims.pieces_of(books.licence.pk)[OCTOBER]

    taken, rest = claims.cut(pieces, 123)

    assert (claims.net(taken), claims.net(rest)) == (-123, -377)


def test_an_advances_invoice_is_never_credited_for_usage(books: Books) -> None:
    """What was earned is recouped, so only the fees of 63 were asked for; they go back whole."""
    books = advanced(books, "10.00")
    pay(books)
    books.closed()
    (asked,) = invoicing.invoice_month(OCTOBER)
    books.correct(*NOTHING)
    books.close()

    (note,) = invoicing.invoice_month(OCTOBER)

    assert isinstance(note, CreditNote)
    assert (asked.net_minor, note.invoice, note.net_minor) == (63, asked, 63)
    assert books.balance(Purpose.PREPAID, books.licence.licensee) == 1_000
