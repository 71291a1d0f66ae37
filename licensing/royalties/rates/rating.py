"""PURE. From terms and tallies to charges, each with its trace."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import groupby

from licensing.deals.terms import Terms
from licensing.deals.terms.prices import Flat, PerWork, Pool, Price, RevenueShare, UnitPrice
from licensing.errors import LicensingError
from licensing.royalties.rates.escalation import escalation
from licensing.royalties.rates.matching import DIMENSIONS, merged, times
from licensing.royalties.rates.rational import as_decimal
from licensing.royalties.rates.register import Register
from licensing.royalties.rates.shapes import pricing_steps
from licensing.royalties.rates.steps import (
    CountStep,
    DeductStep,
    DifferenceStep,
    FixedStep,
    MaximumStep,
    MinimumStep,
    RoundStep,
    Step,
    WorksStep,
)
from licensing.royalties.rates.tallies import ChargeDraft, Context, Tally, Works
from licensing.royalties.rates.trace import write
from licensing.royalties.rates.window import days_inside, has_earlier_periods, reaches, window_start

LARGEST_MINOR = 2**63 - 1
Placed = tuple[date, Tally]
"""A tally with the first day of the accounting period that it belongs to."""


class AmountTooLarge(LicensingError):
    """A charge beyond what an account can hold; the terms or the counts are wrong."""

    code = "amount_too_large"
    status = 422


def rate(terms: Terms, tallies: Sequence[Tally], context: Context) -> list[ChargeDraft]:
    """Return what one accounting period costs: a draft for each price that was used or is due.

    Everything is exact until the one rounding of each charge, half away from zero. A price that
    adds up over a year or the term costs what its window costs up to this period, less what it
    cost up to the period before, each rounded once: so the charges of a window always sum to the
    window's own amount, and a period rated again after a correction gives the difference.

    The order of the tallies does not matter. Tallies that no price counts are left out here; ask
    `unpriced` for them. Raises `AmountTooLarge`, `IndexMissing` where a reading that counts is not
    in ``context.indices``, and `KeyError` if ``context.works`` lacks a ``per_work`` price. A period
    without a day of the term costs nothing.
    """
    if not days_inside(terms.grant, context)[0]:
        return []
    placed = [(tally.period or context.starts_on, tally) for tally in tallies]
    drafts = (_charge(terms, price, placed, context) for price in terms.prices)
    return [draft for draft in drafts if draft.amount_minor or draft.quantity]


def _charge(terms: Terms, price: Price, placed: Sequence[Placed], context: Context) -> ChargeDraft:
    unit: str | None
    match price:
        case Flat() | Pool():
            steps = list(_fixed(terms, price, context))
            unit, quantity = None, Decimal(bool(steps))
        case PerWork():
            works = context.works[price.id]
            steps = list(_per_work(terms, price, works, context))
            unit, quantity = "work", Decimal(works.now - works.before)
        case _:
            steps = list(_usage(terms, price, placed, context))
            unit, quantity = price.unit, _used(terms, price, placed, context)
    trace, amount_minor = write(steps or [RoundStep(terms.currency)])
    if abs(amount_minor) > LARGEST_MINOR:
        raise AmountTooLarge(
            f'The price "{price.id}" comes to {amount_minor} minor units. Check the counts.',
            price=price.id,
        )
    return ChargeDraft(price.id, unit, quantity, terms.currency, amount_minor, trace)


def _fixed(terms: Terms, price: Flat | Pool, context: Context) -> Iterator[Step]:
    amount = Fraction(price.amount)
    if isinstance(price, Pool):
        yield FixedStep(amount)
    else:
        days, all_days = days_inside(terms.grant, context)
        if not (context.first if price.due == "once" else days):
            return
        yield FixedStep(amount, days, all_days) if price.prorate else FixedStep(amount)
    if escalated := escalation(price, context.starts_on, context.indices):
        yield escalated
    yield from _bounds(price)
    yield RoundStep(terms.currency)


def _per_work(terms: Terms, price: PerWork, works: Works, context: Context) -> Iterator[Step]:
    if has_earlier_periods(price.tally, terms.grant, context):
        yield from _works(terms, price, works.before, context)
        yield from _works(terms, price, works.now, context)
        yield DifferenceStep()
    else:
        yield from _works(terms, price, works.now, context)


def _works(terms: Terms, price: PerWork, works: int, context: Context) -> Iterator[Step]:
    if works or price.zero_usage == "charge":
        yield WorksStep(works, Fraction(price.amount))
        if escalated := escalation(price, context.starts_on, context.indices):
            yield escalated
        yield from _bounds(price)
    yield RoundStep(terms.currency)


def _usage(
    terms: Terms, price: UnitPrice, placed: Sequence[Placed], context: Context
) -> Iterator[Step]:
    window = [
        (period, tally)
        for period, tally in placed
        if reaches(price.tally, terms.grant, context, period) and _concerns(terms, price, tally)
    ]
    if has_earlier_periods(price.tally, terms.grant, context):
        earlier = [(period, tally) for period, tally in window if period < context.starts_on]
        yield from _window_steps(terms, price, earlier, context)
        yield from _window_steps(terms, price, window, context)
        yield DifferenceStep()
    else:
        yield from _window_steps(terms, price, window, context)


def _window_steps(
    terms: Terms, price: UnitPrice, window: Sequence[Placed], context: Context
) -> Iterator[Step]:
    """Yield the steps from nothing to the one rounded figure that these quantities cost."""
    counted, due = Fraction(0), price.zero_usage == "charge"
    for escalated, tallies in _segments(terms, price, window, context):
        counting = list(_counting_steps(price, tallies))
        yield from counting
        counted = _counted(counting, counted)
        due = due or any(tally.quantity for tally in tallies if tally.unit == price.unit)
        if due:
            yield from pricing_steps(price, counted)
            if escalated:
                yield escalated
    if due:
        yield from _bounds(price)
    yield RoundStep(terms.currency)


def _segments(
    terms: Terms, price: UnitPrice, window: Sequence[Placed], context: Context
) -> Iterator[tuple[Step | None, list[Tally]]]:
    """Yield runs of quantities under one escalator, in the order of their periods.

    What is due without any usage is due from the window's first day, under its escalator.
    """
    dated = [(period, [tally]) for period, tally in window]
    if price.zero_usage == "charge":
        dated.append((window_start(price.tally, terms.grant, context), []))
    dated.sort(key=lambda one: one[0])
    for escalated, run in groupby(
        dated, key=lambda one: escalation(price, one[0], context.indices)
    ):
        yield escalated, [tally for _, tallies in run for tally in tallies]


def _counting_steps(price: UnitPrice, tallies: Sequence[Tally]) -> Iterator[Step]:
    deducted = Fraction(0)
    for kind in merged(price, tallies):
        often = times(price, kind)
        if kind.unit == price.unit:
            named = {name: getattr(kind, name) for name in DIMENSIONS}
            yield CountStep(kind.use, kind.unit, Fraction(kind.quantity), often, **named)
        else:
            deducted += Fraction(kind.quantity) * often
    if deducted:
        yield DeductStep(deducted)


def _counted(steps: Sequence[Step], already: Fraction) -> Fraction:
    register = Register(quantity=already)
    for step in steps:
        register = step.apply(register)
    return register.quantity


def _bounds(price: Price) -> Iterator[Step]:
    if price.minimum is not None:
        yield MinimumStep(Fraction(price.minimum))
    if price.maximum is not None:
        yield MaximumStep(Fraction(price.maximum))


def _concerns(terms: Terms, price: UnitPrice, tally: Tally) -> bool:
    deductions = price.deductions if isinstance(price, RevenueShare) else ()
    return tally.unit in {price.unit, *deductions} and price.applies_to(tally.use, terms.grant.uses)


def _used(terms: Terms, price: UnitPrice, placed: Sequence[Placed], context: Context) -> Decimal:
    """Return what was used of the price's unit in this period alone, before any factor."""
    now = (
        Fraction(tally.quantity)
        for period, tally in placed
        if period == context.starts_on
        and tally.unit == price.unit
        and _concerns(terms, price, tally)
    )
    return as_decimal(sum(now, Fraction(0)))
