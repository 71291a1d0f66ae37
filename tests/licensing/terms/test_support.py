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


def test_the_published_example_can_be_signed() -> None:
    supported(parse(published()))


@pytest.mark.parametrize(
    "terms",
    [
        {"minimum": "0", "maximum": "5"},
        {"zero_usage": "charge"},
        {"escalators": [{"from": "2027-01-01", "times": "1.1"}]},
        {"factors": [{"when": {"territory": ["JP"]}, "times": "1.5"}]},
        {"factors": [{"when": {"language": ["ja"], "generation": ["2"]}, "times": "2"}]},
        {"tally": "year"},
        {"tally": "term"},
    ],
)
def test_each_term_of_a_price_can_be_signed(terms: dict[str, Any]) -> None:
    supported(parse(plain_document({**PER_MILLION, **terms})))


@pytest.mark.parametrize(
    "clauses",
    [
        {"cap": {"amount": "5", "window": "year"}},
        {"minimum_guarantee": {"amount": "5", "window": "term"}},
        {"distribution": {"key": "equal_per_work"}},
        {"distribution": {"key": "points", "otherwise": 1}},
    ],
)
def test_each_clause_about_all_prices_can_be_signed(clauses: dict[str, Any]) -> None:
    supported(parse(plain_document(**clauses)))


@pytest.mark.parametrize(
    ("clause", "value", "where"),
    [
        ("reserve", {"rate": "0.1", "months": 6}, "reserve"),
    ],
)
def test_each_clause_of_the_waterfall_is_refused_by_its_path(
    clause: str, value: object, where: str
) -> None:
    assert unsupported(plain_document(**{clause: value})) == [where]
