"""PURE. A charge divided: fees first, the rest among payees, to the last minor unit.

A payee's weight in a charge is the sum over works of quantity × share weight ÷ the work's weight
total. It is kept as an integer: every total's numerators are scaled by the least common multiple
of all totals. So a million works collapse to one row per payee and distinct total before they
come here, and nothing is ever rounded before the one division.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from ledger.money import Currency, allocate, round_half_away
from licensing.errors import LicensingError

SUSPENSE = "suspense"
"""The party that receives what nobody owns yet; no organisation can have this slug."""

_WHOLE_UNITS = Currency("XXX", 0)
"""Minor units are rounded as they stand: the amount has left its currency's decimals behind."""


class ImpossibleShares(LicensingError):
    """Weights that no allocation can follow; the catalogue should never have accepted them."""

    code = "shares_impossible"


@dataclass(frozen=True, slots=True)
class Numerator:
    """What one payee gathered over all works whose share weights sum to one total.

    ``numerator`` is Σ quantity × weight as an exact integer. Every numerator of a charge is scaled
    alike, usually by 10^6, because quantities have at most six decimals. A work that nobody owns
    comes with ``weight_total`` 0 and its bare quantity; it belongs to suspense, whoever it names.
    """

    payee: str
    weight_total: int
    numerator: int


@dataclass(frozen=True, slots=True)
class Allocation:
    """Who receives what of a charge, in minor units; fees and parts sum to the charge."""

    fees: Mapping[str, int]
    parts: Mapping[str, int]
    weights: Mapping[str, int]
    """The integer weights that the parts were divided by: the proof of the division."""


def payee_weights(numerators: Iterable[Numerator]) -> dict[str, int]:
    """Return one integer weight per payee, in the proportion of their exact shares.

    Payees with weight 0 are left out. Raises `ImpossibleShares` for anything below zero.
    """
    gathered: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in numerators:
        if row.weight_total < 0 or row.numerator < 0:
            raise ImpossibleShares(
                f"{row.payee} has a share of {row.numerator} in {row.weight_total}.",
                payee=row.payee,
            )
        payee = row.payee if row.weight_total else SUSPENSE
        gathered[row.weight_total or 1][payee] += row.numerator
    common = math.lcm(*gathered)
    weights: dict[str, int] = defaultdict(int)
    for total, numbers in gathered.items():
        for payee, number in numbers.items():
            weights[payee] += number * (common // total)
    smallest = math.gcd(*weights.values()) or 1
    return {payee: weight // smallest for payee, weight in sorted(weights.items()) if weight}


def allocate_charge(
    amount_minor: int,
    numerators: Iterable[Numerator],
    fees: Sequence[tuple[str, Decimal]] = (),
) -> Allocation:
    """Divide a charge into fees and payees' parts.

    Every fee is its rate of the whole charge, none of what an earlier fee left; each is rounded
    half away from zero on its own, and never takes more than is left. The rest goes to the payees
    by largest remainder, equal remainders to the slug that sorts first. Where nothing was used
    there is nobody to divide by, and the rest waits in suspense. A negative charge is divided as
    its positive mirror.
    """
    taken = _fees(amount_minor, fees)
    rest = amount_minor - sum(taken.values())
    weights = payee_weights(numerators) or {SUSPENSE: 1}
    return Allocation(taken, allocate(rest, weights.items()), weights)


def _fees(amount_minor: int, fees: Sequence[tuple[str, Decimal]]) -> dict[str, int]:
    sign = -1 if amount_minor < 0 else 1
    left = abs(amount_minor)
    taken: dict[str, int] = {}
    for recipient, rate in fees:
        if recipient in taken or not 0 <= rate <= 1:
            raise ImpossibleShares(f"The fee of {recipient} is {rate}.", payee=recipient)
        fee = min(round_half_away(abs(amount_minor) * Fraction(rate), _WHOLE_UNITS), left)
        left -= fee
        taken[recipient] = sign * fee
    return taken
