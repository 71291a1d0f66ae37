"""How amounts, quantities and rates are written for people, in the reader's language.

Amounts arrive as integer minor units with their currency's code; quantities and rates as integers
or plain decimals (`Decimal` or text). Nothing here rounds. A missing value is written as a dash,
so that absent and zero never look alike.
"""

import re
from decimal import Decimal, InvalidOperation
from typing import Literal

from babel import Locale
from babel.numbers import format_compact_decimal, format_currency, get_currency_symbol
from django import template
from django.utils.translation import get_language

from ledger.money import Currency, Money, currency, decimal_text, exact

register = template.Library()

MISSING = "–"
SPELT_CODE = re.compile(r"\b([A-Z]{3})(?=\d)")
MINUS = "\N{MINUS SIGN}"

Number = int | str | Decimal
Style = Literal["standard", "accounting"]


def reader() -> Locale:
    """Return the locale of the page's language; anything but Japanese reads as English."""
    return Locale("ja" if (get_language() or "").startswith("ja") else "en")


def tidy(text: str) -> str:
    """Write a real minus sign, a yen sign as wide as the figures, and room after a spelt code."""
    text = SPELT_CODE.sub("\\1\N{NO-BREAK SPACE}", text)
    return text.replace("-", MINUS).replace("\N{FULLWIDTH YEN SIGN}", "¥")


def decimal_of(value: Number) -> Decimal:
    """Return a number as a decimal; a float raises `TypeError`, no number `ValueError`."""
    if isinstance(value, float):
        raise TypeError("floats are neither money nor quantities here")
    try:
        number = Decimal(value)
    except InvalidOperation as error:
        raise ValueError(f"{value!r} is not a number") from error
    if not number.is_finite():
        raise ValueError(f"{value!r} is not a number")
    return number


def _unpack(amount: Money | int, code: str | Currency | None) -> tuple[int, Currency]:
    """Return minor units and currency, from a `Money` or from a number beside its code."""
    if isinstance(amount, Money):
        return amount.minor, amount.currency
    if code is None or code == "":
        raise ValueError(
            "an amount in minor units needs its currency: {{ x_minor|money:currency }}"
        )
    return int(amount), code if isinstance(code, Currency) else currency(code)


def _written(amount: Money | int, code: str | Currency | None, style: Style) -> str:
    minor, unit = _unpack(amount, code)
    with exact():
        text = format_currency(
            Decimal(decimal_text(minor, unit)), unit.code, locale=reader(), format_type=style
        )
    return tidy(text)


@register.filter
def money(amount: Money | int | None, code: str | Currency | None = None) -> str:
    """Write an amount with its currency's sign: ``{{ charge.amount_minor|money:currency }}``.

    5214650 in USD is ``$52,146.50``, in JPY ``¥5,214,650``; -5 in JPY is ``−¥5``.
    """
    return MISSING if amount is None else _written(amount, code, "standard")


@register.filter
def accounting(amount: Money | int | None, code: str | Currency | None = None) -> str:
    """Write an amount as accountants do, negatives in parentheses: ``($52,146.50)``."""
    return MISSING if amount is None else _written(amount, code, "accounting")


@register.filter
def amount(amount: Money | int | None, code: str | Currency | None = None) -> str:
    """Write an amount without its sign, for a column whose head names the currency."""
    if amount is None:
        return MISSING
    minor, unit = _unpack(amount, code)
    return tidy(f"{Decimal(decimal_text(minor, unit)):,f}")


@register.filter
def price(value: Number | None, code: str) -> str:
    """Write a price in major units with all the decimals it was agreed with: ``$0.000125``."""
    if value is None or value == "":
        return MISSING
    number = decimal_of(value)
    symbol = get_currency_symbol(currency(code).code, locale=reader())
    return tidy(f"{'-' if number < 0 else ''}{symbol}{abs(number):,f}")


@register.filter
def quantity(value: Number | None) -> str:
    """Group a count's digits, however many, and keep its decimals: ``20,858,600,725``."""
    if value is None or value == "":
        return MISSING
    return tidy(f"{decimal_of(value):,f}")


@register.filter
def compact(value: Number | None) -> str:
    """Write a count roughly, where the exact one stands nearby: ``20.9B``, ``208.6億``."""
    if value is None or value == "":
        return MISSING
    number = decimal_of(value)
    return tidy(format_compact_decimal(number, locale=reader(), fraction_digits=1))


@register.filter
def percent(value: Number | None) -> str:
    """Write a fraction as a percentage with the digits it has: ``"0.095"`` is ``9.5%``."""
    if value is None or value == "":
        return MISSING
    with exact():
        text = f"{decimal_of(value) * 100:,f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return f"{tidy(text)}%"
