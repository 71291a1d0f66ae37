"""PURE. What the engine executes today; the rest of ``terms/1`` is refused, never ignored."""

from collections.abc import Iterator

from licensing.deals.terms.document import Terms
from licensing.deals.terms.parsing import InvalidTerms
from licensing.deals.terms.prices import Price
from licensing.errors import Fault

RATED_MODELS = frozenset({"per_unit", "graduated", "flat"})
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
    if price.model not in RATED_MODELS:
        yield _fault(f"{where}.model", f'The price model "{price.model}"')
    for name in ("minimum", "maximum"):
        if getattr(price, name) is not None:
            yield _fault(f"{where}.{name}", f"A {name} per price")
    if price.tally != "period":
        yield _fault(f"{where}.tally", f"A tally over the {price.tally}")
    if price.zero_usage == "charge":
        yield _fault(f"{where}.zero_usage", "Charging for no usage")
    for name in ("factors", "escalators"):
        if getattr(price, name):
            yield _fault(f"{where}.{name}", f"A price with {name}")


def _waterfall(terms: Terms) -> dict[str, object]:
    return {
        "advance": terms.advance,
        "minimum_guarantee": terms.minimum_guarantee,
        "cap": terms.cap,
        "reserve": terms.reserve,
    }


def _fault(where: str, what: str) -> Fault:
    return Fault(where, "not_yet_supported", f"{what} is not yet supported. Remove it for now.")
