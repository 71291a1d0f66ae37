"""PURE. The state of a calculation between two steps of a trace."""

from dataclasses import dataclass
from fractions import Fraction

ZERO = Fraction(0)


@dataclass(frozen=True, slots=True)
class Register:
    """What the steps so far have counted, priced and rounded.

    ``quantity`` are the units that tiers see. ``priced`` is the amount of the steps since the last
    escalator, ``priced_before`` what the same quantity had cost at the escalator before; ``amount``
    is everything already escalated. ``rounded`` keeps one figure in minor units for each time the
    window was rated: up to the period before, and up to this one.
    """

    quantity: Fraction = ZERO
    priced: Fraction = ZERO
    priced_before: Fraction = ZERO
    amount: Fraction = ZERO
    rounded: tuple[int, ...] = ()

    @property
    def total(self) -> Fraction:
        """The amount in major units that a bound or the rounding applies to."""
        return self.amount + self.priced
