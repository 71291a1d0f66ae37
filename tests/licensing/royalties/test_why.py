"""Why this number: the clause word for word, the files by their hash, the lines themselves."""

import csv
import io
import json

from django.test import Client
from django.urls import reverse

from licensing.royalties import explain
from licensing.royalties.content import allocations_of
from tests.factories import bearer
from tests.licensing.royalties.books import LANTERN, PRICE, Books
from tests.licensing.royalties.conftest import Enter
from tests.licensing.royalties.test_statement_files import body


def test_the_clause_is_quoted_with_its_place_in_the_terms(books: Books, browser: Enter) -> None:
    books.issued()
    statement = books.statement_of(books.aoba)

    page = browser(books.aoba).get(reverse("statement-why", args=[statement.public_id, 1]))

    shown = page.context["quoted"]
    assert shown["path"] == "$.prices[0]"
    assert json.loads(shown["text"])["unit_price"] == PRICE["unit_price"]


def test_reports_are_named_with_both_hashes(books: Books) -> None:
    report = books.report()
    books.close()
    (allocation, *_others) = allocations_of(books.statement_of(books.aoba))

    assert explain.reports_of(allocation.charge) == [
        {
            "report": report.public_id,
            "report_id": "oct-1",
            "sha256": report.sha256,
            "original_sha256": report.original_sha256,
        }
    ]


def usage(books: Books, client: Client, number: int = 1) -> list[tuple[str, ...]]:
    """Return the lines behind a line of aoba's statement."""
    statement = books.statement_of(books.aoba)
    answer = client.get(reverse("statement-usage", args=[statement.public_id, number]))
    assert answer.status_code == 200
    rows = csv.DictReader(io.StringIO(body(answer).decode()))
    names = ("line_id", "work", "quantity", "weight", "weight_total")
    return [tuple(row[name] for name in names) for row in rows]


def test_the_lines_behind_an_amount_are_taken_away(books: Books, browser: Enter) -> None:
    books.issued()

    assert usage(books, browser(books.aoba)) == [
        ("1", "domain:kaede.jp", "1000000.000000", "1", "1"),
        ("2", "domain:momiji.jp", "1000000.000000", "2", "3"),
    ]


def test_a_corrected_line_counts_as_it_is_now(books: Books, browser: Enter) -> None:
    """The first line of the statement was closed before the correction, the second after it."""
    books.closed()
    books.correct(LANTERN | {"quantity": "500000"})
    books.close()
    books.issue()
    client = browser(books.aoba)

    first, second = usage(books, client, 1), usage(books, client, 2)

    assert [row[2] for row in first] == ["1000000.000000", "1000000.000000"]
    assert {row[1]: row[2] for row in second} == {
        "domain:kaede.jp": "500000.000000",
        "domain:momiji.jp": "1000000.000000",
    }


def test_a_fee_rests_on_no_line_of_its_own(books: Books) -> None:
    books.issued()
    statement = books.statement_of(books.collective)
    client = Client(headers=bearer(books.collective))
    address = f"/api/v1/statements/{statement.public_id}/lines"

    taken = body(client.get(f"{address}/1/usage.csv")).decode()

    assert taken.splitlines() == [",".join(explain.LINE_COLUMNS)]
    assert client.get(f"{address}/2/usage.csv").status_code == 404


def test_another_payees_lines_are_not_handed_out(books: Books, browser: Enter) -> None:
    books.issued()
    statement = books.statement_of(books.aoba)
    address = reverse("statement-usage", args=[statement.public_id, 1])

    assert browser(books.birch).get(address).status_code == 404


def test_the_api_follows_the_whole_chain(books: Books) -> None:
    books.issued()
    statement = books.statement_of(books.aoba)
    client = Client(headers=bearer(books.aoba))

    chain = client.get(f"/api/v1/statements/{statement.public_id}/explain").json()

    (line,) = chain["lines"]
    assert chain["released_by_entry"] == f"statement:{statement.public_id}"
    assert chain["payouts"] == []
    assert (line["clause_path"], line["clause"]["id"]) == ("$.prices[0]", "tokens")
    assert line["booked_by_entry"] == f"charge:{books.licence.public_id}:2026-10:tokens:1"
    assert [one["report_id"] for one in line["reports"]] == ["oct-1"]
    assert [one["title"] for one in line["works"]] == ["The Paper Lantern", "Winter Ferry"]
