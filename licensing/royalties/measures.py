"""What divides each price of a licence among the works, and so among their owners."""

import math
from collections.abc import Mapping, Sequence

from licensing.deals import terms as contract
from licensing.deals.terms.prices import PerWork, Price, UnitPrice
from licensing.royalties import rates
from licensing.royalties.earlier import Earlier
from licensing.royalties.tally import Count, Kind, Measure, PeriodLines


def of(terms: contract.Terms, lines: PeriodLines, earlier: Earlier) -> Mapping[str, Measure]:
    """Return what divides each price, by its id; a price left out is divided equally.

    By the key ``usage`` a price per unit is divided by the lines it counts, each as often as its
    factors count it; a price per work used by the works used, each counting one; a fixed amount
    by the lines of its uses if they are all of one unit. By ``equal_per_work`` every work that was
    used counts one, by ``points`` as many as the terms give it, however much of it was used. What
    falls due without usage, or where several units would have to be added, or for every licensed
    work, gives every licensed work the same.
    """
    counts = [one for one in lines.counts(dimensions(terms)) if one.quantity]
    found = ((price.id, _measure(terms, price, counts, earlier)) for price in terms.prices)
    return {price_id: measure for price_id, measure in found if measure}


def dimensions(terms: contract.Terms) -> tuple[str, ...]:
    """Return what lines are told apart by: the dimensions that some factor asks about."""
    asked = {
        name
        for price in terms.prices
        for factor in price.factors
        for name in factor.when.dimensions()
    }
    return tuple(name for name in rates.DIMENSIONS if name in asked)


def _measure(
    terms: contract.Terms, price: Price, counts: Sequence[Count], earlier: Earlier
) -> Measure | None:
    uses = contract.expand(price.uses or terms.grant.uses)
    used = [one for one in counts if one.use in uses]
    points = terms.distribution.key == "points"
    if isinstance(price, PerWork):
        if price.count == "licensed" or not used:
            return None
        seen = earlier.details.get(price.id, ())
        return Measure(_kinds(used), each_work=True, points=points, seen=seen, seen_price=price.id)
    if isinstance(price, UnitPrice):
        used = [one for one in used if one.unit == price.unit]
    if not used:
        return None
    if terms.distribution.key != "usage":
        return Measure(_kinds(used), each_work=True, points=points)
    if isinstance(price, UnitPrice):
        return _weighed(terms, price, used)
    return Measure(_kinds(used)) if len({one.unit for one in used}) == 1 else None


def _kinds(counts: Sequence[Count]) -> list[Kind]:
    return sorted({(one.use, one.unit) for one in counts})


def _weighed(terms: contract.Terms, price: UnitPrice, counts: Sequence[Count]) -> Measure:
    """Return the measure of a price's lines, weighed by how often its factors count each.

    In whole numbers of one proportion. Lines count alike where all factors agree, and where they
    leave nothing of any: the price then bills a minimum, and usage is all there is to divide by.
    """
    asked = dimensions(terms)
    often = {tuple(getattr(one, name) for name in asked): one for one in counts}
    times = {stated: rates.times(price, one.tally) for stated, one in often.items()}
    common = math.lcm(*(one.denominator for one in times.values()))
    whole = {stated: int(one * common) for stated, one in times.items()}
    smallest = math.gcd(*whole.values())
    if len(set(whole.values())) == 1:
        return Measure(_kinds(counts))
    weights = {stated: number // smallest for stated, number in whole.items()}
    return Measure(_kinds(counts), weights, asked)
