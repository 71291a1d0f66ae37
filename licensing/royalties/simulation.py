"""PURE. What a price costs as usage grows: the numbers behind a curve on a deal's page."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from licensing.deals.terms import Terms
from licensing.deals.terms.prices import Graduated, Package, UnitPrice, Volume
from licensing.errors import LicensingError
from licensing.royalties.quote import first_period
from licensing.royalties.rates import Indices, Tally, rate
from licensing.royalties.rates.rational import as_decimal

SMALLEST = Decimal("0.000001")
INTERVALS = 40
NOTHING_STATED: Mapping[Any, Any] = MappingProxyType({})


class NoCurve(LicensingError):
    """A price that counts no units costs the same whatever is used."""

    code = "price_without_units"
    status = 422


@dataclass(frozen=True, slots=True)
class Point:
    """What a quantity costs in one accounting period, in minor units."""

    quantity: Decimal
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Curve:
    """Charges at rising quantities from 0 to the most asked for.

    ``bounds`` are the tier bounds within, and the end of free units: where the curve bends. A
    quantity just above each bound is among the points, so that a step is seen as a step.
    """

    unit: str
    points: tuple[Point, ...]
    bounds: tuple[Decimal, ...]


def curve(  # noqa: PLR0913 - what a curve is drawn of
    terms: Terms,
    price_id: str,
    most: Decimal,
    intervals: int = INTERVALS,
    *,
    stated: Mapping[str, Any] = NOTHING_STATED,
    beside: Sequence[Tally] = (),
    indices: Indices = NOTHING_STATED,
) -> Curve:
    """Return what one price alone costs in the first period, by quantity of its unit.

    The lines stand for the first use that the price applies to; of what factors ask about they
    state ``stated``. ``beside`` is counted at every point: what is taken off a revenue. Raises
    `NoCurve` for a fixed amount, `IndexMissing` where ``indices`` lack a reading, and `KeyError`
    for a price that is not there.
    """
    price = {one.id: one for one in terms.prices}[price_id]
    if not isinstance(price, UnitPrice):
        raise NoCurve(f'"{price_id}" counts no units.', price=price_id)
    use = (price.uses or terms.grant.uses)[0]
    alone = terms.model_copy(update={"prices": (price,)})
    context = replace(first_period(terms), indices=indices)
    bounds = tuple(bound for bound in _bends(price) if bound < most)
    points = []
    for quantity in sorted(set(_quantities(bounds, most, intervals))):
        drafts = rate(alone, [Tally(use, price.unit, quantity, **stated), *beside], context)
        points.append(Point(quantity, sum(draft.amount_minor for draft in drafts)))
    return Curve(price.unit, tuple(points), bounds)


def _bends(price: UnitPrice) -> Iterator[Decimal]:
    match price:
        case Graduated() | Volume():
            yield from (tier.up_to for tier in price.tiers if tier.up_to is not None)
        case Package() if price.free_units:
            yield price.free_units
        case _:
            return


def _quantities(bounds: tuple[Decimal, ...], most: Decimal, intervals: int) -> Iterator[Decimal]:
    """Yield evenly spaced quantities cut to six decimals, and both sides of every bound."""
    parts = int(Fraction(most) * 10**6)
    for step in range(intervals + 1):
        yield as_decimal(Fraction(parts * step // intervals, 10**6))
    for bound in bounds:
        yield bound
        yield as_decimal(Fraction(bound) + Fraction(SMALLEST))
