"""What a licensee's receipt says a report costs by itself."""

from typing import Any

import pytest

from licensing.royalties import pricing
from licensing.usage import lately
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


def test_a_receipt_costs_the_same_from_memory_as_from_the_lines(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    # 1,000,000 at 2.50 in Japan twice, elsewhere once, and a million of 2.50 beside: 7.50.
    doubled = {"when": {"territory": ["JP"], "generation": ["2"]}, "times": "2"}
    lines = [LANTERN | {"territory": "JP"}, FERRY | {"quantity": "1000000"}]
    report = books.priced(PRICE | {"factors": [doubled]}).report(lines)

    remembered = pricing.of_report(report)
    monkeypatch.setattr(lately, "counted", lambda _key: None)
    read = pricing.of_report(report)

    assert remembered["total_minor"] == 750
    assert read == remembered


def test_only_the_latest_small_reports_are_remembered(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lately, "MOST_REPORTS", 1)
    first = books.report([LANTERN])
    kept = lately.counted(first.lines_key)
    second = books.report([FERRY], report_id="oct-2")
    monkeypatch.setattr(lately, "MOST_KINDS", 0)
    third = books.report([FERRY], report_id="oct-3")

    assert kept is not None
    assert lately.counted(first.lines_key) is None
    assert lately.counted(second.lines_key) is not None
    assert lately.counted(third.lines_key) is None
