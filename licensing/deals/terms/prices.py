"""PURE. The shapes a price can have, told apart by ``model``."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from licensing.deals.terms.clause import Clause
from licensing.deals.terms.scalars import (
    Amount,
    Count,
    Day,
    Language,
    Month,
    Name,
    PriceId,
    Rate,
    Series,
    Size,
    Territory,
    Times,
    Token,
)
from licensing.deals.terms.uses import Use, covers

Window = Literal["period", "year", "term"]


class Condition(Clause):
    """What a line must be for a factor to count; every dimension named must match."""

    territory: Annotated[tuple[Territory, ...], Field(min_length=1, max_length=250)] | None = None
    language: Annotated[tuple[Language, ...], Field(min_length=1, max_length=100)] | None = None
    media: Annotated[tuple[Token, ...], Field(min_length=1, max_length=50)] | None = None
    generation: Annotated[tuple[Name, ...], Field(min_length=1, max_length=50)] | None = None

    def dimensions(self) -> dict[str, tuple[str, ...]]:
        """Return the dimensions this condition names, each with the values that match."""
        named = {
            "territory": self.territory,
            "language": self.language,
            "media": self.media,
            "generation": self.generation,
        }
        return {name: values for name, values in named.items() if values is not None}


class Factor(Clause):
    """Counts the units of matching lines ``times`` over, before any tier is looked up."""

    when: Condition
    times: Times


class IndexRatio(Clause):
    """The reading of an index in a month, divided by its reading in the base month."""

    series: Series
    base: Month
    month: Month

    def __str__(self) -> str:
        return f"{self.series} {self.month} ÷ {self.base}"


class Escalator(Clause):
    """Multiplies the price in accounting periods that start on or after a day.

    By ``times``, or by how an index has moved: exactly one of the two is said.
    """

    starts_on: Annotated[Day, Field(alias="from")]
    times: Times | None = None
    index: IndexRatio | None = None


class PriceBase(Clause):
    """What every price has: who it is, what it applies to, and the bounds of its amount."""

    id: PriceId
    uses: Annotated[tuple[Use, ...], Field(min_length=1, max_length=20)] | None = None
    """Absent: every use of the grant."""
    minimum: Amount | None = None
    """The least a window costs once it costs anything, in major units."""
    maximum: Amount | None = None
    """The most a window costs, in major units."""
    tally: Window = "period"
    """How far back quantities add up before the price is looked up."""
    zero_usage: Literal["free", "charge"] = "free"
    factors: Annotated[tuple[Factor, ...], Field(max_length=100)] = ()
    escalators: Annotated[tuple[Escalator, ...], Field(max_length=100)] = ()

    def applies_to(self, use: str, granted: tuple[str, ...]) -> bool:
        """Tell whether a line's use falls under this price, given the uses of the grant."""
        return covers(self.uses or granted, use)

    def escalator(self, period_starts_on: date) -> Escalator | None:
        """Return what multiplies the price in the period that starts on this day, if anything.

        Escalators replace one another, they do not pile up: the last one that has begun counts.
        """
        begun = [step for step in self.escalators if step.starts_on <= period_starts_on]
        return begun[-1] if begun else None


class PerUnit(PriceBase):
    """``unit_price`` for every ``per`` units."""

    model: Literal["per_unit"]
    unit: Token
    per: Size = Decimal(1)
    unit_price: Amount


class Tier(Clause):
    """A band of quantity; ``up_to`` is inclusive, null on the last tier, which has no end."""

    up_to: Size | None
    unit_price: Amount
    flat_fee: Amount | None = None


class Graduated(PriceBase):
    """Every tier prices only the units that fall into it, as bands of income tax do."""

    model: Literal["graduated"]
    unit: Token
    per: Size = Decimal(1)
    tiers: Annotated[tuple[Tier, ...], Field(min_length=1, max_length=100)]


class Volume(PriceBase):
    """The whole quantity is priced at the tier it reaches."""

    model: Literal["volume"]
    unit: Token
    per: Size = Decimal(1)
    tiers: Annotated[tuple[Tier, ...], Field(min_length=1, max_length=100)]


class Package(PriceBase):
    """``unit_price`` for every started package of ``per`` units beyond the free ones."""

    model: Literal["package"]
    unit: Token
    per: Size
    unit_price: Amount
    free_units: Count = Decimal(0)


class Flat(PriceBase):
    """A fixed amount, once or in every accounting period."""

    model: Literal["flat"]
    amount: Amount
    due: Literal["once", "each_period"]
    prorate: Literal["days"] | None = None
    """"days": a period only partly inside the term costs its part of the days."""


class PerWork(PriceBase):
    """An amount for every work licensed, or for every work used, in each window of ``tally``."""

    model: Literal["per_work"]
    amount: Amount
    count: Literal["licensed", "used"]


class RevenueShare(PriceBase):
    """A part of revenue reported in ``unit``, in major units of the document's currency."""

    model: Literal["revenue_share"]
    unit: Token = "revenue"
    rate: Rate
    base: Literal["gross", "net"] = "gross"
    deductions: Annotated[tuple[Token, ...], Field(max_length=20)] = ()
    """Units reported beside the revenue and taken off it first, where the base is net."""


class Pool(PriceBase):
    """A fixed amount in every accounting period, divided by the distribution key."""

    model: Literal["pool"]
    amount: Amount


Price = Annotated[
    PerUnit | Graduated | Volume | Package | Flat | PerWork | RevenueShare | Pool,
    Field(discriminator="model"),
]
UnitPrice = PerUnit | Graduated | Volume | Package | RevenueShare
PRICE_MODELS = (
    "per_unit",
    "graduated",
    "volume",
    "package",
    "flat",
    "per_work",
    "revenue_share",
    "pool",
)
