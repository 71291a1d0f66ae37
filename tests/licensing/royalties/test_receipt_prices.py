"""What a licensee's receipt says a report costs by itself."""

from typing import Any

import pytest

from licensing.royalties import pricing
from tests.licensing.royalties.books import FERRY, LANTERN, PRICE, Books

USED = {"id": "titles", "model": "per_work", "amount": "2.50", "count": "used"}
ACCESS = {"id": "access", "model": "flat", "amount": "9.00", "due": "each_period"}


def priced(books: Books, *prices: dict[str, Any]) -> list[tuple[str, str, int]]:
    report = books.priced(*prices).report([LANTERN, FERRY | {"quantity": "0"}])
    found = pricing.of_report(report)
    assert found["total_minor"] == sum(one["amount_minor"] for one in found["charges"])
    return [(one["price"], one["quantity"], one["amount_minor"]) for one in found["charges"]]


def test_a_million_tokens_at_two_fifty(books: Books) -> None:
    assert priced(books, PRICE) == [("tokens", "1000000", 250)]


def test_works_used_are_counted(books: Books) -> None:
    assert priced(books, USED) == [("titles", "1", 250)]


def test_works_licensed_are_due_whatever_is_used(books: Books) -> None:
    assert priced(books, USED | {"count": "licensed"}) == []


@pytest.mark.parametrize("tally", ["year", "term"])
def test_a_window_is_priced_from_its_beginning(books: Books, tally: str) -> None:
    assert priced(books, PRICE | {"tally": tally}, ACCESS) == [("tokens", "1000000", 250)]
