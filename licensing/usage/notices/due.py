"""PURE. Which accounting periods a licensee has to report, which months of them, and by when."""

import calendar
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

CADENCES = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}
LOOK_BACK_DAYS = 365


@dataclass(frozen=True, slots=True)
class Duty:
    """What a licence asks for in reports. ``signed_on`` bounds what it can ask for at once."""

    reporting: Mapping[str, Any] | None
    starts_on: date
    ends_on: date | None
    signed_on: date


@dataclass(frozen=True, slots=True)
class Due:
    """One accounting period to report: its months within the term, and the last day for it."""

    starts_on: date
    ends_on: date
    months: tuple[date, ...]
    due_on: date


def of_period(duty: Duty, day: date) -> Due | None:
    """Return what is due for the accounting period that holds a day, if anything ever is.

    A period that was over at signature is due as many days after the signature as others are
    after their end.
    """
    if not duty.reporting:
        return None
    length = CADENCES[duty.reporting["cadence"]]
    first = (day.month - 1) // length * length + 1
    months = tuple(
        month
        for month in (date(day.year, first + step, 1) for step in range(length))
        if _last_of(month) >= duty.starts_on and (duty.ends_on is None or month <= duty.ends_on)
    )
    if not months:
        return None
    last = _last_of(date(day.year, first + length - 1, 1))
    due_on = max(last, duty.signed_on) + timedelta(days=duty.reporting["due_days"])
    return Due(date(day.year, first, 1), last, months, due_on)


def ended(duty: Duty, today: date) -> Iterator[Due]:
    """Yield the periods that are over, the oldest first, none that ended over a year ago."""
    day = max(duty.starts_on, today - timedelta(days=LOOK_BACK_DAYS)).replace(day=1)
    while day < today:
        due = of_period(duty, day)
        if due is not None and due.ends_on < today:
            yield due
        day = (due.ends_on if due else _last_of(day)) + timedelta(days=1)


def _last_of(month: date) -> date:
    return month.replace(day=calendar.monthrange(month.year, month.month)[1])
