from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.licensing.rating.charges import amounts, charges, priced, tokens

# 1.00 each up to 100, 0.50 each up to 200 and 7.00 for getting there, 0.10 each above and 3.00.
TABLE: dict[str, Any] = {
    "id": "tokens",
    "model": "graduated",
    "unit": "token",
    "tiers": [
        {"up_to": "100", "unit_price": "1"},
        {"up_to": "200", "unit_price": "0.5", "flat_fee": "7"},
        {"up_to": None, "unit_price": "0.1", "flat_fee": "3"},
    ],
}


@pytest.mark.parametrize(
    ("counted", "cents"),
    [
        ("1", 1_00),
        ("100", 100_00),  # the bound itself is still in the first tier
        ("100.000001", 107_00),  # 100 + 7 + 0.0000005
        ("101", 107_50),
        ("200", 157_00),  # 100 + 7 + 50
        ("200.01", 160_00),  # 157 + 3 + 0.001
        ("1000", 240_00),  # 157 + 3 + 80
    ],
)
def test_each_tier_prices_the_units_inside_it_and_its_fee_falls_due_once(
    counted: str, cents: int
) -> None:
    assert amounts(priced(TABLE), tokens(counted)) == {"tokens": cents}


def test_the_trace_shows_tier_by_tier() -> None:
    [charge] = charges(priced(TABLE), tokens("250"))

    assert charge.trace[1:] == (
        {
            "step": "tier",
            "above": "0",
            "up_to": "100",
            "per": "1",
            "unit_price": "1",
            "flat_fee": "0",
            "quantity": "100",
            "amount": "100",
        },
        {
            "step": "tier",
            "above": "100",
            "up_to": "200",
            "per": "1",
            "unit_price": "0.5",
            "flat_fee": "7",
            "quantity": "100",
            "amount": "157",
        },
        {
            "step": "tier",
            "above": "200",
            "up_to": None,
            "per": "1",
            "unit_price": "0.1",
            "flat_fee": "3",
            "quantity": "50",
            "amount": "165",
        },
        {"step": "round", "currency": "USD", "amount_minor": 165_00},
    )


def test_the_published_tiers_price_a_billion_and_the_rest() -> None:
    # 1,000 million at 12.50 = 12,500; 234.5 million at 9.00 = 2,110.50; in yen 14,610.5 -> 14,611.
    table = {
        "id": "tokens",
        "model": "graduated",
        "unit": "token",
        "per": "1000000",
        "tiers": [
            {"up_to": "1000000000", "unit_price": "12.50"},
            {"up_to": None, "unit_price": "9.00", "flat_fee": "0"},
        ],
    }

    assert amounts(priced(table, currency="JPY"), tokens("1234500000")) == {"tokens": 14_611}


money = st.decimals(0, 1000, places=4).map(lambda number: format(number, "f"))
bounds = st.lists(st.decimals("0.000001", 10**6, places=6), max_size=5, unique=True).map(
    lambda numbers: [*(format(number, "f") for number in sorted(numbers)), None]
)
quantities = st.decimals(0, 2 * 10**6, places=6).map(lambda number: format(number, "f"))


@st.composite
def tables(draw: st.DrawFn) -> dict[str, Any]:
    return {
        **TABLE,
        "per": draw(st.sampled_from(["1", "3", "1000"])),
        "tiers": [
            {"up_to": bound, "unit_price": draw(money), "flat_fee": draw(money)}
            for bound in draw(bounds)
        ],
    }


@given(tables(), quantities)
def test_the_charge_is_the_sum_over_all_tiers_rounded_once(
    table: dict[str, Any], counted: str
) -> None:
    quantity = Fraction(counted)
    edges = [Fraction(0)] + [Fraction(tier["up_to"] or 10**30) for tier in table["tiers"]]
    exact = sum(
        (min(quantity, high) - low) / Fraction(table["per"]) * Fraction(tier["unit_price"])
        + Fraction(tier["flat_fee"])
        for tier, (low, high) in zip(table["tiers"], pairwise(edges), strict=True)
        if quantity > low
    )

    cents = amounts(priced(table), tokens(counted)).get("tokens", 0)

    assert -Fraction(1, 2) < cents - exact * 100 <= Fraction(1, 2)


@given(tables(), quantities, quantities)
def test_more_usage_never_costs_less(table: dict[str, Any], one: str, other: str) -> None:
    less, more = sorted([one, other], key=Decimal)
    terms = priced(table)

    assert amounts(terms, tokens(less)).get("tokens", 0) <= amounts(terms, tokens(more)).get(
        "tokens", 0
    )
