"""What the earlier periods of a window bring into a period that is being rated.

A price may add up over a licence year or the whole term, and a cap or a guarantee over several
periods. What such a window counted before is never counted again: each close hands on its tallies
and what its prices came to, and names the closes it was itself rated after. When one of those is
closed again from other inputs, this one no longer stands on what is in force.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from licensing import evidence
from licensing.deals import terms as contract
from licensing.deals.models import Licence
from licensing.deals.terms.prices import PerWork, Window
from licensing.errors import IllegalMove
from licensing.royalties import periods, rates
from licensing.royalties.booking import booked
from licensing.royalties.models import Close, Period, PeriodState
from licensing.royalties.rates import GUARANTEE
from licensing.usage.header import plain


class EarlierPeriodOpen(IllegalMove):
    """A period counts towards a window in which an earlier one is not closed."""

    code = "earlier_period_open"


class EarlierPeriodUnderWay(EarlierPeriodOpen):
    """An earlier period is being closed at this moment; this one follows it."""

    code = "earlier_period_under_way"


@dataclass(frozen=True, slots=True)
class Earlier:
    """What a period is rated after; empty for terms that look at one period alone.

    ``parts`` is what each payee had of the guarantee's window before, gross in minor units;
    ``details`` are, by price, the details of the closes in its window: the works paid for before.
    """

    tallies: tuple[rates.Tally, ...] = ()
    charged: tuple[rates.Charged, ...] = ()
    parts: Mapping[str, int] = field(default_factory=dict)
    details: Mapping[str, tuple[Path, ...]] = field(default_factory=dict)


NOTHING_EARLIER = Earlier()


@dataclass(frozen=True, slots=True)
class Carried:
    """What a close hands on to the later periods of its windows."""

    tallies: tuple[rates.Tally, ...]
    charged_minor: int

    def as_json(self) -> dict[str, Any]:
        """Return the row's form; quantities are decimal texts."""
        return {
            "charged_minor": self.charged_minor,
            "tallies": [
                {
                    name: value
                    for name in ("use", "unit", *rates.DIMENSIONS)
                    if (value := getattr(tally, name)) is not None
                }
                | {"quantity": plain(tally.quantity)}
                for tally in self.tallies
            ],
        }


def closes_before(licence: Licence, terms: contract.Terms, span: periods.Span) -> list[Close]:
    """Return the latest close of every earlier period that a window of these terms reaches.

    In the order of their periods. Raises `EarlierPeriodOpen` where one of them is not closed: its
    quantities decide which tier the later ones reach.
    """
    reached = [one for one in _earlier_spans(terms, span) if _reaches(terms, span, one.starts_on)]
    if not reached:
        return []
    found = {
        period.starts_on: period
        for period in Period.objects.filter(
            licence=licence, starts_on__in=[one.starts_on for one in reached]
        )
    }
    for one in reached:
        _require_closed(one, found.get(one.starts_on))
    closes = Close.objects.filter(period__in=found.values()).select_related("period")
    latest = {close.period_id: close for close in closes.order_by("number")}
    return [latest[found[one.starts_on].pk] for one in reached]


def _require_closed(span: periods.Span, period: Period | None) -> None:
    state = PeriodState.OPEN if period is None else period.state
    if state in {PeriodState.DUE, PeriodState.CLOSING}:
        raise EarlierPeriodUnderWay(
            f"{span.starts_on:%Y-%m} is being closed, and these terms add up over several "
            "periods. Wait until it is closed.",
            period=f"{span.starts_on:%Y-%m}",
        )
    if state != PeriodState.CLOSED:
        raise EarlierPeriodOpen(
            f"{span.starts_on:%Y-%m} is not closed, and these terms add up over several periods. "
            "Close it first, also if nothing was used in it.",
            period=f"{span.starts_on:%Y-%m}",
        )


def named(closes: Iterable[Close]) -> tuple[tuple[str, int, str], ...]:
    """Return how a later close names them: the period's first day, number and inputs."""
    return tuple(
        (f"{close.period.starts_on:%Y-%m-%d}", close.number, close.inputs_hash) for close in closes
    )


def named_by(close: Close) -> list[Close]:
    """Return the closes that a close was rated after, as it names them."""
    found = Close.objects.filter(period__licence=close.period.licence_id).select_related("period")
    by_name = {(f"{one.period.starts_on:%Y-%m-%d}", one.number): one for one in found}
    return [by_name[one["period"], one["close"]] for one in close.window]


def gather(
    stack: ExitStack, terms: contract.Terms, span: periods.Span, closes: Sequence[Close]
) -> Earlier:
    """Read what earlier closes hand on; files stay open until the stack closes."""
    if not closes:
        return NOTHING_EARLIER
    guarantee = terms.minimum_guarantee
    guaranteed = [
        close
        for close in closes
        if guarantee and _in(guarantee.window, terms, span, close.period.starts_on)
    ]
    return Earlier(
        tallies=tuple(tally for close in closes for tally in _tallies(close)),
        charged=tuple(
            rates.Charged(close.period.starts_on, close.carried["charged_minor"])
            for close in closes
        ),
        parts=_parts(guaranteed),
        details={
            price.id: tuple(
                stack.enter_context(evidence.local_path(close.detail_key))
                for close in closes
                if _in(price.tally, terms, span, close.period.starts_on)
            )
            for price in terms.prices
            if isinstance(price, PerWork) and price.count == "used" and price.tally != "period"
        },
    )


def later_closes_on(close: Close) -> list[Period]:
    """Return the closed later periods that were rated after other inputs of this one's period."""
    period = close.period
    later = Period.objects.filter(
        licence=period.licence_id, starts_on__gt=period.starts_on, state=PeriodState.CLOSED
    ).order_by("starts_on")
    this = f"{period.starts_on:%Y-%m-%d}"
    return [
        one
        for one in later
        if any(
            named["period"] == this and named["inputs"] != close.inputs_hash
            for named in one.closes.latest("number").window
        )
    ]


def looks_back(terms: contract.Terms) -> bool:
    """Whether any price or bound of these terms adds up over more than one period."""
    return _windows(terms) != {"period"}


def _windows(terms: contract.Terms) -> set[Window]:
    bounds = (terms.cap, terms.minimum_guarantee)
    return {
        "period",
        *(price.tally for price in terms.prices),
        *(one.window for one in bounds if one is not None),
    }


def _earlier_spans(terms: contract.Terms, span: periods.Span) -> list[periods.Span]:
    return [one for one in periods.spans(terms, span.starts_on) if one.starts_on < span.starts_on]


def _reaches(terms: contract.Terms, span: periods.Span, earlier: date) -> bool:
    return any(_in(window, terms, span, earlier) for window in _windows(terms))


def _in(window: Window, terms: contract.Terms, span: periods.Span, earlier: date) -> bool:
    context = rates.Context(span.starts_on, span.ends_on, first=False)
    return rates.reaches(window, terms.grant, context, earlier)


def _tallies(close: Close) -> Iterable[rates.Tally]:
    for one in close.carried["tallies"]:
        quantity = Decimal(one["quantity"])
        yield rates.Tally(**{**one, "quantity": quantity}, period=close.period.starts_on)


def _parts(closes: Sequence[Close]) -> dict[str, int]:
    """Return what each payee had of these closes before any guarantee was added."""
    parts: dict[str, int] = {}
    for close in closes:
        for price_id, division in booked(close.period, upto=close.number).items():
            if price_id == GUARANTEE:
                continue
            for payee, part in division.parts.items():
                parts[payee] = parts.get(payee, 0) + part.gross_minor
    return parts
