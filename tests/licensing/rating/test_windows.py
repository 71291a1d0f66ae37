from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from licensing.deals.terms import Terms
from licensing.royalties.rates import Context, Tally, Works, rate
from licensing.royalties.rates.window import licence_year
from tests.licensing.rating.charges import (
    DECEMBER,
    NOVEMBER,
    OCTOBER,
    amounts,
    charges,
    priced,
    tokens,
    with_works,
)
from tests.licensing.terms.documents import PER_MILLION

YEARLY: dict[str, Any] = {
    "id": "tokens",
    "model": "graduated",
    "unit": "token",
    "tally": "year",
    "tiers": [{"up_to": "100", "unit_price": "1"}, {"up_to": None, "unit_price": "0.5"}],
}
MONTHS = [date(2026 + (9 + n) // 12, (9 + n) % 12 + 1, 1) for n in range(15)]


def month(number: int) -> Context:
    """Return an accounting period by its number, 0 for October 2026."""
    starts_on = MONTHS[number]
    ends_on = (starts_on + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return Context(starts_on, ends_on, first=number == 0)


def rated_month_by_month(terms: Terms, quantities: list[str]) -> list[int]:
    usage = [tokens(quantity, MONTHS[number]) for number, quantity in enumerate(quantities)]
    return [
        amounts(terms, *usage, context=month(number)).get("tokens", 0)
        for number in range(len(quantities))
    ]


def test_a_tier_reached_in_one_month_counts_in_the_next() -> None:
    # 60 -> 60.00. 130 in all: 100 + 15 = 115 -> 55.00. 150 in all: 125 -> 10.00.
    assert rated_month_by_month(priced(YEARLY), ["60", "70", "20"]) == [60_00, 55_00, 10_00]


def test_a_price_by_period_begins_anew_each_month() -> None:
    by_period = {**YEARLY, "tally": "period"}

    assert rated_month_by_month(priced(by_period), ["60", "70", "120"]) == [60_00, 70_00, 110_00]


def test_a_licence_year_begins_anew_on_its_anniversary_and_a_term_does_not() -> None:
    usage = ["100"] + ["0"] * 11 + ["100"]
    term = {**YEARLY, "tally": "term"}

    assert rated_month_by_month(priced(YEARLY), usage)[-1] == 100_00
    assert rated_month_by_month(priced(term), usage)[-1] == 50_00


def test_the_trace_of_a_window_shows_what_was_owed_before_and_the_difference() -> None:
    usage = [tokens("60", OCTOBER.starts_on), tokens("70", NOVEMBER.starts_on)]

    [charge] = charges(priced(YEARLY), *usage, context=NOVEMBER)

    assert charge.quantity == 70
    assert [record["step"] for record in charge.trace] == [
        "count",
        "tier",
        "round",
        "count",
        "tier",
        "tier",
        "round",
        "difference",
    ]
    assert charge.trace[-1] == {"step": "difference", "amount_minor": 55_00}


def test_a_late_report_changes_its_own_month_and_the_months_after_it() -> None:
    before = rated_month_by_month(priced(YEARLY), ["60", "70", "20"])

    after = rated_month_by_month(priced(YEARLY), ["90", "70", "20"])

    # 90.00; 160 in all = 130 -> 40.00; 180 in all = 140 -> 10.00.
    assert [new - old for old, new in zip(before, after, strict=True)] == [30_00, -15_00, 0]


def test_later_months_never_count() -> None:
    usage = [tokens("60", OCTOBER.starts_on), tokens("70", DECEMBER.starts_on)]

    assert amounts(priced(YEARLY), *usage, context=NOVEMBER) == {}


def test_a_minimum_of_a_year_is_due_once_and_used_up() -> None:
    yearly = {**YEARLY, "minimum": "100", "maximum": "120"}

    # 30 -> 100 at least; 80 in all -> still 100; 150 in all = 125 -> 120 at most.
    assert rated_month_by_month(priced(yearly), ["30", "50", "70"]) == [100_00, 0, 20_00]


def test_a_month_without_usage_in_a_window_costs_nothing_more() -> None:
    charging = {**YEARLY, "zero_usage": "charge", "minimum": "10"}

    assert rated_month_by_month(priced(charging), ["0", "0", "12"]) == [10_00, 0, 2_00]


@pytest.mark.parametrize(
    ("start", "day", "year"),
    [
        (date(2026, 10, 1), date(2026, 10, 1), 0),
        (date(2026, 10, 1), date(2027, 9, 30), 0),
        (date(2026, 10, 1), date(2027, 10, 1), 1),
        (date(2026, 10, 15), date(2026, 10, 1), 0),  # a calendar month that begins before the term
        (date(2026, 10, 15), date(2027, 10, 1), 0),
        (date(2026, 10, 15), date(2027, 11, 1), 1),
        (date(2024, 2, 29), date(2025, 2, 28), 0),
        (date(2024, 2, 29), date(2025, 3, 1), 1),
        (date(2024, 2, 29), date(2028, 2, 29), 4),
    ],
)
def test_licence_years_run_from_anniversary_to_anniversary(
    start: date, day: date, year: int
) -> None:
    assert licence_year(start, day) == year


ESCALATED: dict[str, Any] = {
    **PER_MILLION,
    "per": "1",
    "unit_price": "10",
    "escalators": [{"from": "2026-11-01", "times": "1.1"}, {"from": "2026-12-01", "times": "1.25"}],
}


def test_an_escalator_replaces_the_one_before_from_its_day_on() -> None:
    assert rated_month_by_month(priced(ESCALATED), ["1", "1", "1"]) == [10_00, 11_00, 12_50]


def test_fixed_amounts_are_escalated_too() -> None:
    flat = {
        "id": "tokens",
        "model": "flat",
        "amount": "100",
        "due": "each_period",
        "escalators": [{"from": "2026-11-01", "times": "1.03"}],
    }

    assert rated_month_by_month(priced(flat), ["0", "0"]) == [100_00, 103_00]


def test_works_are_escalated_by_the_period_they_are_counted_in() -> None:
    titles = {
        "id": "titles",
        "model": "per_work",
        "amount": "10",
        "count": "licensed",
        "escalators": [{"from": "2026-11-01", "times": "1.5"}],
    }

    assert amounts(priced(titles), context=with_works(NOVEMBER, {"titles": Works(3)})) == {
        "titles": 45_00
    }


def test_within_a_window_each_month_keeps_its_own_escalator() -> None:
    # Tiers see 60, then 130: 60 x 1 = 60.00; (40 x 1 + 30 x 0.5) x 2 = 110.00.
    doubled = {**YEARLY, "escalators": [{"from": "2026-11-01", "times": "2"}]}

    assert rated_month_by_month(priced(doubled), ["60", "70"]) == [60_00, 110_00]


def test_a_fee_due_without_usage_is_escalated_as_of_the_start_of_its_window() -> None:
    fee = {
        **YEARLY,
        "zero_usage": "charge",
        "tiers": [{"up_to": None, "unit_price": "1", "flat_fee": "50"}],
        "escalators": [{"from": "2026-11-01", "times": "2"}],
    }

    assert rated_month_by_month(priced(fee), ["0", "0", "5"]) == [50_00, 0, 10_00]
    assert rated_month_by_month(priced({**fee, "tally": "term"}), ["0", "1"]) == [50_00, 2_00]
    assert rated_month_by_month(priced({**fee, "tally": "period"}), ["0", "0"]) == [50_00, 100_00]


def test_a_year_that_starts_on_a_leap_day_begins_on_the_first_of_march() -> None:
    grant: dict[str, Any] = {
        "works": {},
        "uses": ["ai-train"],
        "models": "any",
        "territory": ["WW"],
        "starts_on": "2024-02-29",
        "ends_on": None,
    }
    charging = {
        **YEARLY,
        "zero_usage": "charge",
        "tiers": [{"up_to": None, "unit_price": "1", "flat_fee": "50"}],
        "escalators": [{"from": "2025-03-01", "times": "2"}],
    }
    march = Context(date(2025, 3, 1), date(2025, 3, 31), first=False)

    assert amounts(priced(charging, grant=grant), tokens("6"), context=march) == {
        "tokens": 112_00  # (50 + 6) x 2
    }


@st.composite
def prices(draw: st.DrawFn) -> dict[str, Any]:
    money = st.decimals(0, 100, places=3).map(lambda number: format(number, "f"))
    bounds = sorted(draw(st.lists(st.integers(1, 500), max_size=3, unique=True)))
    model = draw(st.sampled_from(["graduated", "volume", "package", "per_unit"]))
    price: dict[str, Any] = {"id": "tokens", "model": model, "unit": "token"}
    if model in {"graduated", "volume"}:
        price["tiers"] = [
            {"up_to": bound, "unit_price": draw(money), "flat_fee": draw(money)}
            for bound in [*(str(bound) for bound in bounds), None]
        ]
    else:
        price |= {"per": draw(st.sampled_from(["3", "7", "1000"])), "unit_price": draw(money)}
    if draw(st.booleans()):
        price["minimum"] = draw(st.sampled_from(["0", "5", "10.50"]))
        price["maximum"] = draw(st.sampled_from(["10.50", "999"]))
    if draw(st.booleans()):
        price["zero_usage"] = "charge"
    return price


usages = st.lists(
    st.decimals(0, 200, places=3).map(lambda number: format(number, "f")), min_size=1, max_size=8
)


@settings(max_examples=40)
@given(prices(), usages)
def test_a_term_charged_month_by_month_costs_what_it_costs_at_once(
    price: dict[str, Any], usage: list[str]
) -> None:
    monthly = rated_month_by_month(priced({**price, "tally": "term"}), usage)

    whole = sum(Fraction(quantity) for quantity in usage)
    at_once = amounts(priced({**price, "tally": "period"}), *(tokens(one) for one in usage))

    assert sum(monthly) == at_once.get("tokens", 0)
    assert whole or not at_once.get("tokens") or price.get("zero_usage") == "charge"


@settings(max_examples=40)
@given(prices(), usages)
def test_each_month_takes_up_exactly_where_the_month_before_left_off(
    price: dict[str, Any], usage: list[str]
) -> None:
    escalators = [{"from": "2026-12-01", "times": "1.07"}, {"from": "2027-03-01", "times": "0"}]
    terms = priced({**price, "tally": "term", "escalators": escalators})
    placed = [tokens(quantity, MONTHS[number]) for number, quantity in enumerate(usage)]

    charged = 0
    for number in range(len(usage)):
        for draft in rate(terms, placed, month(number)):
            charged += draft.amount_minor
            figures = [step["amount_minor"] for step in draft.trace if step["step"] == "round"]
            assert figures == ([charged - draft.amount_minor, charged] if number else [charged])


def test_tallies_without_a_period_belong_to_the_one_being_rated() -> None:
    plain = Tally("ai-train", "token", tokens("5").quantity)

    assert amounts(priced(YEARLY), plain, context=NOVEMBER) == {"tokens": 5_00}
