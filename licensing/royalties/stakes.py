"""What unmatched lines would cost by themselves: an estimate that says what to decide first."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from licensing.deals import terms as contract
from licensing.deals.models import Licence
from licensing.deals.terms.prices import PerWork
from licensing.royalties import periods, rates
from licensing.royalties.indices import readings

Uses = Sequence[tuple[str, str, Decimal]]
"""Quantities by use and unit."""


def of_month(licence: Licence, month: date, found: Sequence[Uses]) -> list[int | None]:
    """Return what each alone would cost in a month, minor units; None where that is not known.

    No price may count it, or the reading of an index that prices follow may be missing.

    Taken alone, so tiers begin anew and amounts that fall due anyway are left out; what is booked
    in the end is the difference that a close makes.
    """
    terms = contract.parse(licence.terms)
    span = periods.span_of(month, periods.cadence_of(terms))
    indices = readings.as_indices(readings.of_terms(terms, span.starts_on))
    try:
        nothing = _total(terms, span, [], indices, used=0)
        return [_estimate(terms, span, one, indices, nothing) for one in found]
    except rates.IndexMissing:
        return [None] * len(found)


def _estimate(
    terms: contract.Terms, span: periods.Span, uses: Uses, indices: rates.Indices, nothing: int
) -> int | None:
    tallies = [rates.Tally(use, unit, quantity) for use, unit, quantity in uses if quantity]
    if not tallies or (
        len(rates.unpriced(terms, tallies)) == len(tallies)
        and not any(isinstance(price, PerWork) for price in terms.prices)
    ):
        return None
    return _total(terms, span, tallies, indices, used=1) - nothing


def _total(
    terms: contract.Terms,
    span: periods.Span,
    tallies: Sequence[rates.Tally],
    indices: rates.Indices,
    *,
    used: int,
) -> int:
    works = {
        price.id: rates.Works(used if price.count == "used" else 0)
        for price in terms.prices
        if isinstance(price, PerWork)
    }
    context = rates.Context(span.starts_on, span.ends_on, first=False, works=works, indices=indices)
    return sum(draft.amount_minor for draft in rates.rate(terms, tallies, context))
