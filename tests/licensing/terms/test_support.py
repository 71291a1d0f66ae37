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


def test_every_price_model_can_be_signed_with_fees() -> None:
    tiers = TIERED["tiers"]
    models: list[dict[str, Any]] = [
        {"id": "a", "model": "volume", "unit": "image", "tiers": tiers},
        {"id": "b", "model": "package", "unit": "query", "per": "10", "unit_price": "1"},
        {"id": "c", "model": "per_work", "amount": "1", "count": "used"},
        {"id": "d", "model": "revenue_share", "rate": "0.3"},
        {"id": "e", "model": "pool", "amount": "5"},
    ]
    fees = [{"to": "operator", "rate": "0.03"}, {"to": "collective", "rate": "0.1"}]

    supported(
        parse(
            plain_document(
                PER_MILLION,
                FLAT,
                TIERED,
                *models,
                fees=fees,
                cap=None,
                distribution={"key": "usage"},
            )
        )
    )


def test_what_the_engine_does_not_execute_is_refused_by_its_path() -> None:
    assert unsupported(published()) == [
        "minimum_guarantee",
    ]


@pytest.mark.parametrize(
    "terms",
    [
        {"minimum": "0", "maximum": "5"},
        {"zero_usage": "charge"},
        {"escalators": [{"from": "2027-01-01", "times": "1.1"}]},
        {"factors": [{"when": {"territory": ["JP"]}, "times": "1.5"}]},
    ],
)
def test_each_term_of_a_price_can_be_signed(terms: dict[str, Any]) -> None:
    supported(parse(plain_document({**PER_MILLION, **terms})))


@pytest.mark.parametrize("window", ["year", "term"])
def test_a_tally_beyond_the_period_is_refused_by_its_path(window: str) -> None:
    assert unsupported(plain_document({**PER_MILLION, "tally": window})) == ["prices[0].tally"]


def test_a_factor_by_what_no_line_states_is_refused_by_its_path() -> None:
    factors = [
        {"when": {"territory": ["JP"]}, "times": "2"},
        {"when": {"language": ["ja"], "generation": ["second"]}, "times": "2"},
    ]

    assert unsupported(plain_document({**PER_MILLION, "factors": factors})) == [
        "prices[0].factors[1].when.generation",
        "prices[0].factors[1].when.language",
    ]


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
