"""PURE. How far back a price adds up: one accounting period, a licence year, or the term."""

from datetime import date, timedelta

from licensing.deals.terms.grant import Grant
from licensing.deals.terms.prices import Window
from licensing.royalties.rates.tallies import Context


def licence_year(starts_on: date, day: date) -> int:
    """Return how many anniversaries of the term's first day have come by this day.

    A term that starts on 29 February has its anniversary on 1 March in other years. A day before
    the term counts as its first day: a calendar period may start before the licence does.
    """
    within = max(day, starts_on)
    years = within.year - starts_on.year
    return years - ((within.month, within.day) < (starts_on.month, starts_on.day))


def reaches(window: Window, grant: Grant, context: Context, period: date) -> bool:
    """Tell whether quantities of an accounting period count in the window being rated.

    A period belongs to the licence year in which it starts. Later periods never count.
    """
    if window == "period" or period > context.starts_on:
        return period == context.starts_on
    if window == "term":
        return True
    start = grant.starts_on
    return licence_year(start, period) == licence_year(start, context.starts_on)


def window_start(window: Window, grant: Grant, context: Context) -> date:
    """Return the day on which the window being rated began."""
    start = grant.starts_on
    if window == "period":
        return context.starts_on
    if window == "term":
        return start
    year = start.year + licence_year(start, context.starts_on)
    if (start.month, start.day) == (2, 29):
        return date(year, 2, 28) + timedelta(days=1)
    return start.replace(year=year)


def has_earlier_periods(window: Window, grant: Grant, context: Context) -> bool:
    """Tell whether the window began in an accounting period before this one."""
    if window == "period" or context.first:
        return False
    return reaches(window, grant, context, context.starts_on - timedelta(days=1))


def days_inside(grant: Grant, context: Context) -> tuple[int, int]:
    """Return how many days of the accounting period are inside the term, and all of its days."""
    last = context.ends_on if grant.ends_on is None else min(context.ends_on, grant.ends_on)
    inside = (last - max(context.starts_on, grant.starts_on)).days + 1
    return max(inside, 0), (context.ends_on - context.starts_on).days + 1
