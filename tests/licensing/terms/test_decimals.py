from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licensing.deals.terms import document, parse
from licensing.deals.terms.prices import PerUnit
from tests.licensing.terms.documents import PER_MILLION, faults_of, plain_document

FEE = {"to": "operator"}


def with_price(**fields: Any) -> dict[str, Any]:
    return plain_document({**PER_MILLION, **fields})


@pytest.mark.parametrize(
    "written",
    [
        "1e3",
        "+1",
        "-1",
        "-0",
        "1_000",
        "1,000",
        "01",
        ".5",
        "5.",
        "",
        " 1",
        "1 ",
        "1\n",
        "NaN",
        "Infinity",
        "1.0000000000001",
        "1234567890123456",
        "１２",
        "٣",
        "1\u200b",
    ],
)
def test_only_plain_ascii_decimals_are_numbers(written: str) -> None:
    assert faults_of(with_price(unit_price=written)) == [
        ("prices[0].unit_price", "decimal_malformed")
    ]


@pytest.mark.parametrize("written", [1, True, None, ["1"], {"amount": "1"}])
def test_a_number_that_is_not_text_is_refused(written: object) -> None:
    assert faults_of(with_price(unit_price=written)) == [
        ("prices[0].unit_price", "decimal_not_text")
    ]


@given(
    st.from_regex(r"(0|[1-9][0-9]{0,14})(\.[0-9]{1,12})?", fullmatch=True, alphabet="0123456789.")
)
def test_every_plain_decimal_comes_out_exactly_as_it_went_in(written: str) -> None:
    terms = parse(with_price(unit_price=written))

    [price] = terms.prices
    assert isinstance(price, PerUnit)
    assert price.unit_price == Decimal(written)
    assert document(terms)["prices"][0]["unit_price"] == written


def test_zero_is_a_price_and_no_package_size() -> None:
    assert parse(with_price(unit_price="0")).prices[0].id == "tokens"
    assert faults_of(with_price(per="0")) == [("prices[0].per", "decimal_out_of_range")]
    assert faults_of(with_price(per="0.000000")) == [("prices[0].per", "decimal_out_of_range")]


def test_a_rate_is_a_part_of_one() -> None:
    assert parse(plain_document(fees=[{**FEE, "rate": "0.999999999999"}])).fees[0].rate < 1
    assert faults_of(plain_document(fees=[{**FEE, "rate": "1.000000000001"}])) == [
        ("fees[0].rate", "decimal_out_of_range")
    ]
    assert faults_of(plain_document(fees=[{**FEE, "rate": "3"}])) == [
        ("fees[0].rate", "decimal_out_of_range")
    ]


@pytest.mark.parametrize(
    "written",
    ["2026-02-30", "2026-1-1", "20261001", "2026-10-01T00:00:00", 20261001, "２026-10-01"],
)
def test_a_day_is_written_in_full_and_exists(written: object) -> None:
    wrong = plain_document()
    wrong["grant"]["starts_on"] = written

    assert faults_of(wrong) == [("grant.starts_on", "date_malformed")]
