"""PURE. The steps of a trace: what each takes, and what it does to the register.

A step holds its operands only. What it makes of them is computed, both when a charge is rated and
when its trace is replayed, so a recorded result is always one that can be proved.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import ClassVar

from ledger.money import currency, round_half_away
from licensing.royalties.rates.register import ZERO, Register

Results = Mapping[str, Fraction | int]


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a calculation."""

    name: ClassVar[str]

    def apply(self, register: Register) -> Register:
        """Return the register after this step."""
        raise NotImplementedError

    def results(self, after: Register) -> Results:
        """Return what a reader wants to see of the register after this step."""
        return {"amount": after.total}


@dataclass(frozen=True, slots=True)
class CountStep(Step):
    """Counts a quantity, ``times`` over where factors match."""

    name = "count"
    use: str
    unit: str
    quantity: Fraction
    times: Fraction
    territory: str | None = None
    language: str | None = None
    media: str | None = None
    generation: str | None = None

    def apply(self, register: Register) -> Register:
        """Add to the units that tiers see."""
        return replace(register, quantity=register.quantity + self.quantity * self.times)

    def results(self, after: Register) -> Results:
        """Show the units counted so far."""
        return {"counted": after.quantity}


@dataclass(frozen=True, slots=True)
class DeductStep(Step):
    """Takes deductions off a net base; a base does not fall below zero."""

    name = "deduct"
    quantity: Fraction

    def apply(self, register: Register) -> Register:
        """Lower the quantity."""
        return replace(register, quantity=max(register.quantity - self.quantity, ZERO))

    def results(self, after: Register) -> Results:
        """Show what is left."""
        return {"counted": after.quantity}


@dataclass(frozen=True, slots=True)
class _Pricing(Step):
    def cost(self, quantity: Fraction, /) -> Fraction:
        """Return what this step adds, given all units counted."""
        raise NotImplementedError

    def apply(self, register: Register) -> Register:
        """Add the cost to what is priced."""
        return replace(register, priced=register.priced + self.cost(register.quantity))


@dataclass(frozen=True, slots=True)
class UnitStep(_Pricing):
    """Prices every unit alike."""

    name = "unit_price"
    per: Fraction
    unit_price: Fraction

    def cost(self, quantity: Fraction, /) -> Fraction:
        """Return quantity ÷ per × price."""
        return quantity / self.per * self.unit_price


@dataclass(frozen=True, slots=True)
class TierStep(_Pricing):
    """Prices the units of one graduated tier: above one bound, up to and including the next."""

    name = "tier"
    above: Fraction
    up_to: Fraction | None
    per: Fraction
    unit_price: Fraction
    flat_fee: Fraction

    def cost(self, quantity: Fraction, /) -> Fraction:
        """Return the price of the units inside, and the fee for having entered."""
        return self._inside(quantity) / self.per * self.unit_price + self.flat_fee

    def results(self, after: Register) -> Results:
        """Show the units inside and the amount so far."""
        return {"quantity": self._inside(after.quantity), "amount": after.total}

    def _inside(self, quantity: Fraction) -> Fraction:
        top = quantity if self.up_to is None else min(quantity, self.up_to)
        return max(top - self.above, ZERO)


@dataclass(frozen=True, slots=True)
class VolumeStep(_Pricing):
    """Prices the whole quantity at the tier it reaches."""

    name = "volume"
    up_to: Fraction | None
    per: Fraction
    unit_price: Fraction
    flat_fee: Fraction

    def cost(self, quantity: Fraction, /) -> Fraction:
        """Return quantity ÷ per × price, and the fee of the tier."""
        return quantity / self.per * self.unit_price + self.flat_fee


@dataclass(frozen=True, slots=True)
class PackageStep(_Pricing):
    """Prices started packages beyond the free units."""

    name = "package"
    free_units: Fraction
    per: Fraction
    unit_price: Fraction

    def cost(self, quantity: Fraction, /) -> Fraction:
        """Return packages × price."""
        return self._packages(quantity) * self.unit_price

    def results(self, after: Register) -> Results:
        """Show the number of packages and the amount so far."""
        return {"packages": self._packages(after.quantity), "amount": after.total}

    def _packages(self, quantity: Fraction) -> int:
        return math.ceil(max(quantity - self.free_units, ZERO) / self.per)


