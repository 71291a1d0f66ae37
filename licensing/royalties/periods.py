"""PURE. Accounting periods: calendar months, quarters, half-years or years, by the terms' cadence.

A period is named by its first day. The first period of a licence is the one its term starts in,
however late in it; amounts that are due once fall due there.
"""

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from licensing.deals.terms import Terms

MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}


@dataclass(frozen=True, slots=True)
class Span:
    """A period's first and last day, both in it."""

    starts_on: date
    ends_on: date


def span_of(day: date, cadence: str) -> Span:
    """Return the period of this cadence that holds a day."""
    months = MONTHS[cadence]
    first = (day.month - 1) // months * months + 1
    last = first + months - 1
    return Span(
        date(day.year, first, 1),
        date(day.year, last, calendar.monthrange(day.year, last)[1]),
    )


def cadence_of(terms: Terms) -> str:
    """Return how often usage is accounted for; monthly where the terms are silent."""
    return terms.reporting.cadence if terms.reporting else "month"


def spans(terms: Terms, until: date) -> Iterator[Span]:
    """Yield the periods of a term from its first one to the one that holds ``until``."""
    cadence = cadence_of(terms)
    last = until if terms.grant.ends_on is None else min(until, terms.grant.ends_on)
    day = terms.grant.starts_on
    while day <= last:
        span = span_of(day, cadence)
        yield span
        day = span.ends_on + timedelta(days=1)


def is_first(terms: Terms, span: Span) -> bool:
    """Whether the term starts in this period."""
    return span.starts_on <= terms.grant.starts_on <= span.ends_on
