from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licensing.royalties.rates import AmountTooLarge, Works, price_for, rate, unpriced
from tests.licensing.rating.charges import (
    NOVEMBER,
    OCTOBER,
    amounts,
    charges,
    priced,
    tokens,
    with_works,
)
from tests.licensing.terms.documents import PER_MILLION

VOLUME: dict[str, Any] = {
    "id": "tokens",
    "model": "volume",
    "unit": "token",
    "per": "10",
    "tiers": [
        {"up_to": "100", "unit_price": "1"},
        {"up_to": None, "unit_price": "0.75", "flat_fee": "4"},
    ],
}
PACKAGE: dict[str, Any] = {
    "id": "tokens",
    "model": "package",
    "unit": "token",
    "per": "1000",
    "unit_price": "3",
    "free_units": "500",
}
PER_WORK: dict[str, Any] = {
    "id": "titles",
    "model": "per_work",
    "amount": "1.005",
    "count": "used",
}
SHARE: dict[str, Any] = {"id": "share", "model": "revenue_share", "rate": "0.30"}
NET: dict[str, Any] = {**SHARE, "base": "net", "deductions": ["refund", "tax"]}


@pytest.mark.parametrize(
    ("counted", "cents"),
    [
        ("5", 50),
        ("100", 10_00),  # the bound itself is in the first tier: 10 x 1
        ("100.000001", 11_50),  # all of it in the second: 10.0000001 x 0.75 + 4
        ("1000", 79_00),  # 100 x 0.75 + 4
    ],
)
def test_volume_prices_the_whole_quantity_at_the_tier_it_reaches(counted: str, cents: int) -> None:
    assert amounts(priced(VOLUME), tokens(counted)) == {"tokens": cents}


@pytest.mark.parametrize(
    ("counted", "cents"),
    [
        ("1", 0),
        ("500", 0),
        ("500.000001", 3_00),  # a package is whole once it is started
        ("1500", 3_00),
        ("1500.5", 6_00),
        ("10500", 30_00),
    ],
)
def test_free_units_come_off_first_and_started_packages_are_whole(counted: str, cents: int) -> None:
    assert amounts(priced(PACKAGE), tokens(counted)) == {"tokens": cents}


def test_the_trace_of_packages_shows_their_number() -> None:
    [charge] = charges(priced(PACKAGE), tokens("1600"))

    assert charge.trace[1] == {
        "step": "package",
        "free_units": "500",
        "per": "1000",
        "unit_price": "3",
        "packages": 2,
        "amount": "6",
    }


def test_works_are_priced_by_their_number_and_rounded_once() -> None:
    # 1.005 x 3 = 3.015 -> 3.02; rounded each alone they would be 3.03.
    context = with_works(OCTOBER, {"titles": Works(3)})

    [charge] = charges(priced(PER_WORK), context=context)

    assert (charge.unit, charge.amount_minor) == ("work", 3_02)
    assert charge.quantity == 3


def test_no_works_are_no_charge() -> None:
    context = with_works(OCTOBER, {"titles": Works(0)})

    assert amounts(priced({**PER_WORK, "minimum": "5"}), context=context) == {}
    assert amounts(
        priced({**PER_WORK, "minimum": "5", "zero_usage": "charge"}), context=context
    ) == {"titles": 5_00}


def test_a_price_per_work_needs_its_works_counted() -> None:
    with pytest.raises(KeyError, match="titles"):
        rate(priced(PER_WORK), [], OCTOBER)


def test_works_of_a_term_are_charged_once_and_then_only_the_new_ones() -> None:
    terms = priced({**PER_WORK, "amount": "5", "tally": "term"})

    first = amounts(terms, context=with_works(OCTOBER, {"titles": Works(100)}))
    same = amounts(terms, context=with_works(NOVEMBER, {"titles": Works(100, before=100)}))
    grown = amounts(terms, context=with_works(NOVEMBER, {"titles": Works(120, before=100)}))

    assert (first, same, grown) == ({"titles": 500_00}, {}, {"titles": 100_00})


def test_a_share_of_revenue_is_taken_of_the_gross() -> None:
    assert amounts(priced(SHARE), tokens("5"), revenue("1234.56"), revenue("2", "tax")) == {
        "share": 370_37  # 370.368
    }


def revenue(amount: str, unit: str = "revenue") -> Any:
    tally = tokens(amount)
    return type(tally)("ai-train", unit, tally.quantity)


def test_a_net_base_has_its_deductions_taken_off_first() -> None:
    # (1000 - 100 - 50.50) x 0.30 = 254.85
    usage = [revenue("1000"), revenue("100", "refund"), revenue("50.5", "tax")]

    [charge] = charges(priced(NET), *usage)

    assert charge.amount_minor == 254_85
    assert charge.quantity == 1000
    assert charge.trace[1] == {"step": "deduct", "quantity": "150.5", "counted": "849.5"}


def test_a_net_base_does_not_fall_below_zero() -> None:
    assert amounts(priced(NET), revenue("10"), revenue("50", "refund")) == {"share": 0}


