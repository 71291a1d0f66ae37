from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import UnknownCurrency
from ledger.money import Money, currency, decimal_text
from licensing.templatetags.money import (
    accounting,
    amount,
    compact,
    money,
    percent,
    price,
    quantity,
)


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize(
    ("minor", "code", "text"),
    [
        (5_214_650, "JPY", "¥5,214,650"),
        (5_214_650, "USD", "$52,146.50"),
        (0, "USD", "$0.00"),
        (-5, "JPY", "−¥5"),
        (-1, "USD", "−$0.01"),
        (1_234, "EUR", "€12.34"),
    ],
)
def test_an_amount_is_written_alike_in_both_languages(
    language: str, minor: int, code: str, text: str
) -> None:
    with translation.override(language):
        assert money(minor, code) == text


def test_a_currency_with_three_decimals_keeps_them() -> None:
    assert money(1_234_567, "KWD") == "KWD\N{NO-BREAK SPACE}1,234.567"


def test_money_brings_its_own_currency() -> None:
    assert money(Money(199, currency("USD"))) == "$1.99"


def test_absent_is_a_dash_and_zero_is_zero() -> None:
    assert money(None, "JPY") == accounting(None, "JPY") == amount(None, "JPY") == "–"
    assert money(0, "JPY") == "¥0"


def test_accountants_read_a_negative_in_parentheses() -> None:
    assert accounting(-5_214_650, "USD") == "($52,146.50)"
    assert accounting(5_214_650, "USD") == "$52,146.50"


def test_an_amount_in_a_column_leaves_its_sign_to_the_head() -> None:
    assert amount(-5_214_650, "USD") == "−52,146.50"
    assert amount(5_214_650, currency("JPY")) == "5,214,650"


def test_an_amount_without_its_currency_is_refused() -> None:
    with pytest.raises(ValueError, match="needs its currency"):
        money(100)


def test_an_unknown_currency_is_refused() -> None:
    with pytest.raises(UnknownCurrency):
        money(100, "XXX")


@given(st.integers(min_value=-(10**30), max_value=10**30))
def test_no_digit_is_ever_lost(minor: int) -> None:
    text = money(minor, "USD").replace("$", "").replace(",", "").replace("−", "-")

    assert text == decimal_text(minor, currency("USD"))


def test_a_price_keeps_every_decimal_it_was_agreed_with() -> None:
    assert price("0.000125", "USD") == "$0.000125"
    assert price("12.50", "JPY") == "¥12.50"
    assert price(Decimal("-1000.5"), "USD") == "−$1,000.5"
    assert price(None, "USD") == "–"


def test_a_quantity_of_24_digits_is_grouped_exactly() -> None:
    assert quantity("123456789012345678901234") == "123,456,789,012,345,678,901,234"
    assert quantity(Decimal("20858600725.125")) == "20,858,600,725.125"
    assert quantity(-12) == "−12"
    assert quantity("") == "–"


@pytest.mark.parametrize("wrong", ["ten", "NaN", "Infinity"])
def test_what_is_no_number_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="is not a number"):
        quantity(wrong)


def test_floats_are_refused() -> None:
    with pytest.raises(TypeError, match="floats"):
        quantity(0.1)  # type: ignore[arg-type]  # the case under test


def test_a_rough_count_follows_the_language() -> None:
    with translation.override("en"):
        assert compact("20858600725") == "20.9B"
    with translation.override("ja"):
        assert compact("20858600725") == "208.6億"
    assert compact(None) == "–"


def test_a_fraction_is_written_as_a_percentage_without_idle_zeros() -> None:
    assert percent("0.095") == "9.5%"
    assert percent("0.1000") == "10%"
    assert percent(Decimal("0.1021")) == "10.21%"
    assert percent(1) == "100%"
    assert percent("-0.5") == "−50%"
    assert percent("") == "–"
