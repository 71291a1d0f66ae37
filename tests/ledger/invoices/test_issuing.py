from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from ledger.balances import balance_minor
from ledger.documents.models import Document
from ledger.errors import InvalidInvoice, KeyConflict, LedgerError
from ledger.invoices.models import Invoice, InvoiceLine, InvoiceTax, Series
from ledger.invoices.services import issue
from ledger.journal import AccountRef, Purpose
from ledger.models import Entry
from ledger.posting import draft_of, post
from tests.concurrency import together
from tests.ledger.books import payment
from tests.ledger.invoices.scene import ABROAD, DAY, OPERATOR, TENSOR, draft, line

pytestmark = pytest.mark.django_db

RECEIVABLE = AccountRef(Purpose.RECEIVABLE, "org_tensor", "JPY")
TAX = AccountRef(Purpose.TAX, "JP", "JPY")


def test_an_issued_invoice_is_numbered_booked_and_frozen_with_its_parties() -> None:
    invoice = issue(draft(1_000_000, 500))

    invoice.refresh_from_db()
    assert (invoice.label, invoice.number, invoice.state) == ("KYO-2026-00001", 1, "issued")
    # 1,000,500 and a tenth of it
    assert (invoice.net_minor, invoice.tax_minor, invoice.total_minor) == (
        1_000_500,
        100_050,
        1_100_550,
    )
    assert (invoice.issuer_snapshot, invoice.party_snapshot) == (OPERATOR, TENSOR)
    assert [(row.position, row.amount_minor) for row in invoice.lines.all()] == [
        (1, 1_000_000),
        (2, 500),
    ]
    assert [(row.jurisdiction, row.tax_minor) for row in invoice.taxes.all()] == [("JP", 100_050)]
    assert balance_minor(RECEIVABLE) == 1_100_550
    assert balance_minor(TAX) == 100_050
    entry = draft_of(invoice.entry)
    assert (entry.key, entry.effective_on) == ("invoice:run:1:lic_1", DAY)
    assert entry.memo == {"period": "2026-10"}


def test_its_pdf_is_asked_for_in_both_languages_with_a_frozen_page() -> None:
    invoice = issue(draft(1_000_000))

    pages = {d.language: d.context for d in Document.objects.about(invoice.public_id)}
    assert pages.keys() == {"ja", "en"}
    assert pages["ja"]["lines"][0] == {
        "description": "学習利用（トークン）",
        "detail": "2.50 per 1,000,000",
        "quantity": "20858600725",
        "unit": "token",
        "source": "chg_1",
        "tax_rate": "0.10",
        "amount_minor": 1_000_000,
    }
    assert pages["en"]["lines"][0]["description"] == "Training on tokens"
    assert pages["en"]["number"] == "KYO-2026-00001"
    assert pages["en"]["issuer"]["registration_number"] == "T1234567890123"
    assert pages["en"]["taxes"] == [
        {
            "rate": "0.10",
            "net_minor": 1_000_000,
            "tax_minor": 100_000,
            "wording": "Japanese consumption tax 10 %",
        }
    ]
    assert (pages["en"]["due_on"], pages["en"]["corrects"]) == ("2026-12-10", None)
    assert Document.objects.for_party("org_tensor").count() == 2


def test_the_page_of_an_export_says_why_there_is_no_tax() -> None:
    invoice = issue(draft(5_214_650, customer=ABROAD, currency="USD"))

    document = Document.objects.about(invoice.public_id).get(language="ja")
    assert document.context["notes"] == ["輸出免税"]
    assert balance_minor(AccountRef(Purpose.RECEIVABLE, "org_nova", "USD")) == 5_214_650


def test_issuing_again_returns_the_first_invoice_and_takes_no_number() -> None:
    first = issue(draft(100))

    assert issue(draft(100)) == first
    assert issue(draft(100, key="run:2:lic_1")).number == 2
    assert balance_minor(RECEIVABLE) == 220


def test_a_key_with_other_content_is_refused_and_takes_no_number() -> None:
    issue(draft(100))

    with pytest.raises(KeyConflict, match="was issued as KYO-2026-00001"):
        issue(draft(101))

    assert Series.objects.get().last_number == 1
    assert balance_minor(RECEIVABLE) == 110


@pytest.mark.parametrize("amounts", [(0,), (100, -100), (-100,)])
def test_an_invoice_over_nothing_or_less_is_refused(amounts: tuple[int, ...]) -> None:
    with pytest.raises(InvalidInvoice, match="an invoice asks for more than nothing"):
        issue(draft(*amounts))

    assert not Invoice.objects.exists()
    assert not Entry.objects.exists()
    assert not Document.objects.exists()


