from fractions import Fraction

import pytest

from ledger.errors import CurrencyMismatch, UnknownCurrency
from ledger.money import Currency, Money, currency, decimal_text, total

USD = currency("USD")
JPY = currency("JPY")


def test_a_currency_knows_its_minor_unit() -> None:
    assert [currency(code).minor_per_major for code in ("JPY", "USD", "KWD")] == [1, 100, 1000]


def test_an_unknown_currency_is_refused_with_the_ones_there_are() -> None:
    with pytest.raises(UnknownCurrency, match=r"'XXX' is not a currency .* USD") as refused:
        currency("XXX")

    assert (refused.value.code, refused.value.status) == ("currency_unknown", 400)
    assert refused.value.context == {"currency": "XXX"}


@pytest.mark.parametrize(
    ("minor", "unit", "text"),
    [
        (5214650, USD, "52146.50"),
        (5, USD, "0.05"),
        (-5, USD, "-0.05"),
        (5214650, JPY, "5214650"),
        (-1, JPY, "-1"),
        (1, currency("KWD"), "0.001"),
    ],
)
def test_minor_units_are_written_with_the_currency_s_decimals(
    minor: int, unit: Currency, text: str
) -> None:
    assert decimal_text(minor, unit) == text


def test_money_is_made_of_an_exact_amount() -> None:
    assert Money.of("52146.50", "USD") == Money(5214650, USD)
    assert Money.of(Fraction(1, 4), "USD") == Money(25, USD)


@pytest.mark.parametrize(("amount", "code"), [("0.005", "USD"), ("0.5", "JPY"), ("1/3", "USD")])
def test_an_amount_that_needs_rounding_is_not_money(amount: str, code: str) -> None:
    with pytest.raises(ValueError, match="has more decimals"):
        Money.of(amount, code)


def test_a_float_is_not_money() -> None:
    with pytest.raises(TypeError, match="floats are not money"):
        Money.of(0.5, "USD")  # type: ignore[arg-type]


def test_money_of_one_currency_adds_subtracts_and_turns() -> None:
    assert Money(300, USD) + Money(25, USD) == Money(325, USD)
    assert Money(300, USD) - Money(325, USD) == -Money(25, USD)
    assert total([Money(1, USD), Money(2, USD)], USD) == Money(3, USD)
    assert total([], JPY) == Money(0, JPY)
    assert str(Money(-5, USD)) == "-0.05 USD"


def test_money_of_two_currencies_does_not_add() -> None:
    with pytest.raises(CurrencyMismatch, match="USD and JPY cannot be added"):
        Money(1, USD) + Money(1, JPY)
