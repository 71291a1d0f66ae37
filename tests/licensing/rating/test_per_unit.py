from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licensing.royalties.rates import ChargeDraft
from tests.licensing.rating.charges import amounts, charges, priced, tokens
from tests.licensing.terms.documents import PER_MILLION

quantities = st.decimals(0, 10**18, places=6, allow_nan=False, allow_infinity=False)


@pytest.mark.parametrize(
    ("counted", "cents"),
    [
        ("20858600725", 5_214_650),  # 20858.600725 x 2.50 = 52146.5018125
        ("76448522604", 19_112_131),  # 76448.522604 x 2.50 = 191121.30651
        ("296507806767", 74_126_952),  # 296507.806767 x 2.50 = 741269.5169175
    ],
)
def test_two_dollars_fifty_per_million_tokens(counted: str, cents: int) -> None:
    assert amounts(priced(PER_MILLION), tokens(counted)) == {"tokens": cents}


def test_a_charge_shows_every_step_that_made_it() -> None:
    [charge] = charges(priced(PER_MILLION), tokens("20858600725"))

    assert charge == ChargeDraft(
        "tokens",
        "token",
        Decimal(20858600725),
        "USD",
        5_214_650,
        (
            {
                "step": "count",
                "use": "ai-train",
                "unit": "token",
                "quantity": "20858600725",
                "times": "1",
                "counted": "20858600725",
            },
            {
                "step": "unit_price",
                "per": "1000000",
                "unit_price": "2.5",
                "amount": "52146.5018125",
            },
            {"step": "round", "currency": "USD", "amount_minor": 5_214_650},
        ),
    )


@pytest.mark.parametrize(
    ("counted", "cents"),
    [("1999", 0), ("2000", 1), ("2000.000001", 1), ("5999.999999", 1), ("6000", 2)],
)
def test_half_a_cent_is_rounded_away_from_zero_and_less_is_not(counted: str, cents: int) -> None:
    # 2000 x 2.50 / 1000000 = 0.005, 6000 x 2.50 / 1000000 = 0.015.
    assert amounts(priced(PER_MILLION), tokens(counted), tokens("0")) == (
        {"tokens": cents} if Decimal(counted) else {}
    )


def test_a_division_that_never_ends_is_kept_as_a_fraction_until_the_rounding() -> None:
    thirds = {**PER_MILLION, "per": "3", "unit_price": "1"}

    [charge] = charges(priced(thirds), tokens("10"))

    assert charge.trace[1]["amount"] == "10/3"
    assert charge.amount_minor == 333


def test_a_currency_without_decimals_is_charged_in_whole_units() -> None:
    assert amounts(
        priced({**PER_MILLION, "unit_price": "0.5"}, currency="JPY"), tokens("3000000")
    ) == {"tokens": 2}


def test_tallies_of_one_kind_add_up_before_the_price() -> None:
    # Each alone is 0.0025 and rounds to nothing; together 0.005.
    assert amounts(priced(PER_MILLION), tokens("1000"), tokens("1000")) == {"tokens": 1}


def test_a_price_of_zero_is_a_charge_of_zero() -> None:
    assert amounts(priced({**PER_MILLION, "unit_price": "0"}), tokens("5")) == {"tokens": 0}


def test_nothing_used_is_no_charge() -> None:
    assert amounts(priced(PER_MILLION)) == {}


@given(quantities)
def test_the_charge_is_the_exact_product_rounded_once(quantity: Decimal) -> None:
    exact = Fraction(quantity) * Fraction("2.50") / 1_000_000 * 100

    cents = amounts(priced(PER_MILLION), tokens(str(quantity))).get("tokens", 0)

    assert abs(cents - exact) <= Fraction(1, 2)
    assert cents - exact != Fraction(-1, 2)
