"""PURE. What the engine executes today; the rest of ``terms/1`` is refused, never ignored."""

from collections.abc import Iterator

from licensing.deals.terms.document import Terms
from licensing.deals.terms.parsing import InvalidTerms
from licensing.deals.terms.prices import Price
from licensing.errors import Fault

FACTORS_BY = frozenset({"territory"})
"""What a usage line states, so that a factor can be told by it."""
RATED_DISTRIBUTIONS = frozenset({"usage"})


def supported(terms: Terms) -> None:
    """Refuse terms that today's engine could not execute to the letter.

    Raises `InvalidTerms` with a ``not_yet_supported`` fault for each such clause. Quotes and
    offers both ask this, so nobody signs what cannot be charged.
    """
    faults = list(_unsupported(terms))
    if faults:
        raise InvalidTerms("These terms ask for what is not yet supported.", faults=faults)


def _unsupported(terms: Terms) -> Iterator[Fault]:
    for at, price in enumerate(terms.prices):
        yield from _unsupported_in(f"prices[{at}]", price)
    for name, clause in _waterfall(terms).items():
        if clause is not None:
            yield _fault(name, f"The clause {name}")
    if terms.distribution.key not in RATED_DISTRIBUTIONS:
        yield _fault("distribution.key", f'Distribution by "{terms.distribution.key}"')


def _unsupported_in(where: str, price: Price) -> Iterator[Fault]:
    if price.tally != "period":
        yield _fault(f"{where}.tally", f"A tally over the {price.tally}")
    for at, factor in enumerate(price.factors):
        for name in sorted(factor.when.dimensions().keys() - FACTORS_BY):
            yield _fault(f"{where}.factors[{at}].when.{name}", f"A factor by {name}")


def _waterfall(terms: Terms) -> dict[str, object]:
    return {
        "minimum_guarantee": terms.minimum_guarantee,
        "cap": terms.cap,
        "reserve": terms.reserve,
    }


def _fault(where: str, what: str) -> Fault:
    return Fault(where, "not_yet_supported", f"{what} is not yet supported. Remove it for now.")
