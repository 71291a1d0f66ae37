from decimal import Decimal, Inexact
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.money import CURRENCIES, Currency, currency, exact, round_half_away

USD = currency("USD")
JPY = currency("JPY")
KWD = currency("KWD")


@pytest.mark.parametrize(
    ("amount", "cents"),
    [
        ("0.004", 0),
        ("0.005", 1),
        ("0.0149999", 1),
        ("0.015", 2),
        ("-0.004", 0),
        ("-0.005", -1),
        ("-0.015", -2),
        ("52146.4999", 5214650),
    ],
)
def test_half_a_cent_is_rounded_away_from_zero(amount: str, cents: int) -> None:
    assert round_half_away(Decimal(amount), USD) == cents


def test_the_minor_unit_is_the_currency_s_own() -> None:
    assert round_half_away(Decimal("12.5"), JPY) == 13
    assert round_half_away(Decimal("12.5"), USD) == 1250
    assert round_half_away(Decimal("12.0005"), KWD) == 12001


def test_a_fraction_is_rounded_from_its_exact_value() -> None:
    just_below_half = Fraction(1, 2) - Fraction(1, 10**80)

    assert round_half_away(just_below_half, JPY) == 0
    assert round_half_away(Fraction(1, 2), JPY) == 1


def test_floats_are_refused() -> None:
    with pytest.raises(TypeError, match="floats are not money"):
        round_half_away(0.5, USD)  # type: ignore[arg-type]


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "-Infinity"])
def test_what_is_not_finite_is_refused(amount: str) -> None:
    with pytest.raises(ValueError, match="is not an amount"):
        round_half_away(Decimal(amount), USD)


def test_inexact_arithmetic_is_an_error_inside_exact() -> None:
    with exact(), pytest.raises(Inexact):
        Decimal(1) / Decimal(3)


@given(
    st.fractions(min_value=-(10**15), max_value=10**15, max_denominator=10**9),
    st.sampled_from(sorted(CURRENCIES.values(), key=lambda unit: unit.code)),
)
def test_rounding_moves_an_amount_by_half_a_unit_at_most_and_mirrors(
    amount: Fraction, unit: Currency
) -> None:
    minor = round_half_away(amount, unit)

    assert abs(amount * unit.minor_per_major - minor) <= Fraction(1, 2)
    assert round_half_away(-amount, unit) == -minor