def test_each_issuer_and_prefix_numbers_by_itself() -> None:
    issue(draft(100))
    other_year = draft(100, key="b", prefix="KYO-2027-")
    other_issuer = draft(100, key="c", issuer=OPERATOR | {"ref": "org_other"})

    assert [issue(made).number for made in (other_year, other_issuer)] == [1, 1]


def write(**changes: Any) -> None:
    first = Invoice.objects.get()
    fields = {
        field.name: getattr(first, field.name)
        for field in Invoice._meta.concrete_fields  # noqa: SLF001 - every column but the unique ones
        if field.name not in {"id", "public_id", "key", "number", "entry", "total_minor"}
    }
    entry_id = post(payment("by hand")).entry_id
    fields |= {"key": "by hand", "number": 2, "entry_id": entry_id}
    Invoice.objects.create(**fields | changes)
    connection.check_constraints()


def test_the_database_refuses_a_number_that_leaves_a_gap() -> None:
    issue(draft(100))

    with pytest.raises(IntegrityError, match="number 3 leaves a gap"), transaction.atomic():
        write(number=3)
    with pytest.raises(IntegrityError, match="number_once_per_series"), transaction.atomic():
        write(number=1)


def test_the_database_refuses_a_series_of_another_issuer() -> None:
    issue(draft(100))

    with pytest.raises(IntegrityError, match="numbers something else"), transaction.atomic():
        write(issuer="org_other")


def test_the_database_refuses_totals_that_its_lines_do_not_have() -> None:
    issue(draft(100))

    with pytest.raises(IntegrityError, match="totals do not agree"), transaction.atomic():
        write()


@pytest.mark.parametrize(
    "change",
    [{"number": 7}, {"net_minor": 1}, {"party": "org_b"}, {"party_snapshot": {}}, {"key": "x"}],
)
def test_the_database_refuses_to_change_what_was_issued(change: dict[str, Any]) -> None:
    issue(draft(100))

    with pytest.raises(IntegrityError, match="is frozen"), transaction.atomic():
        Invoice.objects.update(**change)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        InvoiceLine.objects.update(amount_minor=1)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        execute("DELETE FROM ledger_invoice")


def test_the_database_refuses_a_state_that_the_money_does_not_have() -> None:
    issue(draft(100))

    with pytest.raises(IntegrityError, match="state_follows_the_money"), transaction.atomic():
        Invoice.objects.update(state="paid")
    with pytest.raises(IntegrityError, match="do not agree with its payments"):
        pay_without_a_payment()


def pay_without_a_payment() -> None:
    with transaction.atomic():
        Invoice.objects.update(state="paid", paid_minor=110)
        connection.check_constraints()


def execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(statement)


@pytest.mark.django_db(transaction=True)
def test_lines_cannot_be_added_once_the_invoice_is_issued() -> None:
    invoice = issue(draft(100))

    with pytest.raises(IntegrityError, match="sealed by the transaction"), transaction.atomic():
        InvoiceLine.objects.create(
            invoice=invoice, position=2, description="x", amount_minor=1, tax_rate="0.1"
        )
    with pytest.raises(IntegrityError, match="sealed by the transaction"), transaction.atomic():
        InvoiceTax.objects.create(
            invoice=invoice, rate="0.2", jurisdiction="JP", wording={}, net_minor=1, tax_minor=1
        )

    assert invoice.lines.count() == 1


@pytest.mark.django_db(transaction=True)
def test_numbers_have_no_gap_though_issues_race_and_fail() -> None:
    def issue_and_fail() -> Invoice:
        issue(draft(100, key="failing"))
        raise RuntimeError("after the number was taken")

    answers = together(
        lambda: issue(draft(1, key="a")),
        issue_and_fail,
        lambda: issue(draft(2, key="b")),
        issue_and_fail,
        lambda: issue(draft(3, key="c")),
    )

    assert [type(a).__name__ for a in answers if isinstance(a, Exception)] == ["RuntimeError"] * 2
    assert sorted(Invoice.objects.values_list("number", flat=True)) == [1, 2, 3]
    assert Series.objects.get().last_number == 3


@pytest.mark.django_db(transaction=True)
def test_one_key_issued_by_two_at_once_is_one_invoice() -> None:
    answers = together(lambda: issue(draft(100)), lambda: issue(draft(100)))

    assert not [a for a in answers if isinstance(a, Exception)]
    assert Invoice.objects.get().number == 1
    assert Document.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_refused_issue_gives_its_number_back() -> None:
    with pytest.raises(LedgerError):
        issue(draft(0))

    assert issue(draft(100)).number == 1
    assert line(100).tax_rate is None
