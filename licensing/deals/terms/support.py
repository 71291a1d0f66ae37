"""PURE. What the engine executes today; the rest of ``terms/1`` is refused, never ignored."""

from collections.abc import Iterator

from licensing.deals.terms.document import Terms
from licensing.deals.terms.parsing import InvalidTerms
from licensing.errors import Fault


def supported(terms: Terms) -> None:
    """Refuse terms that today's engine could not execute to the letter.

    Raises `InvalidTerms` with a ``not_yet_supported`` fault for each such clause. Quotes and
    offers both ask this, so nobody signs what cannot be charged.
    """
    faults = list(_unsupported(terms))
    if faults:
        raise InvalidTerms("These terms ask for what is not yet supported.", faults=faults)


def _unsupported(terms: Terms) -> Iterator[Fault]:
    for name, clause in _waterfall(terms).items():
        if clause is not None:
            yield _fault(name, f"The clause {name}")


def _waterfall(terms: Terms) -> dict[str, object]:
    return {
        "reserve": terms.reserve,
    }


def _fault(where: str, what: str) -> Fault:
    return Fault(where, "not_yet_supported", f"{what} is not yet supported. Remove it for now.")
