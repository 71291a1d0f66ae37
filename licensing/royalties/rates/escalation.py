"""PURE. What a price is multiplied by in a period: as agreed, or as an index has moved."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction

from licensing.deals.terms import PriceBase, Terms
from licensing.deals.terms.prices import IndexRatio
from licensing.errors import LicensingError
from licensing.royalties.rates.steps import EscalateStep

Indices = Mapping[tuple[str, str], Decimal]
"""Readings of indices by series and month, as ``("JP-CPI", "2026-09")``; all above zero."""


class IndexMissing(LicensingError):
    """A price is multiplied by an index of which nobody has entered the reading."""

    code = "index_missing"


def escalation(price: PriceBase, period_starts_on: date, indices: Indices) -> EscalateStep | None:
    """Return what multiplies a price in the period that starts on this day, exactly.

    None where the price has no escalators at all, and 1 before the first has begun. Raises
    `IndexMissing` where the one that counts names a reading that is not among these.
    """
    if not price.escalators:
        return None
    step = price.escalator(period_starts_on)
    if step is None:
        return EscalateStep(Fraction(1))
    if step.index is not None:
        return EscalateStep(ratio(step.index, indices), str(step.index))
    return EscalateStep(Fraction(step.times or 0))


def ratio(index: IndexRatio, indices: Indices) -> Fraction:
    """Return how far an index has moved; raises `IndexMissing` for the first month lacking."""
    return _reading(index.series, index.month, indices) / _reading(
        index.series, index.base, indices
    )


def readings_named(terms: Terms, on: date) -> Iterator[tuple[str, str]]:
    """Yield the series and months that prices may need in a period that starts on this day."""
    for price in terms.prices:
        for step in price.escalators:
            if step.index is not None and step.starts_on <= on:
                yield step.index.series, step.index.base
                yield step.index.series, step.index.month


def _reading(series: str, month: str, indices: Indices) -> Fraction:
    if (series, month) not in indices:
        raise IndexMissing(
            f"The reading of {series} for {month} is missing. Finance enters it among the index "
            "readings; then this can be priced.",
            series=series,
            month=month,
        )
    return Fraction(indices[series, month])
