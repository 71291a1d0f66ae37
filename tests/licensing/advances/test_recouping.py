"""Recouping an advance from what is earned later, in any order of events."""

from collections.abc import Callable
from itertools import permutations

import pytest
from django.utils import timezone
from pytest_django import Settings

from ledger.invoices.models import CreditNote, Invoice
from ledger.journal import Purpose
from licensing.royalties import closing, recouping, verify
from licensing.royalties.models import Charge
from licensing.settlement import advances, invoicing
from tests.concurrency import Elsewhere, together
from tests.licensing.advances.paid import advanced, pay, record, standing
from tests.licensing.royalties.books import FERRY, LANTERN, OCTOBER, Books, open_books, parts
from tests.licensing.royalties.conftest import NOON


def test_a_month_is_recouped_from_the_advance_before_anything_is_payable(books: Books) -> None:
    """Of 437 earned 400 are recouped: aoba 333, birch 67. The licensee owes 100 more."""
    books = advanced(books)
    pay(books)

    books.closed()

    rated, recouped = Charge.objects.exclude(kind="advance").order_by("pk")
    assert (rated.amount_minor, recouped.amount_minor) == (500, -400)
    assert [(slug, net) for _, slug, _, _, _, net in parts(recouped)] == [
        ("aoba", -333),
        ("birch", -67),
    ]
    assert standing(books) == {
        "prepaid": 0,
        "unrecouped": 0,
        "accrued": 100,
        "aoba": 31,
        "birch": 6,
    }
    (invoice,) = invoicing.invoice_month(OCTOBER)
    assert isinstance(invoice, Invoice)
    assert [line.amount_minor for line in invoice.lines.all()] == [-400, 500]
    assert invoice.net_minor == 100


def test_the_statement_shows_what_was_earned_recouped_and_payable(books: Books) -> None:
    books = advanced(books)
    pay(books)
    books.closed()

    books.issue()

    stated = books.statement_of(books.aoba)
    assert (stated.gross_minor, stated.recouped_minor, stated.net_minor) == (417, 333, 31)
    assert books.balance(Purpose.PAYABLE, books.aoba) == 31
    assert books.balance(Purpose.EARNED, books.aoba) == 0
    assert stated.content is not None
    assert [line["kind"] for line in stated.content["lines"]] == ["recoupment", "share"]
    assert (stated.content["recouped_minor"], stated.content["net_minor"]) == (333, 31)
    assert list(verify.findings()) == []


def test_an_advance_larger_than_the_month_stays_for_the_next(books: Books) -> None:
    """Of 10.00 paid ahead 437 cents are earned; the fees of 63 are owed all the same."""
    books = advanced(books, "10.00")
    pay(books)

    books.closed()

    assert standing(books) == {
        "prepaid": 563,
        "unrecouped": 563,
        "accrued": 63,
        "aoba": 0,
        "birch": 0,
    }


def test_a_correction_downwards_gives_back_what_was_recouped(books: Books) -> None:
    books = advanced(books)
    pay(books)
    books.closed()

    books.correct(FERRY | {"quantity": "0"}, LANTERN | {"quantity": "0"})
    books.close()

    assert standing(books) == {
        "prepaid": 400,
        "unrecouped": 400,
        "accrued": 0,
        "aoba": 0,
        "birch": 0,
    }
    assert list(verify.findings()) == []


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_payment_late_report_and_correction_end_alike_in_any_order(
    books: Books, order: tuple[int, int, int]
) -> None:
    """The lantern once more (750, parts 583 and 73), then without the ferry: 2 lanterns, 500.

    Two million tokens of the lantern are aoba's alone: 500 less 15 and 48 is 437, 400 recouped.
    """
    books = advanced(books)
    books.closed()

    def late() -> None:
        books.report([LANTERN], report_id="oct-2")
        books.close()

    def corrected() -> None:
        books.correct(FERRY | {"quantity": "0"})
        books.close()

    steps: list[Callable[[], object]] = [lambda: pay(books), late, corrected]
    for step in order:
        steps[step]()

    assert standing(books) == {
        "prepaid": 0,
        "unrecouped": 0,
        "accrued": 100,
        "aoba": 37,
        "birch": 0,
    }
    assert list(verify.findings()) == []


def test_licences_of_one_group_recoup_each_others_advances(books: Books) -> None:
    """Two advances of 2.00; only the second licence is used: its 437 recoup both, 400."""
    first = advanced(books, "2.00", group="vista")
    second = advanced(books, "2.00", group="vista")
    pay(first)
    pay(second)

    second.closed()

    assert standing(second) == {
        "prepaid": 0,
        "unrecouped": 0,
        "accrued": 100,
        "aoba": 31,
        "birch": 6,
    }
    assert [one.pk for one in recouping.group_of(first.licence).order_by("pk")] == [
        first.licence.pk,
        second.licence.pk,
    ]
    assert list(verify.findings()) == []


def test_a_licence_outside_the_group_recoups_its_own_advance_alone(books: Books) -> None:
    grouped = advanced(books, "2.00", group="vista")
    alone = advanced(books, "2.00")
    pay(grouped)
    pay(alone)

    alone.closed()

    assert standing(alone)["unrecouped"] == 200
    assert list(recouping.group_of(alone.licence)) == [alone.licence]


def test_an_advance_paid_after_the_invoice_is_credited_on_it(books: Books) -> None:
    books = advanced(books)
    books.closed()
    invoicing.invoice_month(OCTOBER)

    pay(books)

    assert books.balance(Purpose.ACCRUED, books.licence.licensee) == -400
    (note,) = invoicing.invoice_month(OCTOBER)
    assert (type(note), note.net_minor) == (CreditNote, 400)
    assert books.balance(Purpose.ACCRUED, books.licence.licensee) == 0


def test_verify_names_what_should_have_been_recouped(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    books = advanced(books)
    pay(books)
    monkeypatch.setattr(recouping, "settle", lambda *_args, **_named: [])
    books.closed()

    findings = list(verify.findings())

    assert findings == [
        f"{books.licence.public_id} 2026-10 {payee}: recouped 0, should be {due} minor"
        for payee, due in [("aoba", 333), ("birch", 67)]
    ]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_release_a_payment_at_once_one_does(
    monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    del settings
    monkeypatch.setattr(timezone, "now", lambda: NOON)
    monkeypatch.setattr("config.jobs.send", lambda _task, _arguments: None)
    books = advanced(open_books())
    pay(books, 100)
    invoice = record(books, 340, "T2")

    released = together(
        lambda: advances.release_paid(invoice_id=invoice.pk),
        lambda: advances.release_paid(invoice_id=invoice.pk),
    )

    amounts = sorted(one.amount_minor for one in released if isinstance(one, Charge))
    assert amounts == [310]
    assert books.balance(Purpose.UNRECOUPED, books.collective) == 400


@pytest.mark.django_db(transaction=True)
def test_a_close_and_a_release_at_once_recoup_as_one_after_the_other(
    monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    del settings
    monkeypatch.setattr(timezone, "now", lambda: NOON)
    monkeypatch.setattr("config.jobs.send", lambda _task, _arguments: None)
    books = advanced(open_books())
    books.report()
    due = books.due()
    invoice = record(books)

    elsewhere = Elsewhere()
    closed = elsewhere.start(lambda: closing.close_period(due.pk))
    advances.release_paid(invoice_id=invoice.pk)
    closed()
    elsewhere.close()

    assert standing(books) == {
        "prepaid": 0,
        "unrecouped": 0,
        "accrued": 100,
        "aoba": 31,
        "birch": 6,
    }
