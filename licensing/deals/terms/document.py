"""PURE. The Terms document, version ``terms/1``: its clauses beside the grant and the prices."""

from typing import Annotated, Literal

from pydantic import Field

from licensing.deals.terms.clause import Clause
from licensing.deals.terms.grant import Grant
from licensing.deals.terms.prices import Price, Window
from licensing.deals.terms.scalars import (
    CurrencyCode,
    Days,
    PositiveAmount,
    Rate,
    Token,
    WorkId,
)

SCHEMA = "terms/1"


class Advance(Clause):
    """Money paid ahead and earned back from later charges."""

    amount: PositiveAmount
    release: Literal["on_receipt"]
    group: Token | None = None
    """Licences of the same two parties with the same group recoup one another's advances."""


class WindowAmount(Clause):
    """An amount over all prices together, per window."""

    amount: PositiveAmount
    window: Window


class Points(Clause):
    """How many points each of some works has: works named one by one, or all of a kind."""

    works: Annotated[tuple[WorkId, ...], Field(max_length=10_000)] = ()
    kinds: Annotated[tuple[Token, ...], Field(max_length=100)] = ()
    points: Annotated[int, Field(ge=0, le=1_000_000)]


class Distribution(Clause):
    """How a charge is divided among works before the shares of each work divide it on.

    By usage, by every work used alike, or by points: a work named by its id has the points of
    that rule, any other those of its kind, and any other still ``otherwise``.
    """

    key: Literal["usage", "equal_per_work", "points"]
    points: Annotated[tuple[Points, ...], Field(max_length=200)] = ()
    otherwise: Annotated[int, Field(ge=0, le=1_000_000)] | None = None
    """The points of a work that no rule names; absent: none."""


class Fee(Clause):
    """A part of each charge that stays with whoever does the collecting."""

    to: Literal["collective", "operator"]
    rate: Rate


class Reserve(Clause):
    """A part of earnings held back against corrections."""

    rate: Rate
    months: Annotated[int, Field(ge=1, le=60)]


class Reporting(Clause):
    """How often usage is reported, and how many days after the period's end."""

    cadence: Literal["month", "quarter", "half_year", "year"]
    due_days: Days


class Payment(Clause):
    """When an invoice is due, and the yearly interest after that."""

    due_days: Days
    late_interest: Rate | None = None


class Audit(Clause):
    """The right to look into the licensee's counts."""

    notice_days: Days
    look_back_years: Annotated[int, Field(ge=0, le=50)]


class Duties(Clause):
    """What the licensee must do beside paying."""

    attribution: bool | None = None
    output_limit_words: Annotated[int, Field(ge=0, le=1_000_000)] | None = None
    audit: Audit | None = None


class Terms(Clause):
    """All that both sides sign. An absent clause was not agreed; a zero was agreed as zero."""

    version: Annotated[Literal["terms/1"], Field(alias="schema")]
    currency: CurrencyCode
    grant: Grant
    prices: Annotated[tuple[Price, ...], Field(min_length=1, max_length=200)]
    advance: Advance | None = None
    minimum_guarantee: WindowAmount | None = None
    cap: WindowAmount | None = None
    distribution: Distribution = Distribution(key="usage")
    fees: Annotated[tuple[Fee, ...], Field(max_length=10)] = ()
    reserve: Reserve | None = None
    reporting: Reporting | None = None
    payment: Payment | None = None
    dispute_days: Days | None = None
    duties: Duties | None = None
    special_conditions: Annotated[str, Field(min_length=1, max_length=20_000)] | None = None
    """Free text that is signed with the rest and that no program executes."""
