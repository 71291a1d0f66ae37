"""PURE. From a price and a quantity to the steps that price it."""

from collections.abc import Iterator
from fractions import Fraction

from licensing.deals.terms.prices import (
    Graduated,
    Package,
    PerUnit,
    Tier,
    UnitPrice,
    Volume,
)
from licensing.royalties.rates.steps import (
    PackageStep,
    ShareStep,
    Step,
    TierStep,
    UnitStep,
    VolumeStep,
)


def pricing_steps(price: UnitPrice, counted: Fraction) -> Iterator[Step]:
    """Yield the steps that price a counted quantity by the price's own shape."""
    match price:
        case PerUnit():
            yield UnitStep(Fraction(price.per), Fraction(price.unit_price))
        case Graduated():
            yield from _entered_tiers(price, counted)
        case Volume():
            yield _reached_tier(price, counted)
        case Package():
            yield PackageStep(
                Fraction(price.free_units), Fraction(price.per), Fraction(price.unit_price)
            )
        case _:
            yield ShareStep(Fraction(price.rate))


def _entered_tiers(price: Graduated, counted: Fraction) -> Iterator[Step]:
    """Yield each tier that the quantity enters; the first is entered as soon as anything is due.

    A bound is inclusive: a quantity of exactly the bound does not enter the next tier, the
    smallest fraction above it does.
    """
    above = Fraction(0)
    for tier in price.tiers:
        if above and counted <= above:
            return
        yield TierStep(
            above, _bound(tier), Fraction(price.per), Fraction(tier.unit_price), _fee(tier)
        )
        above = Fraction(tier.up_to or 0)


def _reached_tier(price: Volume, counted: Fraction) -> Step:
    reached = next(tier for tier in price.tiers if tier.up_to is None or counted <= tier.up_to)
    return VolumeStep(
        _bound(reached), Fraction(price.per), Fraction(reached.unit_price), _fee(reached)
    )


def _bound(tier: Tier) -> Fraction | None:
    return None if tier.up_to is None else Fraction(tier.up_to)


def _fee(tier: Tier) -> Fraction:
    return Fraction(tier.flat_fee or 0)
