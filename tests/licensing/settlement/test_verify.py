"""Proving what documents claim, and naming what they should not."""

from ledger.verify import Finding, Proof
from licensing.royalties import advances
from licensing.royalties.models import Charge
from licensing.settlement import invoicing, verify
from licensing.settlement.models import InvoicedCharge
from tests.licensing.advances.paid import advanced, pay
from tests.licensing.royalties.books import FERRY, OCTOBER, Books


def test_what_documents_claim_is_what_they_ask_for(books: Books) -> None:
    books = advanced(books)
    pay(books, 100)
    books.closed()
    invoicing.invoice_month(OCTOBER)
    books.correct(FERRY | {"quantity": "0"})
    books.close()
    invoicing.invoice_month(OCTOBER)

    assert list(verify.verify_settlement()) == [
        Proof("claims on charges equal their documents", InvoicedCharge.objects.count()),
        Proof("advances released as they were paid", 1),
    ]


def test_a_claim_that_is_not_on_its_document_is_named(books: Books) -> None:
    books.closed()
    (invoice,) = invoicing.invoice_month(OCTOBER)
    InvoicedCharge.objects.update(amount_minor=501)

    charge = Charge.objects.get()
    assert list(verify.verify_settlement()) == [
        Finding(charge.public_id, "claim_wrong", "501 of 500 minor are claimed"),
        Finding(invoice.label, "claim_wrong", "asks for 500, claims 501 minor"),
    ]


def test_a_credit_that_gives_back_other_than_it_claims_is_named(books: Books) -> None:
    books.closed()
    invoicing.invoice_month(OCTOBER)
    books.correct(FERRY | {"quantity": "0"})
    books.close()
    (note,) = invoicing.invoice_month(OCTOBER)
    InvoicedCharge.objects.filter(credit_note__label=note.label).update(amount_minor=-200)

    assert list(verify.verify_settlement()) == [
        Finding(note.label, "claim_wrong", "gives back 250, claims -200 minor")
    ]


def test_an_advance_released_beyond_its_payment_is_named(books: Books) -> None:
    books = advanced(books)
    pay(books, 100)
    release = advances.release(licence_id=books.licence.pk, upto_minor=300)

    assert release is not None
    assert list(verify.verify_settlement()) == [
        Finding(
            books.licence.public_id,
            "advance_wrong",
            "300 of the advance were released, 90 minor are paid for",
        )
    ]
