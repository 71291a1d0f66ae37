"""Invoices and documents in the dashboard."""

from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from ledger.documents.models import Document
from ledger.invoices.models import Invoice, Payment
from licensing.parties.roles import Role
from licensing.settlement import invoicing
from licensing.settlement.views import shown_state
from tests.licensing.royalties.books import FERRY, OCTOBER, Books, picture
from tests.licensing.royalties.conftest import NOON, Enter


def invoiced(books: Books) -> Invoice:
    """Return October's invoice of 5.00 USD and its tax."""
    books.closed()
    (invoice,) = invoicing.invoice_month(OCTOBER)
    assert isinstance(invoice, Invoice)
    return Invoice.objects.get(pk=invoice.pk)


def payment(**changes: str) -> dict[str, str]:
    """Return a filled-in form."""
    filled = {"amount": "2.00", "received_on": "2026-11-02", "reference": "TRF-1", "rail": "bank"}
    return filled | changes


def test_a_licensee_sees_its_own_invoices(books: Books, browser: Enter) -> None:
    invoice = invoiced(books)
    address = reverse("invoice", args=[invoice.public_id])

    mine = browser(books.licence.licensee).get(reverse("invoices"))
    shown = browser(books.licence.licensee, Role.FINANCE).get(address)
    theirs = browser(books.table.outsider.organisation).get(address)

    assert [line["invoice"] for line in mine.context["lines"]] == [invoice]
    assert shown.status_code == 200
    assert shown.context["form"] is None
    assert theirs.status_code == 404


def test_invoices_are_found_by_number_and_state(books: Books, browser: Enter) -> None:
    invoiced(books)
    client = browser(books.operator.organisation)

    def found(asked: str) -> int:
        return len(client.get(reverse("invoices") + asked).context["lines"])

    assert [found(""), found("?q=00001"), found("?q=tensor"), found("?q=99")] == [1, 1, 1, 0]
    assert [found(f"?state={tab}") for tab in ("open", "overdue", "settled")] == [1, 0, 0]


def test_the_list_costs_the_same_however_long(
    books: Books, browser: Enter, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    invoiced(books)
    client = browser(books.operator.organisation)

    with django_assert_num_queries(9):
        client.get(reverse("invoices"))


def test_finance_records_a_part_payment(books: Books, browser: Enter) -> None:
    invoice = invoiced(books)

    page = browser(books.operator.organisation).post(
        reverse("invoice-payment", args=[invoice.public_id]), payment(), follow=True
    )

    assert "The payment is booked." in page.content.decode()
    assert Payment.objects.get().amount_minor == 200
    assert shown_state(Invoice.objects.get()) == "part_paid"


def test_a_payment_is_refused_at_its_field(books: Books, browser: Enter) -> None:
    invoice = invoiced(books)
    client = browser(books.operator.organisation)
    address = reverse("invoice-payment", args=[invoice.public_id])
    before = picture()

    said = [
        client.post(address, payment(amount=amount)).context["form"].errors["amount"][0]
        for amount in ("five", "1e9", "0", "1.005")
    ]

    assert said == [
        "five is not an amount. Write it like 1234.50.",
        "1e9 is not an amount. Write it like 1234.50.",
        "An amount is above zero and has at most 2 decimals in USD.",
        "An amount is above zero and has at most 2 decimals in USD.",
    ]
    assert picture() == before
    assert not Payment.objects.exists()


def test_more_than_is_open_is_refused_with_what_to_do(books: Books, browser: Enter) -> None:
    invoice = invoiced(books)

    page = browser(books.operator.organisation).post(
        reverse("invoice-payment", args=[invoice.public_id]), payment(amount="99,000.00")
    )

    assert page.status_code == 422
    assert "record that much and return the rest" in page.content.decode()
    assert not Payment.objects.exists()


def test_a_licensee_books_no_payment(books: Books, browser: Enter) -> None:
    invoice = invoiced(books)

    page = browser(books.licence.licensee).post(
        reverse("invoice-payment", args=[invoice.public_id]), payment()
    )

    assert page.status_code == 403
    assert not Payment.objects.exists()


def test_an_unpaid_invoice_is_overdue_after_its_day(books: Books) -> None:
    invoice = invoiced(books)
    invoice.due_on = timezone.localdate(NOON).replace(day=1)

    assert shown_state(invoice) == "overdue"


def test_a_credit_note_stands_on_its_invoice(books: Books, browser: Enter) -> None:
    invoice = invoiced(books)
    books.correct(FERRY | {"quantity": "0"})
    books.close()
    invoicing.invoice_month(OCTOBER)

    page = browser(books.operator.organisation).get(reverse("invoice", args=[invoice.public_id]))

    (note,) = page.context["notes"]
    assert note["note"].label == "KYO-CN-2026-00001"
    assert len(note["papers"]) == 2


def test_a_document_is_handed_out_when_it_is_ready(books: Books, browser: Enter) -> None:
    invoice = invoiced(books)
    document = Document.objects.get(subject=invoice.public_id, language="en")
    client = browser(books.licence.licensee)
    address = reverse("document", args=[document.public_id])
    waiting = client.get(address)
    document.file.save("", ContentFile(b"%PDF-1.7"), save=False)
    document.state, document.sha256, document.page_count = "rendered", "0" * 64, 1
    document.save()

    ready = client.get(address)

    assert (waiting.status_code, ready.status_code) == (202, 200)
    assert 'http-equiv="refresh"' in waiting.content.decode()
    assert b"".join(ready.streaming_content) == b"%PDF-1.7"  # type: ignore[attr-defined]


def test_a_document_of_somebody_else_is_not_found(books: Books, browser: Enter) -> None:
    invoice = invoiced(books)
    document = Document.objects.filter(subject=invoice.public_id)[0]

    page = browser(books.aoba).get(reverse("document", args=[document.public_id]))

    assert page.status_code == 404


def test_a_document_that_failed_is_made_again(books: Books, browser: Enter) -> None:
    invoice = invoiced(books)
    document = Document.objects.filter(subject=invoice.public_id)[0]
    Document.objects.filter(pk=document.pk).update(state="failed", failure="No such font.")
    client = browser(books.operator.organisation)

    page = client.get(reverse("document", args=[document.public_id]))
    client.post(reverse("document-retry", args=[document.public_id]))

    assert page.status_code == 409
    assert "No such font." in page.content.decode()
    assert Document.objects.get(pk=document.pk).state == "due"
