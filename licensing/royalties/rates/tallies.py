"""PURE. What rating takes in: counted quantities, and the accounting period they are for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from licensing.royalties.rates.trace import Record

MAX_PLACES = 6


@dataclass(frozen=True, slots=True)
class Tally:
    """The accepted quantity of one kind of usage in one accounting period of a licence.

    One tally per distinct (use, unit, and the dimensions that factors ask about); several of the
    same kind add up. ``period`` is the first day of the accounting period the lines belong to;
    None is the period being rated. Only prices that add up over a year or the term look at
    earlier periods, so a caller may leave those out for terms without such prices.
    """

    use: str
    unit: str
    quantity: Decimal
    territory: str | None = None
    language: str | None = None
    media: str | None = None
    generation: str | None = None
    period: date | None = None

    def __post_init__(self) -> None:
        """Refuse what a usage line could not have said: raises `TypeError` or `ValueError`."""
        if not isinstance(self.quantity, Decimal):
            raise TypeError("a quantity is a Decimal")
        if not self.quantity.is_finite() or self.quantity < 0:
            raise ValueError(f"a quantity is a number of at least 0, not {self.quantity}")
        exponent = self.quantity.as_tuple().exponent
        if not isinstance(exponent, int) or exponent < -MAX_PLACES:
            raise ValueError(f"a quantity has at most {MAX_PLACES} decimals, not {self.quantity}")


@dataclass(frozen=True, slots=True)
class Works:
    """How many distinct works a ``per_work`` price counts.

    ``now`` counts the price's window up to and including this period, ``before`` up to the period
    before; both over the licensed or the used works, as the price says. ``before`` is 0 in the
    first period of a window, so with ``tally: period`` it always is.
    """

    now: int
    before: int = 0


@dataclass(frozen=True, slots=True)
class Context:
    """The accounting period being rated, and what cannot be told from quantities.

    ``first`` is the licence's first accounting period, in which amounts due once fall due.
    ``works`` has an entry for every ``per_work`` price, by its id. ``last`` marks the last period
    of a licence that was terminated; the end of its term needs no mark. ``indices`` are the
    readings of indices by series and month, as ``("JP-CPI", "2026-09")``.
    """

    starts_on: date
    ends_on: date
    first: bool
    works: Mapping[str, Works] = field(default_factory=dict)
    last: bool = False
    indices: Mapping[tuple[str, str], Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ChargeDraft:
    """What the licensee owes for one price in one accounting period, in minor units.

    ``quantity`` is what was used in this period, before any factor; for works their number, for a
    fixed amount 1. ``unit`` is None where the amount is fixed. ``trace`` is plain JSON, and
    `replay` proves it.
    """

    price_id: str
    unit: str | None
    quantity: Decimal
    currency: str
    amount_minor: int
    trace: tuple[Record, ...]
