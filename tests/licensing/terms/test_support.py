from typing import Any

import pytest

from licensing.deals.terms import InvalidTerms, parse, supported
from tests.licensing.terms.documents import PER_MILLION, place_and_code, plain_document, published

FLAT = {"id": "access", "model": "flat", "amount": "10", "due": "each_period"}
TIERED = {
    "id": "pages",
    "model": "graduated",
    "unit": "page",
    "tiers": [{"up_to": None, "unit_price": "1"}],
}


def unsupported(document: dict[str, Any]) -> list[str]:
    with pytest.raises(InvalidTerms) as refused:
        supported(parse(document))
    faults = [place_and_code(fault) for fault in refused.value.faults]
    assert {code for _, code in faults} == {"not_yet_supported"}
    return [where for where, _ in faults]


def test_units_tiers_and_fixed_amounts_with_fees_can_be_signed() -> None:
    fees = [{"to": "operator", "rate": "0.03"}, {"to": "collective", "rate": "0.1"}]

    supported(
        parse(
            plain_document(
                PER_MILLION, FLAT, TIERED, fees=fees, cap=None, distribution={"key": "usage"}
            )
        )
    )


def test_what_the_engine_does_not_execute_is_refused_by_its_path() -> None:
    assert unsupported(published()) == [
        "prices[0].factors",
        "prices[2].model",
        "prices[3].model",
        "advance",
        "minimum_guarantee",
    ]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("minimum", "0"),
        ("maximum", "5"),
        ("tally", "year"),
        ("zero_usage", "charge"),
        ("escalators", [{"from": "2027-01-01", "times": "1.1"}]),
    ],
)
def test_each_term_of_a_price_is_refused_by_its_path(name: str, value: object) -> None:
    assert unsupported(plain_document({**PER_MILLION, name: value})) == [f"prices[0].{name}"]


@pytest.mark.parametrize(
    ("clause", "value", "where"),
    [
        ("cap", {"amount": "5", "window": "year"}, "cap"),
        ("reserve", {"rate": "0.1", "months": 6}, "reserve"),
        ("distribution", {"key": "points"}, "distribution.key"),
    ],
)
def test_each_clause_of_the_waterfall_is_refused_by_its_path(
    clause: str, value: object, where: str
) -> None:
    assert unsupported(plain_document(**{clause: value})) == [where]
