"""PURE. Which price counts a line, and how often it counts it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from licensing.deals.terms import Terms
from licensing.deals.terms.conditions import stands_for
from licensing.deals.terms.prices import Price, PriceBase, RevenueShare, UnitPrice
from licensing.royalties.rates.rational import as_decimal
from licensing.royalties.rates.tallies import Tally

DIMENSIONS = ("territory", "language", "media", "generation")


def price_for(terms: Terms, use: str, unit: str) -> Price | None:
    """Return the price that counts a line of this use and unit, or None.

    There is at most one: terms in which two prices count the same line are refused.
    """
    for price in terms.prices:
        counts = isinstance(price, UnitPrice) and price.unit == unit
        if counts and price.applies_to(use, terms.grant.uses):
            return price
    return None


def unpriced(terms: Terms, tallies: Iterable[Tally]) -> list[Tally]:
    """Return the tallies that no price counts, so that nobody overlooks them."""
    return [
        tally
        for tally in tallies
        if price_for(terms, tally.use, tally.unit) is None and not _deducted(terms, tally)
    ]


def _deducted(terms: Terms, tally: Tally) -> bool:
    return any(
        isinstance(price, RevenueShare)
        and tally.unit in price.deductions
        and price.applies_to(tally.use, terms.grant.uses)
        for price in terms.prices
    )


def times(price: PriceBase, tally: Tally) -> Fraction:
    """Return how often a tally counts: the product of all factors that match it."""
    product = Fraction(1)
    for factor in price.factors:
        asked = factor.when.dimensions()
        if all(_matches(name, getattr(tally, name), values) for name, values in asked.items()):
            product *= Fraction(factor.times)
    return product


def _matches(dimension: str, stated: str | None, values: tuple[str, ...]) -> bool:
    """Tell whether what a line states is among what a factor asks for; nothing matches nothing."""
    return stated is not None and any(stands_for(dimension, value, stated) for value in values)


def merged(price: PriceBase, tallies: Iterable[Tally]) -> Iterator[Tally]:
    """Yield one tally per kind that the price tells apart, in a fixed order.

    Dimensions that no factor asks about are dropped, and so are periods.
    """
    asked = {name for factor in price.factors for name in factor.when.dimensions()}
    sums: dict[Tally, Fraction] = defaultdict(Fraction)
    for tally in tallies:
        told_apart = {name: getattr(tally, name) for name in asked}
        kind = Tally(tally.use, tally.unit, Decimal(0), **told_apart)
        sums[kind] += Fraction(tally.quantity)
    for kind in sorted(sums, key=_order):
        yield replace(kind, quantity=as_decimal(sums[kind]))


def _order(tally: Tally) -> tuple[str, ...]:
    return (tally.use, tally.unit, *(getattr(tally, name) or "" for name in DIMENSIONS))
