"""PURE. Two small questions that several checks ask."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction

from ledger.money import Currency
from licensing.errors import Fault


def repeated(values: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Yield the place and value of everything that stood earlier in the sequence already."""
    seen: set[str] = set()
    for at, value in enumerate(values):
        if value in seen:
            yield at, value
        seen.add(value)


def decimals_faults(where: str, amount: Decimal | None, unit: Currency) -> Iterator[Fault]:
    """Refuse an amount that is owed as it stands and that the currency cannot express."""
    if amount is not None and (Fraction(amount) * unit.minor_per_major).denominator != 1:
        yield Fault(
            where,
            "too_many_decimals",
            f"{amount:f} has more decimals than {unit.code} has ({unit.exponent}).",
        )