@dataclass(frozen=True, slots=True)
class ShareStep(_Pricing):
    """Takes a part of revenue."""

    name = "share"
    rate: Fraction

    def cost(self, quantity: Fraction, /) -> Fraction:
        """Return revenue × rate."""
        return quantity * self.rate


@dataclass(frozen=True, slots=True)
class WorksStep(_Pricing):
    """Prices a number of works."""

    name = "works"
    works: int
    each: Fraction

    def cost(self, _quantity: Fraction, /) -> Fraction:
        """Return works × price, whatever units were counted."""
        return self.works * self.each


@dataclass(frozen=True, slots=True)
class FixedStep(_Pricing):
    """A fixed amount, in part where only some days of the period are inside the term."""

    name = "fixed"
    fixed: Fraction
    days: int | None = None
    of_days: int | None = None

    def cost(self, _quantity: Fraction, /) -> Fraction:
        """Return amount × days ÷ all days, whatever units were counted."""
        if self.days is None or self.of_days is None:
            return self.fixed
        return self.fixed * self.days / self.of_days


@dataclass(frozen=True, slots=True)
class ChargedStep(_Pricing):
    """What all prices came to in a window, each rounded already."""

    name = "charged"
    currency: str
    minor: int

    def cost(self, _quantity: Fraction, /) -> Fraction:
        """Return the sum in major units."""
        return Fraction(self.minor, currency(self.currency).minor_per_major)


@dataclass(frozen=True, slots=True)
class EscalateStep(Step):
    """Multiplies what was priced since the escalator before; ``index`` says where from."""

    name = "escalate"
    times: Fraction
    index: str | None = None

    def apply(self, register: Register) -> Register:
        """Move the escalated difference into the amount."""
        gained = (register.priced - register.priced_before) * self.times
        return replace(
            register,
            amount=register.amount + gained,
            priced=ZERO,
            priced_before=register.priced,
        )


@dataclass(frozen=True, slots=True)
class _Bound(Step):
    limit: Fraction

    def _set(self, register: Register, amount: Fraction) -> Register:
        return replace(register, amount=amount, priced=ZERO, priced_before=ZERO)


@dataclass(frozen=True, slots=True)
class MinimumStep(_Bound):
    """Raises the amount to the price's minimum."""

    name = "minimum"

    def apply(self, register: Register) -> Register:
        """Take the larger."""
        return self._set(register, max(register.total, self.limit))


@dataclass(frozen=True, slots=True)
class MaximumStep(_Bound):
    """Lowers the amount to the price's maximum."""

    name = "maximum"

    def apply(self, register: Register) -> Register:
        """Take the smaller."""
        return self._set(register, min(register.total, self.limit))


@dataclass(frozen=True, slots=True)
class RoundStep(Step):
    """The one rounding: to minor units, half away from zero. Begins a new calculation."""

    name = "round"
    currency: str

    def apply(self, register: Register) -> Register:
        """Keep the rounded figure and clear the rest."""
        figure = round_half_away(register.total, currency(self.currency))
        return Register(rounded=(*register.rounded, figure))

    def results(self, after: Register) -> Results:
        """Show the figure in minor units."""
        return {"amount_minor": after.rounded[-1]}


@dataclass(frozen=True, slots=True)
class DifferenceStep(Step):
    """What the window costs up to this period, less what it cost up to the period before."""

    name = "difference"

    def apply(self, register: Register) -> Register:
        """Replace the two figures by their difference."""
        before, through = register.rounded
        return replace(register, rounded=(through - before,))

    def results(self, after: Register) -> Results:
        """Show the figure in minor units."""
        return {"amount_minor": after.rounded[-1]}


@dataclass(frozen=True, slots=True)
class LessStep(Step):
    """Leaves what is due beyond the charges of the prices themselves."""

    name = "less"
    minor: int

    def apply(self, register: Register) -> Register:
        """Take the charges off the last figure."""
        *others, figure = register.rounded
        return replace(register, rounded=(*others, figure - self.minor))

    def results(self, after: Register) -> Results:
        """Show the figure in minor units."""
        return {"amount_minor": after.rounded[-1]}


STEPS: Mapping[str, type[Step]] = {
    step.name: step
    for step in (
        CountStep,
        DeductStep,
        UnitStep,
        TierStep,
        VolumeStep,
        PackageStep,
        ShareStep,
        WorksStep,
        FixedStep,
        ChargedStep,
        EscalateStep,
        MinimumStep,
        MaximumStep,
        RoundStep,
        DifferenceStep,
        LessStep,
    )
}
