from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from ledger.balances import balance_minor
from ledger.errors import (
    CreditExceedsInvoice,
    InvalidInvoice,
    KeyConflict,
    Overpaid,
    UnknownInvoice,
)
from ledger.invoices import services
from ledger.invoices.models import CreditNote, Invoice, Payment
from ledger.invoices.services import credit, issue, record_payment
from ledger.journal import AccountRef, Purpose
from ledger.models import Entry
from tests.concurrency import together
from tests.ledger.invoices.scene import ABROAD, DAY, draft

pytestmark = pytest.mark.django_db

RECEIVABLE = AccountRef(Purpose.RECEIVABLE, "org_tensor", "JPY")
ACCRUED = AccountRef(Purpose.ACCRUED, "org_tensor", "JPY")
CASH = AccountRef(Purpose.CASH, "bank", "JPY")
TAX = AccountRef(Purpose.TAX, "JP", "JPY")


@pytest.fixture
def invoice() -> Invoice:
    """Issue an invoice over 1,000 yen and 100 of tax."""
    return issue(draft(1_000))


@pytest.fixture
def announced(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    told: list[tuple[str, dict[str, Any]]] = []
    monkeypatch.setattr(
        services, "announce", lambda event, **arguments: told.append((event, arguments))
    )
    return told


def pay(invoice: Invoice, amount_minor: int, reference: str = "bank-1") -> Payment:
    return record_payment(
        invoice=invoice,
        amount_minor=amount_minor,
        received_on=date(2026, 12, 1),
        reference=reference,
        rail="bank",
    )


def take_back(invoice: Invoice, net_minor: int, key: str = "correction:1") -> CreditNote:
    return credit(draft(-net_minor, key=key), invoice=invoice)


def test_a_payment_in_full_settles_the_invoice_and_is_told(
    invoice: Invoice, announced: list[tuple[str, dict[str, Any]]]
) -> None:
    payment = pay(invoice, 1_100)

    invoice.refresh_from_db()
    assert (invoice.state, invoice.paid_minor, invoice.outstanding_minor) == ("paid", 1_100, 0)
    assert payment.entry.memo == {"invoice": invoice.public_id}
    assert (balance_minor(CASH), balance_minor(RECEIVABLE)) == (1_100, 0)
    assert announced == [
        ("invoice.paid", {"invoice_id": invoice.pk}),
        ("payment.recorded", {"invoice_id": invoice.pk}),
    ]


def test_part_payments_add_up_and_only_the_last_settles(
    invoice: Invoice, announced: list[tuple[str, dict[str, Any]]]
) -> None:
    pay(invoice, 400, "bank-1")

    invoice.refresh_from_db()
    assert (invoice.state, invoice.outstanding_minor) == ("issued", 700)
    assert [event for event, _ in announced] == ["payment.recorded"]
    assert list(Invoice.objects.for_party("org_tensor").open()) == [invoice]

    pay(invoice, 700, "bank-2")
    invoice.refresh_from_db()
    assert invoice.state == "paid"
    assert [event for event, _ in announced[1:]] == ["invoice.paid", "payment.recorded"]
    assert not Invoice.objects.open().exists()


def test_more_than_is_open_is_refused_with_what_to_do(invoice: Invoice) -> None:
    pay(invoice, 400)

    with pytest.raises(Overpaid, match="asks for 700 JPY more, not 701 JPY"):
        pay(invoice, 701, "bank-2")

    invoice.refresh_from_db()
    assert (invoice.paid_minor, Payment.objects.count()) == (400, 1)
    assert balance_minor(CASH) == 400


def test_the_same_payment_again_is_the_first_one(invoice: Invoice) -> None:
    first = pay(invoice, 400)

    assert pay(invoice, 400) == first
    assert balance_minor(CASH) == 400
    with pytest.raises(KeyConflict, match="bank bank-1 was recorded before"):
        pay(invoice, 401)


@pytest.mark.parametrize(("amount", "reference"), [(0, "r"), (-5, "r"), (5, "")])
def test_a_payment_of_nothing_or_without_reference_is_refused(
    invoice: Invoice, amount: int, reference: str
) -> None:
    with pytest.raises(InvalidInvoice):
        pay(invoice, amount, reference)

    assert not Payment.objects.exists()


def test_a_payment_for_no_invoice_is_refused() -> None:
    with pytest.raises(UnknownInvoice):
        pay(Invoice(pk=0), 5)


def test_a_recorded_payment_is_never_changed(invoice: Invoice) -> None:
    pay(invoice, 400)

    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        Payment.objects.update(amount_minor=1)


def test_a_credit_note_takes_back_net_and_tax_under_a_number_of_its_own(
    invoice: Invoice,
) -> None:
    note = take_back(invoice, 200)

    note.refresh_from_db()
    invoice.refresh_from_db()
    assert (note.label, note.net_minor, note.tax_minor) == ("KYO-CN-2026-00001", 200, 20)
    assert (invoice.state, invoice.credited_minor, invoice.outstanding_minor) == (
        "issued",
        220,
        880,
    )
    assert (balance_minor(RECEIVABLE), balance_minor(TAX), balance_minor(ACCRUED)) == (
        880,
        80,
        -800,
    )
    assert list(CreditNote.objects.for_party("org_tensor")) == [note]
    assert [row.amount_minor for row in note.lines.all()] == [200]
    assert [row.tax_minor for row in note.taxes.all()] == [20]
    assert take_back(invoice, 200) == note


def test_an_invoice_credited_in_full_is_credited(
    invoice: Invoice, announced: list[tuple[str, dict[str, Any]]]
) -> None:
    take_back(invoice, 1_000)

    invoice.refresh_from_db()
    assert (invoice.state, balance_minor(RECEIVABLE), announced) == ("credited", 0, [])


def test_what_was_not_credited_is_paid_and_settles_it(
    invoice: Invoice, announced: list[tuple[str, dict[str, Any]]]
) -> None:
    pay(invoice, 880)
    take_back(invoice, 200)

    invoice.refresh_from_db()
    assert invoice.state == "paid"
    assert [event for event, _ in announced] == ["payment.recorded", "invoice.paid"]
    with pytest.raises(Overpaid):
        pay(invoice, 1, "bank-2")


def test_a_credit_after_payment_leaves_the_customer_with_a_balance(invoice: Invoice) -> None:
    pay(invoice, 1_100)
    take_back(invoice, 300)

    invoice.refresh_from_db()
    assert (invoice.state, invoice.outstanding_minor) == ("paid", 0)
    assert balance_minor(RECEIVABLE) == -330


def test_more_than_was_invoiced_cannot_be_credited(invoice: Invoice) -> None:
    take_back(invoice, 900)

    with pytest.raises(CreditExceedsInvoice, match="credited 110 JPY more, not 111 JPY"):
        take_back(invoice, 101, "correction:2")

    invoice.refresh_from_db()
    assert (invoice.credited_minor, CreditNote.objects.count()) == (990, 1)


def test_a_credit_key_with_other_content_is_refused(invoice: Invoice) -> None:
    take_back(invoice, 200)

    with pytest.raises(KeyConflict):
        take_back(invoice, 201)


def test_a_credit_note_that_asks_for_money_or_fits_another_invoice_is_refused(
    invoice: Invoice,
) -> None:
    before = Entry.objects.count()

    for wrong in (
        draft(200),
        draft(0),
        draft(-200, customer=ABROAD),
        draft(-200, currency="USD"),
        draft(-200, prefix="KYO-2026-"),
    ):
        with pytest.raises(InvalidInvoice):
            credit(wrong, invoice=invoice)

    assert (CreditNote.objects.count(), Entry.objects.count()) == (0, before)


def test_papers_read_as_their_numbers(invoice: Invoice) -> None:
    assert str(invoice) == str(invoice.series) + "00001" == "KYO-2026-00001"
    assert str(pay(invoice, 1)) == "bank bank-1"


@pytest.mark.django_db(transaction=True)
def test_two_payments_at_once_cannot_both_settle_the_same_debt() -> None:
    invoice = issue(draft(1_000))

    answers = together(lambda: pay(invoice, 800, "a"), lambda: pay(invoice, 800, "b"))

    assert sorted(type(answer).__name__ for answer in answers) == ["Overpaid", "Payment"]
    invoice.refresh_from_db()
    assert (invoice.paid_minor, balance_minor(CASH)) == (800, 800)


@pytest.mark.django_db(transaction=True)
def test_one_payment_recorded_by_two_at_once_is_one_payment() -> None:
    invoice = issue(draft(1_000))

    answers = together(lambda: pay(invoice, 800), lambda: pay(invoice, 800))

    assert answers[0] == answers[1]
    assert balance_minor(CASH) == 800
    assert invoice.issued_on == DAY