def test_deductions_alone_are_no_usage() -> None:
    refunds = revenue("50", "refund")

    assert amounts(priced({**NET, "minimum": "5"}), refunds) == {}
    assert amounts(priced({**NET, "minimum": "5"}), refunds, revenue("1")) == {"share": 5_00}


@pytest.mark.parametrize(
    ("counted", "cents"),
    [("1", 20_00), ("8000000", 20_00), ("9000000", 22_50), ("100000000", 30_00)],
)
def test_a_minimum_and_a_maximum_bound_what_was_used(counted: str, cents: int) -> None:
    terms = priced({**PER_MILLION, "minimum": "20", "maximum": "30"})

    assert amounts(terms, tokens(counted)) == {"tokens": cents}


def test_zero_usage_is_free_unless_the_price_says_charge() -> None:
    free = {**PER_MILLION, "minimum": "20"}

    assert amounts(priced(free), tokens("0")) == {}
    assert amounts(priced({**free, "zero_usage": "charge"})) == {"tokens": 20_00}


@pytest.mark.parametrize("model", ["graduated", "volume"])
def test_charging_for_nothing_takes_the_fee_of_the_first_tier(model: str) -> None:
    tiers = [
        {"up_to": "100", "unit_price": "1", "flat_fee": "9"},
        {"up_to": None, "unit_price": "1", "flat_fee": "8"},
    ]
    price = {
        "id": "tokens",
        "model": model,
        "unit": "token",
        "tiers": tiers,
        "zero_usage": "charge",
    }

    assert amounts(priced(price)) == {"tokens": 9_00}
    assert amounts(priced({**price, "zero_usage": "free"})) == {}


FACTORS = [
    {"when": {"territory": ["JP"]}, "times": "1.5"},
    {"when": {"territory": ["JP"], "media": ["video"]}, "times": "2"},
    {"when": {"language": ["en"]}, "times": "0"},
]


def test_all_factors_that_match_a_line_multiply_its_units() -> None:
    # 100 x 1.5 + 10 x 1.5 x 2 + 1 x 1 + 1000 x 0 = 181 at 1.00 each.
    terms = priced({**PER_MILLION, "per": "1", "unit_price": "1", "factors": FACTORS})

    [charge] = charges(
        terms,
        tokens("100", territory="JP"),
        tokens("10", territory="JP", media="video"),
        tokens("1", territory="US", media="video", generation="g9"),
        tokens("1000", language="en"),
    )

    assert charge.amount_minor == 181_00
    assert charge.quantity == 1111


def test_weighted_units_are_what_tiers_see() -> None:
    # 80 x 1.5 = 120 units: 100 in the first tier, 20 in the second.
    price = {**VOLUME, "model": "graduated", "per": "1", "factors": FACTORS}

    assert amounts(priced(price), tokens("80", territory="JP")) == {"tokens": 119_00}


def test_dimensions_that_no_factor_asks_about_are_not_told_apart() -> None:
    [charge] = charges(
        priced(PER_MILLION), tokens("1", territory="JP"), tokens("2", territory="US")
    )

    assert [record["step"] for record in charge.trace] == ["count", "unit_price", "round"]
    assert charge.trace[0]["quantity"] == "3"


def test_a_line_is_counted_by_the_price_of_its_use_and_unit() -> None:
    terms = priced(
        {**PER_MILLION, "uses": ["ai-train"]},
        {"id": "access", "model": "flat", "amount": "1", "due": "once"},
        NET,
    )

    found = [price_for(terms, "ai-train", unit) for unit in ("token", "revenue", "refund", "page")]

    assert [price and price.id for price in found] == ["tokens", "share", None, None]
    assert price_for(terms, "search", "token") is None


def test_what_no_price_counts_is_told_and_deductions_are_not() -> None:
    terms = priced(PER_MILLION, NET)
    pages, refunds = revenue("1", "page"), revenue("1", "refund")

    assert unpriced(terms, [tokens("5"), pages, refunds]) == [pages]
    assert unpriced(priced(PER_MILLION), [refunds]) == [refunds]


def test_a_charge_that_no_account_could_hold_is_refused() -> None:
    terms = priced({**PER_MILLION, "per": "1", "unit_price": "100000000000000"})

    with pytest.raises(AmountTooLarge):
        rate(terms, [tokens("1000000")], OCTOBER)


quantities = st.decimals(0, 10**6, places=6).map(lambda number: format(number, "f"))


@given(quantities, st.integers(1, 5000), st.decimals(0, 1000, places=6))
def test_packages_hold_the_quantity_and_no_package_is_empty(
    counted: str, per: int, free: Any
) -> None:
    price = {**PACKAGE, "per": str(per), "free_units": format(free, "f"), "unit_price": "1"}

    packages = amounts(priced(price), tokens(counted)).get("tokens", 0) // 100

    beyond = max(Fraction(counted) - Fraction(free), Fraction(0))
    assert (packages - 1) * per < beyond or packages == 0
    assert beyond <= packages * per
