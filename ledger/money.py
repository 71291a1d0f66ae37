"""PURE. Money: integers in minor units, one named rounding, divisions that sum to the whole.

Amounts at rest are ``int`` minor units of an ISO 4217 currency. Calculations use `Decimal` inside
`exact()`, where an inexact result is an exception, or `Fraction` where a division does not end.
The only function that rounds is `round_half_away`; the only one that divides money is `allocate`.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import (
    Context,
    Decimal,
    DivisionByZero,
    FloatOperation,
    Inexact,
    InvalidOperation,
    Overflow,
    localcontext,
)
from fractions import Fraction
from typing import NewType, Self

from ledger.errors import CurrencyMismatch, NothingToDivideBy, UnknownCurrency

Minor = NewType("Minor", int)

EXACT_DIGITS = 60


@dataclass(frozen=True, slots=True)
class Currency:
    """An ISO 4217 currency; ``exponent`` is how many decimal digits its minor unit has."""

    code: str
    exponent: int

    @property
    def minor_per_major(self) -> int:
        """How many minor units one major unit has: 1 for JPY, 100 for USD, 1000 for KWD."""
        return int(10**self.exponent)


# ISO 4217, list one: the currencies that Stripe can pay out in and that this field contracts in.
_EXPONENTS = {
    0: "JPY KRW VND CLP ISK",
    2: "USD EUR GBP CHF CAD AUD NZD SEK NOK DKK CNY HKD SGD TWD INR BRL MXN PLN CZK THB",
    3: "KWD BHD JOD TND",
}
CURRENCIES = {
    code: Currency(code, exponent)
    for exponent, codes in _EXPONENTS.items()
    for code in codes.split()
}


def currency(code: str) -> Currency:
    """Return a currency by its ISO 4217 code; raises `UnknownCurrency`."""
    try:
        return CURRENCIES[code]
    except KeyError:
        raise UnknownCurrency(
            f"{code!r} is not a currency Kyodaku settles in; use one of "
            f"{', '.join(sorted(CURRENCIES))}",
            currency=code,
        ) from None


@contextmanager
def exact() -> Iterator[Context]:
    """Calculate with `EXACT_DIGITS` digits where any rounding, overflow or float is an error."""
    with localcontext() as context:
        context.prec = EXACT_DIGITS
        for signal in (Inexact, InvalidOperation, DivisionByZero, Overflow, FloatOperation):
            context.traps[signal] = True
        yield context


def round_half_away(amount: Decimal | Fraction | int, currency: Currency) -> Minor:
    """Round a major-unit amount to minor units, half away from zero.

    0.005 USD is 1 cent and -0.005 USD is -1 cent. A `Fraction` is rounded from its exact value,
    never by way of a decimal. Floats and non-finite decimals are refused with `TypeError` and
    `ValueError`.
    """
    if isinstance(amount, float):
        raise TypeError("floats are not money")
    if isinstance(amount, Decimal) and not amount.is_finite():
        raise ValueError(f"{amount} is not an amount")
    minor = Fraction(amount) * currency.minor_per_major
    doubled = 2 * abs(minor.numerator) + minor.denominator
    size = doubled // (2 * minor.denominator)
    return Minor(size if minor >= 0 else -size)


def allocate(amount_minor: int, weights: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Divide an amount by integer weights with the largest-remainder method (Hare quota).

    Returns one part per key; the parts sum to ``amount_minor`` exactly. Every part is first cut
    toward zero; the units left over go one each to the largest remainders, equal remainders to
    the key that sorts first. A negative amount is divided as its positive mirror, so a reversal
    divides exactly as what it reverses did. A key with weight 0 gets 0.

    Raises `NothingToDivideBy` if the weights sum to zero and the amount does not, `ValueError`
    for a negative weight or a repeated key.
    """
    pairs = sorted(weights)
    if any(weight < 0 for _, weight in pairs):
        raise ValueError("weights must not be negative")
    if len({key for key, _ in pairs}) != len(pairs):
        raise ValueError("a key stands twice in the weights")
    total = sum(weight for _, weight in pairs)
    if total == 0:
        if amount_minor == 0:
            return dict.fromkeys((key for key, _ in pairs), 0)
        raise NothingToDivideBy("no weight is above zero, so nobody can be given the amount")
    sign = -1 if amount_minor < 0 else 1
    size = abs(amount_minor)
    parts = {key: size * weight // total for key, weight in pairs}
    left_over = size - sum(parts.values())
    by_remainder = sorted(pairs, key=lambda pair: (-(size * pair[1] % total), pair[0]))
    for key, _ in by_remainder[:left_over]:
        parts[key] += 1
    return {key: sign * part for key, part in parts.items()}


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An amount in minor units of one currency; adds and compares only with its own kind."""

    minor: int
    currency: Currency

    @classmethod
    def of(cls, amount: Decimal | Fraction | int | str, code: str) -> Self:
        """Return an exact major-unit amount as money; raises `ValueError` if it needs rounding."""
        if isinstance(amount, float):
            raise TypeError("floats are not money")
        unit = currency(code)
        exact_amount = Fraction(amount)
        minor = exact_amount * unit.minor_per_major
        if minor.denominator != 1:
            raise ValueError(f"{amount} has more decimals than {code} has")
        return cls(int(minor), unit)

    def __add__(self, other: Self) -> Self:
        self._same(other)
        return type(self)(self.minor + other.minor, self.currency)

    def __sub__(self, other: Self) -> Self:
        self._same(other)
        return type(self)(self.minor - other.minor, self.currency)

    def __neg__(self) -> Self:
        return type(self)(-self.minor, self.currency)

    def __str__(self) -> str:
        """Return the plain decimal and code: ``52146.50 USD``; never grouped."""
        return f"{decimal_text(self.minor, self.currency)} {self.currency.code}"

    def _same(self, other: "Money") -> None:
        if self.currency != other.currency:
            raise CurrencyMismatch(
                f"{self.currency.code} and {other.currency.code} cannot be added"
            )


def decimal_text(minor: int, currency: Currency) -> str:
    """Return minor units as a plain decimal: 5214650 in USD is ``52146.50``, in JPY ``5214650``."""
    sign = "-" if minor < 0 else ""
    digits = str(abs(minor)).rjust(currency.exponent + 1, "0")
    if currency.exponent == 0:
        return f"{sign}{digits}"
    return f"{sign}{digits[: -currency.exponent]}.{digits[-currency.exponent :]}"


def total(amounts: Sequence[Money], currency: Currency) -> Money:
    """Sum money of one currency; an empty sequence is zero of it."""
    return sum(amounts, start=Money(0, currency))
