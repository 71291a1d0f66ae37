"""PURE. What a licence grants, reduced to the questions that are asked of every line."""

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from licensing.deals.terms.document import Terms
from licensing.deals.terms.prices import Graduated, Package, PerUnit, Price, RevenueShare, Volume
from licensing.deals.terms.uses import expand
from licensing.territories import WORLD


@dataclass(frozen=True, slots=True)
class GrantView:
    """A grant as one report meets it.

    ``priced`` holds the (use, unit) pairs some price counts; a use in ``priced_by_any_unit`` is
    paid for by a price that counts no units, so any unit will do to divide it. No territories
    means the whole world, no media every medium.
    """

    uses: frozenset[str]
    priced: frozenset[tuple[str, str]]
    priced_by_any_unit: frozenset[str]
    territories: frozenset[str]
    in_term: bool
    model_granted: bool
    media: frozenset[str] = frozenset()

    @property
    def units(self) -> frozenset[str]:
        """Every unit the licence names."""
        return frozenset(unit for _, unit in self.priced)


def view(terms: Terms, *, period: date, family: str, version: str) -> GrantView:
    """Reduce terms to what a report of one month and one model is judged by.

    A month counts as within the term if any day of it is.
    """
    grant = terms.grant
    last = period.replace(day=calendar.monthrange(period.year, period.month)[1])
    world = WORLD in grant.territory
    return GrantView(
        uses=expand(grant.uses),
        priced=frozenset(
            (use, unit) for price in terms.prices for use, unit in _pairs(price, grant.uses)
        ),
        priced_by_any_unit=frozenset(
            use
            for price in terms.prices
            if not _units(price)
            for use in expand(price.uses or grant.uses)
        ),
        territories=frozenset() if world else frozenset(grant.territory),
        in_term=grant.starts_on <= last and (grant.ends_on is None or period <= grant.ends_on),
        model_granted=grant.permits_model(family, version),
        media=frozenset(grant.media or ()),
    )


def _pairs(price: Price, granted: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for use in expand(price.uses or granted):
        for unit in _units(price):
            yield use, unit


def _units(price: Price) -> tuple[str, ...]:
    """Return the units a price counts; none for a price that is not counted in units."""
    match price:
        case PerUnit() | Graduated() | Volume() | Package():
            return (price.unit,)
        case RevenueShare():
            return (price.unit, *price.deductions)
        case _:
            return ()
