"""Cumulative booking: however reports and closes interleave, the books end the same."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from licensing.royalties import closing, verify
from licensing.royalties.models import Charge, Period, PeriodState
from tests.licensing.royalties.books import FERRY, LANTERN, OCTOBER, Books, booked
from tests.licensing.royalties.test_windows import BY_YEAR, NOVEMBER, close_what_is_due

TERM = {"cap": {"amount": "11.00", "window": "year"}}
FIRST = {"oct-1": (OCTOBER, [LANTERN, FERRY]), "nov-1": (NOVEMBER, [LANTERN])}
LATE = {"oct-2": (OCTOBER, [FERRY | {"quantity": "300000"}])}
CORRECTIONS = {
    "oct-1-lantern": ("oct-1", LANTERN | {"quantity": "2700000"}),
    "oct-1-ferry": ("oct-1", FERRY | {"quantity": "0"}),
    "nov-1-lantern": ("nov-1", LANTERN | {"quantity": "1400001"}),
}
EVENTS = [*FIRST, *LATE, *CORRECTIONS]


def happen(books: Books, event: str) -> date:
    """Report or correct; return the month it is about."""
    if event in CORRECTIONS:
        corrected, line = CORRECTIONS[event]
        month, lines, how = FIRST[corrected][0], [line], {"type": "correction"}
        how["corrects"] = corrected
    else:
        month, lines = (FIRST | LATE)[event]
        how = {}
    books.report(lines, report_id=event, period=f"{month:%Y-%m}", **how)
    closing.note_change(books.licence, month)
    return month


def close_all(books: Books) -> None:
    """Close both months, the earlier one first, and what that makes due."""
    for month in (OCTOBER, NOVEMBER):
        period = closing.note_change(books.licence, month)
        if period.state == PeriodState.OPEN:
            closing.request_close(by=books.operator, period_id=period.public_id)
        close_what_is_due()


Amounts = dict[str, int]


def outcome(books: Books, events: Sequence[str], closes: Sequence[bool]) -> tuple[Amounts, Amounts]:
    """Let it happen and close at the end; return balances and charges, and take it all back."""
    with transaction.atomic():
        for event, close in zip(events, closes, strict=True):
            happen(books, event)
            if close:
                close_all(books)
        close_all(books)
        assert list(verify.findings()) == []
        assert not Period.objects.exclude(state=PeriodState.CLOSED).exists()
        charged: Amounts = {}
        for charge in Charge.objects.select_related("period"):
            name = f"{charge.period.label} {charge.price_id}"
            charged[name] = charged.get(name, 0) + charge.amount_minor
        balances = booked()
        transaction.set_rollback(True)
    return balances, {name: minor for name, minor in charged.items() if minor}


@st.composite
def orders(draw: st.DrawFn) -> list[str]:
    """Draw an order of events in which a correction follows what it corrects."""
    order = draw(st.permutations(EVENTS))
    late = [event for event in order if event in CORRECTIONS]
    first = [event for event in order if event not in CORRECTIONS]
    for correction in late:
        least = first.index(CORRECTIONS[correction][0]) + 1
        first.insert(draw(st.integers(least, len(first))), correction)
    return first


@settings(
    max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(order=orders(), closes=st.lists(st.booleans(), min_size=6, max_size=6))
def test_reports_and_corrections_in_any_order_end_in_the_same_books(
    books: Books, order: list[str], closes: list[bool]
) -> None:
    """October has 2.7 + 0.3 million: 2 × 3.00 + 1 × 2.00 = 8.00. November adds 1,400,001 at 2.00.

    That is 2.800002, rounded with October to 10.80, so 2.80; 8.00 + 2.80 stay below the cap.
    """
    books = books.agreed(prices=[BY_YEAR], **TERM)

    balances, charged = outcome(books, EVENTS, [False] * len(EVENTS))

    assert charged == {"2026-10 p": 800, "2026-11 p": 280}
    assert outcome(books, order, closes) == (balances, charged)
