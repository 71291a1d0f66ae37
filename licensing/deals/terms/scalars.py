"""PURE. The small values of a Terms document: decimals and dates as text, codes, identifiers.

A decimal is ASCII text in plain notation: no exponent, sign, leading zero, underscore or digit of
another script, and never a JSON number. It comes out exactly as it went in, trailing zeros
included, because both sides signed those characters.
"""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, Field, PlainSerializer, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from ledger.money import CURRENCIES
from licensing.territories import TERRITORIES

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _decimal_reader(
    digits: int, places: int, *, least: Decimal, most: Decimal | None
) -> tuple[Callable[[object], Decimal], str]:
    pattern = rf"(0|[1-9][0-9]{{0,{digits - 1}}})(\.[0-9]{{1,{places}}})?"
    compiled = re.compile(pattern)

    def read(value: object) -> Decimal:
        if not isinstance(value, str):
            raise PydanticCustomError(
                "decimal_not_text", 'Write this number as text, for example "12.50".'
            )
        if not compiled.fullmatch(value):
            raise PydanticCustomError(
                "decimal_malformed",
                "Write a plain number such as 12.50: digits 0-9 with one point, at most {digits} "
                "digits before it and {places} after, without sign, exponent or grouping.",
                {"digits": digits, "places": places},
            )
        number = Decimal(value)
        if number < least or (most is not None and number > most):
            raise PydanticCustomError(
                "decimal_out_of_range",
                "Write a number {range}.",
                {"range": f"from {least:f} to {most:f}" if most else f"of at least {least:f}"},
            )
        return number

    return read, f"^{pattern}$"


def plain(number: Decimal) -> str:
    """Return a decimal in plain notation, trailing zeros kept: never ``1E-7``."""
    return format(number, "f")


_read_amount, _amount_pattern = _decimal_reader(15, 12, least=Decimal(0), most=None)
_read_rate, _rate_pattern = _decimal_reader(1, 12, least=Decimal(0), most=Decimal(1))
_read_times, _times_pattern = _decimal_reader(6, 6, least=Decimal(0), most=None)
_read_count, _count_pattern = _decimal_reader(24, 6, least=Decimal(0), most=None)
_read_size, _size_pattern = _decimal_reader(24, 6, least=Decimal("0.000001"), most=None)
_read_sum, _sum_pattern = _decimal_reader(15, 12, least=Decimal("0.000000000001"), most=None)

_AS_TEXT = PlainSerializer(plain, return_type=str)

Amount = Annotated[
    Decimal,
    PlainValidator(_read_amount),
    _AS_TEXT,
    WithJsonSchema({"type": "string", "pattern": _amount_pattern}),
]
"""Major units of the document's currency, zero or more."""

PositiveAmount = Annotated[
    Decimal,
    PlainValidator(_read_sum),
    _AS_TEXT,
    WithJsonSchema({"type": "string", "pattern": _sum_pattern}),
]
"""Major units of the document's currency, more than zero."""

Rate = Annotated[
    Decimal,
    PlainValidator(_read_rate),
    _AS_TEXT,
    WithJsonSchema({"type": "string", "pattern": _rate_pattern}),
]
"""A part of one: 0.03 is three per cent."""

Times = Annotated[
    Decimal,
    PlainValidator(_read_times),
    _AS_TEXT,
    WithJsonSchema({"type": "string", "pattern": _times_pattern}),
]
"""A multiplier; 1 changes nothing."""

Count = Annotated[
    Decimal,
    PlainValidator(_read_count),
    _AS_TEXT,
    WithJsonSchema({"type": "string", "pattern": _count_pattern}),
]
"""A quantity of units, zero or more."""

Size = Annotated[
    Decimal,
    PlainValidator(_read_size),
    _AS_TEXT,
    WithJsonSchema({"type": "string", "pattern": _size_pattern}),
]
"""A quantity of units, more than zero."""


def _read_date(value: object) -> date:
    if isinstance(value, str) and _DATE.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise PydanticCustomError("date_malformed", "Write a day that exists, as 2026-10-01.")


Day = Annotated[
    date,
    PlainValidator(_read_date),
    PlainSerializer(date.isoformat, return_type=str),
    WithJsonSchema({"type": "string", "format": "date"}),
]


def _known_currency(code: str) -> str:
    if code not in CURRENCIES:
        raise PydanticCustomError(
            "currency_unknown",
            "Kyodaku does not settle in this currency. Use one of {known}.",
            {"known": ", ".join(sorted(CURRENCIES))},
        )
    return code


def _known_territory(code: str) -> str:
    if code not in TERRITORIES:
        raise PydanticCustomError(
            "territory_unknown",
            "Use an ISO 3166-1 code of two capital letters such as JP, or WW for the world.",
        )
    return code


CurrencyCode = Annotated[
    str,
    AfterValidator(_known_currency),
    WithJsonSchema({"type": "string", "enum": sorted(CURRENCIES)}),
]
Territory = Annotated[
    str,
    AfterValidator(_known_territory),
    WithJsonSchema({"type": "string", "enum": sorted(TERRITORIES)}),
]
Token = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]
"""A word of data: a unit, a medium, a generation."""

Month = Annotated[str, Field(pattern=r"^[1-9][0-9]{3}-(0[1-9]|1[0-2])$")]
"""A month as ``2026-09``: in this notation months compare as text."""

Series = Annotated[str, Field(pattern=r"^[A-Z0-9][A-Z0-9_.-]{0,39}$")]
"""The name of an index, as ``JP-CPI``."""

PriceId = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,39}$")]
Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$")]
WorkId = Annotated[str, Field(pattern=r"^work_\S{1,59}$")]
Name = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^\S(.*\S)?$")]
Days = Annotated[int, Field(ge=0, le=3650)]
