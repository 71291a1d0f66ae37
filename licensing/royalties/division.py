"""PURE. A charge divided so that every party's way from gross to net is known, and differences.

`allocate_charge` decides fees and net parts. The fees are then laid on the payees by the same
weights, so that each payee's gross less its fees is its net, and the columns sum to the charge.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from ledger.money import allocate
from licensing.royalties.allocation import Numerator, allocate_charge


@dataclass(frozen=True, slots=True)
class Part:
    """One payee's part of a charge in minor units; gross is net and both fees together."""

    net_minor: int = 0
    operator_fee_minor: int = 0
    collective_fee_minor: int = 0
    weight: int = 0

    @property
    def gross_minor(self) -> int:
        """What the part is before the fees."""
        return self.net_minor + self.operator_fee_minor + self.collective_fee_minor

    def minus(self, booked: "Part") -> "Part":
        """Return what is still to be booked; the weight stays that of the whole."""
        return Part(
            self.net_minor - booked.net_minor,
            self.operator_fee_minor - booked.operator_fee_minor,
            self.collective_fee_minor - booked.collective_fee_minor,
            self.weight,
        )

    @property
    def moves(self) -> bool:
        """Whether anything is to be booked."""
        return bool(self.net_minor or self.operator_fee_minor or self.collective_fee_minor)


@dataclass(frozen=True, slots=True)
class Division:
    """A charge and its parts by payee (slug, or `allocation.SUSPENSE`), in minor units."""

    amount_minor: int
    operator_fee_minor: int
    collective_fee_minor: int
    parts: Mapping[str, Part]

    def minus(self, booked: "Division") -> "Division":
        """Return the difference that makes what is booked equal to this.

        Payees whose part comes to nothing are named the first time, so that a statement shows
        what was used and left out of corrections that do not concern them.
        """
        payees = sorted({*self.parts, *booked.parts})
        differences = {
            payee: self.parts.get(payee, Part()).minus(booked.parts.get(payee, Part()))
            for payee in payees
        }
        return Division(
            self.amount_minor - booked.amount_minor,
            self.operator_fee_minor - booked.operator_fee_minor,
            self.collective_fee_minor - booked.collective_fee_minor,
            {payee: part for payee, part in differences.items() if part.moves or not booked.parts},
        )

    @property
    def moves(self) -> bool:
        """Whether anything is to be booked; an amount may stay while its parts move."""
        return bool(
            self.amount_minor
            or self.operator_fee_minor
            or self.collective_fee_minor
            or any(part.moves for part in self.parts.values())
        )


NOTHING = Division(0, 0, 0, {})


def divide(
    amount_minor: int, numerators: Iterable[Numerator], fees: Sequence[tuple[str, Decimal]]
) -> Division:
    """Divide a charge among payees after the fees of the operator and the collective.

    Raises `ImpossibleShares` as `allocate_charge` does.
    """
    whole = allocate_charge(amount_minor, numerators, fees)
    operator = whole.fees.get("operator", 0)
    collective = whole.fees.get("collective", 0)
    operator_parts = allocate(operator, whole.weights.items())
    collective_parts = allocate(collective, whole.weights.items())
    return Division(
        amount_minor,
        operator,
        collective,
        {
            payee: Part(net, operator_parts[payee], collective_parts[payee], whole.weights[payee])
            for payee, net in whole.parts.items()
        },
    )
