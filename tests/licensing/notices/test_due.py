"""Which periods are due, and by when; worked by hand."""

from datetime import date

import pytest

from licensing.usage.notices.due import Due, Duty, ended, of_period

MONTHLY = Duty({"cadence": "month", "due_days": 20}, date(2026, 10, 1), None, date(2026, 9, 1))
OCTOBER, NOVEMBER, DECEMBER = (date(2026, month, 1) for month in (10, 11, 12))


def test_a_month_is_due_so_many_days_after_its_last() -> None:
    assert of_period(MONTHLY, date(2026, 10, 17)) == Due(
        OCTOBER, date(2026, 10, 31), (OCTOBER,), date(2026, 11, 20)
    )


def test_a_quarter_is_due_as_a_whole_with_its_months_within_the_term() -> None:
    duty = Duty({"cadence": "quarter", "due_days": 10}, date(2026, 11, 15), None, date(2026, 11, 1))

    assert of_period(duty, DECEMBER) == Due(
        OCTOBER, date(2026, 12, 31), (NOVEMBER, DECEMBER), date(2027, 1, 10)
    )


def test_what_was_over_at_signature_is_due_from_then() -> None:
    late = Duty(MONTHLY.reporting, MONTHLY.starts_on, None, date(2027, 1, 5))

    due = of_period(late, OCTOBER)

    assert due is not None
    assert due.due_on == date(2027, 1, 25)


def test_only_periods_that_are_over_are_told_the_oldest_first() -> None:
    told = [due.starts_on for due in ended(MONTHLY, date(2026, 12, 1))]

    assert told == [OCTOBER, NOVEMBER]
    assert list(ended(MONTHLY, date(2026, 10, 31))) == []


def test_nothing_is_due_outside_the_term_or_without_reporting() -> None:
    ended_term = Duty(MONTHLY.reporting, OCTOBER, date(2026, 10, 31), date(2026, 9, 1))
    silent = Duty(None, OCTOBER, None, date(2026, 9, 1))

    assert [due.starts_on for due in ended(ended_term, date(2027, 3, 1))] == [OCTOBER]
    assert of_period(MONTHLY, date(2026, 9, 30)) is None
    assert list(ended(silent, date(2027, 3, 1))) == []


@pytest.mark.parametrize(
    ("cadence", "length"), [("month", 12), ("quarter", 4), ("half_year", 2), ("year", 1)]
)
def test_nothing_older_than_a_year_is_told(cadence: str, length: int) -> None:
    duty = Duty({"cadence": cadence, "due_days": 0}, date(2000, 1, 1), None, date(2000, 1, 1))

    told = list(ended(duty, date(2026, 1, 1)))

    assert len(told) == length
    assert told[-1].ends_on == date(2025, 12, 31)
