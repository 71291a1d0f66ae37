"""PURE. What bounds all prices together: the cap, and the minimum guarantee at its window's end.

Both are charges of their own beside the prices', so a statement shows what the prices came to and
what the bound took or added. The cap comes first, as the waterfall says; the guarantee is trued up
in the last accounting period of its window.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from licensing.deals.terms import Terms
from licensing.deals.terms.document import WindowAmount
from licensing.deals.terms.prices import Window
from licensing.royalties.rates.steps import (
    ChargedStep,
    DifferenceStep,
    LessStep,
    MaximumStep,
    MinimumStep,
    RoundStep,
    Step,
)
from licensing.royalties.rates.tallies import ChargeDraft, Context
from licensing.royalties.rates.trace import write
from licensing.royalties.rates.window import reaches

CAP, GUARANTEE = "cap", "minimum_guarantee"


@dataclass(frozen=True, slots=True)
class Charged:
    """What all prices of one accounting period come to, as rated now, in minor units."""

    period: date
    amount_minor: int


def bound(terms: Terms, charged: Sequence[Charged], context: Context) -> list[ChargeDraft]:
    """Return the charges that keep this period within the cap and up to the guarantee.

    ``charged`` holds this period and every earlier one that a window reaches, each rated anew from
    what is now in force; periods may be missing where nothing was charged. A cap's charge is
    negative, or positive where a correction gives back what it took. A guarantee's falls due only
    in the last period of its window.
    """
    drafts = [*_cap(terms, charged, context), *_guarantee(terms, charged, context)]
    return [draft for draft in drafts if draft.amount_minor]


def _cap(terms: Terms, charged: Sequence[Charged], context: Context) -> Iterator[ChargeDraft]:
    if terms.cap is not None:
        before, now = _window_totals(terms, terms.cap.window, charged, context)
        limit = MaximumStep(Fraction(terms.cap.amount))
        steps: list[Step] = []
        for minor in (before, before + now):
            steps += [ChargedStep(terms.currency, minor), limit, RoundStep(terms.currency)]
        yield _draft(terms, CAP, [*steps, DifferenceStep(), LessStep(now)])


def _guarantee(terms: Terms, charged: Sequence[Charged], context: Context) -> Iterator[ChargeDraft]:
    guarantee = terms.minimum_guarantee
    if guarantee is not None and _ends_window(terms, guarantee, context):
        capped = [
            Charged(one.period, one.amount_minor + _taken_by_cap(terms, charged, context, one))
            for one in charged
        ]
        whole = sum(_window_totals(terms, guarantee.window, capped, context))
        yield _draft(
            terms,
            GUARANTEE,
            [
                ChargedStep(terms.currency, whole),
                MinimumStep(Fraction(guarantee.amount)),
                RoundStep(terms.currency),
                LessStep(whole),
            ],
        )


def _taken_by_cap(terms: Terms, charged: Sequence[Charged], context: Context, one: Charged) -> int:
    then = Context(one.period, one.period, first=context.first and one.period == context.starts_on)
    return sum(draft.amount_minor for draft in _cap(terms, charged, then))


def _window_totals(
    terms: Terms, window: Window, charged: Sequence[Charged], context: Context
) -> tuple[int, int]:
    """Return what the window came to before this period, and this period's own charges."""
    before = now = 0
    for one in charged:
        if one.period == context.starts_on:
            now += one.amount_minor
        elif reaches(window, terms.grant, context, one.period):
            before += one.amount_minor
    return before, now


def _ends_window(terms: Terms, guarantee: WindowAmount, context: Context) -> bool:
    last_day = terms.grant.ends_on
    if context.last or (last_day is not None and context.ends_on >= last_day):
        return True
    after = context.ends_on + timedelta(days=1)
    following = Context(after, after, first=False)
    return not reaches(guarantee.window, terms.grant, following, context.starts_on)


def _draft(terms: Terms, name: str, steps: Sequence[Step]) -> ChargeDraft:
    trace, amount_minor = write(steps)
    return ChargeDraft(name, None, Decimal(1), terms.currency, amount_minor, trace)
