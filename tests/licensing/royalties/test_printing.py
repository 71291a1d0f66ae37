"""What a statement's PDF is printed from: gross less fees is the payee's part, line by line."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.utils import timezone, translation

from ledger.documents.models import Document
from licensing.royalties import printing
from licensing.royalties.charges import clauses_of, share_text
from tests.licensing.royalties.books import FERRY, TERMS, Books
from tests.licensing.royalties.test_price_models import NET, PACKAGE, PER_USED, POOL, VOLUME


def test_a_line_says_what_was_charged_and_what_is_the_payees(books: Books) -> None:
    books.issued()

    printed = printing.context_of(books.statement_of(books.aoba), "en")

    (group,) = printed["groups"]
    (line,) = group["lines"]
    assert line == {
        "price": "tokens",
        "kind": "share",
        "unit": "token",
        "quantity": "2000000",
        "rate_text": "$2.50 per 1,000,000 tokens.",
        "charge_minor": 500,
        "share": "83.40%",
        "gross_minor": 417,
        "deducted_minor": 53,
        "amount_minor": 364,
        "period": None,
    }
    assert (group["subtotal_minor"], printed["total_minor"]) == (364, 364)


def test_bands_stand_in_one_line(books: Books) -> None:
    tiers = [
        {"up_to": "1000000", "unit_price": "420"},
        {"up_to": None, "unit_price": "300.5"},
    ]
    price = {"id": "t", "model": "graduated", "unit": "token", "per": "1000000", "tiers": tiers}
    licence = books.table.in_force(TERMS | {"prices": [price], "currency": "JPY"})

    said = printing.rate_text(clauses_of(licence)["t"])

    assert said == (
        "Each band of tokens is charged at its own price. "
        "Up to 1,000,000 tokens: ¥420 · Above 1,000,000 tokens: ¥300.5 (per 1,000,000 tokens)."
    )


@pytest.mark.parametrize(
    ("price", "said"),
    [
        (
            VOLUME | {"minimum": "5.00"},
            (
                "All tokens are charged at the price of the band they reach. "
                "Up to 1,000,000 tokens: $3.00 · Above 1,000,000 tokens: $2.00 + $1.00 "
                "(per 1,000,000 tokens). At least $5.00 per accounting period, "
                "once it costs anything."
            ),
        ),
        (
            PACKAGE,
            "$1.00 for every started package of 300,000 tokens. The first 600,000 are free.",
        ),
        (NET, "25% of revenue after the listed deductions. Taken off first: refund, tax."),
        (PER_USED, "$2.50 for every work used, per accounting period."),
        (POOL, "$5.00 in every accounting period, divided among the works."),
    ],
)
def test_every_model_stands_in_one_line_with_all_it_says(
    books: Books, price: dict[str, Any], said: str
) -> None:
    clauses = clauses_of(books.priced(price).licence)

    assert printing.rate_text(clauses["p"]) == said


def test_works_are_counted_as_works(books: Books) -> None:
    books = books.priced(PER_USED)
    books.issued()
    printed = printing.context_of(books.statement_of(books.aoba), "en")

    with translation.override("en"):
        sheet = render_to_string(printing.TEMPLATE, printed | {"language": "en"})

    assert "2 works" in sheet


def test_the_rate_is_in_the_papers_language(books: Books) -> None:
    books.issued()

    with translation.override("en"):
        printed = printing.context_of(books.statement_of(books.aoba), "ja")

    assert printed["groups"][0]["lines"][0]["rate_text"] != "$2.50 per 1,000,000 tokens."


def test_the_day_of_issue_is_the_day_in_tokyo(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    books.closed()
    late_evening_in_london = datetime(2026, 11, 2, 22, 0, tzinfo=UTC)
    monkeypatch.setattr(timezone, "now", lambda: late_evening_in_london)
    books.issue()

    printed = printing.context_of(books.statement_of(books.aoba), "en")

    assert printed["issued_on"] == "2026-11-03"


def test_paper_has_subtotals_where_lines_are_too_many(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    """October's 364 for aoba, and −80 after half the ferry was taken back; see `books`.

    1,500,000 tokens are 375 cents; collective 35.625 → 36, operator 11.25 → 11, rest 328. Weights
    1,000,000 + 333,333⅓ : 166,666⅔ are 8 : 1: aoba 291.56 → 292 (the larger remainder), so −72.
    """
    books.closed()
    books.correct(FERRY | {"quantity": "500000"})
    books.close()
    books.issue()
    monkeypatch.setattr(printing, "MOST_LINES", 1)

    printed = printing.context_of(books.statement_of(books.aoba), "en")

    assert printed["groups"] == []
    assert printed["subtotals"] == []
    assert (printed["rest"]["lines"], printed["rest"]["amount_minor"]) == (2, 292)
    monkeypatch.setattr(printing, "MOST_LINES", 2)
    monkeypatch.setattr(printing, "is_long", lambda _lines: True)
    apart = printing.context_of(books.statement_of(books.aoba), "en")["subtotals"]
    assert [(row["is_adjustment"], row["amount_minor"]) for row in apart] == [
        (False, 364),
        (True, -72),
    ]


def test_the_sheet_shows_each_figure(books: Books) -> None:
    books.issued()
    context = printing.context_of(books.statement_of(books.aoba), "en")

    with translation.override("en"):
        sheet = render_to_string(printing.TEMPLATE, context | {"language": "en"})

    for figure in ("5.00", "4.17", "83.40%", "0.53", "3.64", "$2.50 per 1,000,000 tokens."):
        assert figure in sheet


def test_asking_again_finds_the_first_document(books: Books) -> None:
    books.issued()
    statement = books.statement_of(books.aoba)

    first = printing.request(statement, "en")
    again = printing.request(statement, "en")

    assert first == again
    assert Document.objects.filter(subject=statement.public_id).count() == 1
    assert statement not in printing.missing()


@pytest.mark.parametrize(
    ("part", "charge", "text"),
    [(417, 500, "83.40%"), (500, 500, "100.00%"), (0, 7, "0.00%"), (1, 0, ""), (-5, 10, "")],
)
def test_a_share_is_told_where_it_is_one(part: int, charge: int, text: str) -> None:
    assert share_text(part, charge) == text
