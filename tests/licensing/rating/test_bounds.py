from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licensing.deals.terms import Terms
from licensing.royalties.rates import Charged, Context, bound, replay
from tests.licensing.rating.charges import priced
from tests.licensing.terms.documents import PER_MILLION

MONTHS = [date(2026 + (9 + n) // 12, (9 + n) % 12 + 1, 1) for n in range(36)]


def month(number: int, *, last: bool = False) -> Context:
    starts_on = MONTHS[number]
    ends_on = (starts_on + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return Context(starts_on, ends_on, first=number == 0, last=last)


def bounded(**clauses: Any) -> Terms:
    return priced(PER_MILLION, **clauses)


def month_by_month(terms: Terms, charges: list[int]) -> list[dict[str, int]]:
    """Return the bounds' charges of each month, every trace proved."""
    charged = [Charged(MONTHS[number], minor) for number, minor in enumerate(charges)]
    found = []
    for number in range(len(charges)):
        drafts = bound(terms, charged, month(number))
        assert [replay(draft.trace) for draft in drafts] == [draft.amount_minor for draft in drafts]
        found.append({draft.price_id: draft.amount_minor for draft in drafts})
    return found


def test_a_cap_takes_off_what_is_above_it_from_the_month_that_passes_it() -> None:
    terms = bounded(cap={"amount": "100", "window": "year"})

    assert month_by_month(terms, [60_00, 30_00, 25_00, 5_00]) == [
        {},
        {},
        {"cap": -15_00},
        {"cap": -5_00},
    ]


def test_a_cap_of_a_year_is_whole_again_in_the_next_and_a_cap_of_the_term_is_not() -> None:
    charges = [100_00] + [0] * 11 + [70_00]

    assert month_by_month(bounded(cap={"amount": "80", "window": "year"}), charges)[-1] == {}
    assert month_by_month(bounded(cap={"amount": "80", "window": "term"}), charges)[-1] == {
        "cap": -70_00
    }
    assert month_by_month(bounded(cap={"amount": "80", "window": "period"}), charges)[0] == {
        "cap": -20_00
    }


def test_a_downward_correction_gives_back_what_the_cap_took() -> None:
    terms = bounded(cap={"amount": "100", "window": "year"})

    before = month_by_month(terms, [90_00, 30_00])
    after = month_by_month(terms, [60_00, 30_00])

    assert (before[1], after[1]) == ({"cap": -20_00}, {})


GUARANTEE = {"amount": "1200", "window": "year"}


def test_a_guarantee_is_made_up_for_in_the_last_month_of_its_year() -> None:
    # Eleven months of 50.00 and one of 20.00 are 570.00; 630.00 are short of 1200.00.
    found = month_by_month(bounded(minimum_guarantee=GUARANTEE), [50_00] * 11 + [20_00] + [50_00])

    assert found == [{}] * 11 + [{"minimum_guarantee": 630_00}, {}]


def test_a_guarantee_that_was_reached_costs_nothing() -> None:
    found = month_by_month(bounded(minimum_guarantee=GUARANTEE), [100_00] * 12)

    assert found == [{}] * 12


def test_a_guarantee_of_each_period_is_made_up_for_in_each() -> None:
    terms = bounded(minimum_guarantee={"amount": "40", "window": "period"})

    assert month_by_month(terms, [30_00, 50_00]) == [{"minimum_guarantee": 10_00}, {}]


def test_a_guarantee_of_the_term_falls_due_at_its_end_and_at_termination() -> None:
    terms = bounded(minimum_guarantee={"amount": "40", "window": "term"})
    charged = [Charged(MONTHS[0], 15_00)]

    assert bound(terms, charged, month(34)) == []
    assert [draft.amount_minor for draft in bound(terms, charged, month(35))] == [25_00]
    assert [draft.amount_minor for draft in bound(terms, charged, month(5, last=True))] == [25_00]


def test_a_guarantee_looks_at_what_the_cap_has_left() -> None:
    # Each month is capped at 50.00, so the year comes to 12 x 50 = 600.00 and not to 1200.00.
    terms = bounded(
        minimum_guarantee={"amount": "700", "window": "year"},
        cap={"amount": "50", "window": "period"},
    )

    assert month_by_month(terms, [100_00] * 12)[-1] == {
        "cap": -50_00,
        "minimum_guarantee": 100_00,
    }


def test_a_licence_without_an_end_has_years_all_the_same() -> None:
    document: dict[str, Any] = {
        "works": {},
        "uses": ["ai-train"],
        "models": "any",
        "territory": ["WW"],
        "starts_on": "2026-10-01",
        "ends_on": None,
    }

    found = month_by_month(bounded(minimum_guarantee=GUARANTEE, grant=document), [0] * 12)

    assert found[-1] == {"minimum_guarantee": 1_200_00}


def test_the_trace_of_a_cap_shows_the_window_before_and_with_this_month() -> None:
    terms = bounded(cap={"amount": "100", "window": "year"})
    charged = [Charged(MONTHS[0], 60_00), Charged(MONTHS[1], 55_00)]

    [draft] = bound(terms, charged, month(1))

    assert draft.trace == (
        {"step": "charged", "currency": "USD", "minor": 60_00, "amount": "60"},
        {"step": "maximum", "limit": "100", "amount": "60"},
        {"step": "round", "currency": "USD", "amount_minor": 60_00},
        {"step": "charged", "currency": "USD", "minor": 115_00, "amount": "115"},
        {"step": "maximum", "limit": "100", "amount": "100"},
        {"step": "round", "currency": "USD", "amount_minor": 100_00},
        {"step": "difference", "amount_minor": 40_00},
        {"step": "less", "minor": 55_00, "amount_minor": -15_00},
    )


@pytest.mark.parametrize("window", ["period", "year", "term"])
@given(charges=st.lists(st.integers(0, 200_00), min_size=1, max_size=24))
def test_a_window_never_costs_more_than_its_cap_nor_in_the_end_less_than_its_guarantee(
    window: str, charges: list[int]
) -> None:
    terms = bounded(
        cap={"amount": "150", "window": window},
        minimum_guarantee={"amount": "120", "window": window},
    )
    size = {"period": 1, "year": 12, "term": 36}[window]

    found = month_by_month(terms, charges)

    for start in range(0, len(charges), size):
        part = slice(start, start + size)
        whole = sum(charges[part]) + sum(sum(one.values()) for one in found[part])
        complete = start + size <= len(charges)
        assert whole == (
            min(max(sum(charges[part]), 120_00), 150_00)
            if complete
            else min(sum(charges[part]), 150_00)
        )
