"""An entry's memo on its page: in words, and each name leads to the page it names."""

from django.urls import reverse

from licensing.settlement import memos
from tests.licensing.royalties.books import Books


def test_what_is_known_leads_to_its_page(books: Books) -> None:
    books.issued()
    charge = books.licence.periods.get().charges.get()
    statement = books.statement_of(books.aoba)

    facts = memos.facts(
        {
            "charge": charge.public_id,
            "licence": books.licence.public_id,
            "period": "2026-10",
            "price": "tokens",
            "statement": statement.public_id,
        }
    )

    period = reverse("period", args=[charge.period.public_id])
    assert [(fact.label, fact.url) for fact in facts] == [
        ("Charge", f"{period}#{charge.public_id}"),
        ("Licence", reverse("deal", args=[books.licence.deal.public_id])),
        ("Period", ""),
        ("Price", ""),
        ("Statement", reverse("statement", args=[statement.public_id])),
    ]
    assert [fact.value for fact in facts][2:4] == ["October 2026", "tokens"]


def test_what_nobody_knows_stands_without_a_page(books: Books) -> None:
    named = ("charge", "invoice", "licence", "payout", "statement")

    facts = memos.facts(dict.fromkeys(named, "gone") | {"odd": "1"})

    assert {fact.url for fact in facts} == {""}
    assert [fact.is_id for fact in facts] == [True] * 5 + [False]
    assert facts[-1].label == "odd"
    assert books.licence.public_id
