"""PURE. Exact numbers as text: decimals where they end, fractions where they do not."""

import re
from decimal import Decimal
from fractions import Fraction

_TEXT = re.compile(r"-?[0-9]+(\.[0-9]+|/[1-9][0-9]*)?")
_LONGEST = 400


def exact_text(number: Fraction) -> str:
    """Return ``52146.5018125`` or, where no decimal ends, ``1/3``; never rounded."""
    rest, places = number.denominator, 0
    twos = fives = 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    if rest != 1:
        return f"{number.numerator}/{number.denominator}"
    places = max(twos, fives)
    digits = str(abs(number.numerator) * 10**places // number.denominator).rjust(places + 1, "0")
    sign = "-" if number < 0 else ""
    if places == 0:
        return f"{sign}{digits}"
    return f"{sign}{digits[:-places]}.{digits[-places:]}"


def exact_value(text: str) -> Fraction:
    """Return the number that `exact_text` wrote; raises `ValueError` for anything else."""
    if len(text) > _LONGEST or not _TEXT.fullmatch(text):
        raise ValueError(f"{text[:40]!r} is not an exact number")
    return Fraction(text)


def as_decimal(number: Fraction) -> Decimal:
    """Return a number whose decimals end as a `Decimal` of as many digits as it needs."""
    return Decimal(exact_text(number))
