"""Escalators by index, worked by hand: 2,000,000 tokens at 2.50 per million are 5.00."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from licensing.royalties.plain_trace import SAID
from licensing.royalties.rates import BrokenTrace, Context, IndexMissing, readings_named, replay
from tests.licensing.rating.charges import NOVEMBER, OCTOBER, amounts, charges, priced, tokens

CPI = {"series": "JP-CPI", "base": "2025-09", "month": "2026-08"}
PRICE: dict[str, Any] = {
    "id": "tokens",
    "model": "per_unit",
    "unit": "token",
    "per": "1000000",
    "unit_price": "2.50",
}
INDEXED = PRICE | {"escalators": [{"from": "2026-10-01", "index": CPI}]}
USED = tokens("2000000")


def read(base: str, month: str, context: Context = OCTOBER) -> Context:
    indices = {("JP-CPI", "2025-09"): Decimal(base), ("JP-CPI", "2026-08"): Decimal(month)}
    return replace(context, indices=indices)


@pytest.mark.parametrize(
    ("base", "month", "minor"),
    [
        # 5.00 × 103.2 ÷ 100
        ("100", "103.2", 516),
        # 5.00 × 101.3 ÷ 99.9 = 5.07007…
        ("99.9", "101.3", 507),
        # 5.00 × 96.5 ÷ 100 = 4.825, half away from zero
        ("100", "96.5", 483),
        ("104.000000", "104", 500),
    ],
)
def test_a_price_is_multiplied_by_one_reading_over_another(
    base: str, month: str, minor: int
) -> None:
    assert amounts(priced(INDEXED), USED, context=read(base, month)) == {"tokens": minor}


def test_a_trace_says_which_readings_and_is_proved() -> None:
    (draft,) = charges(priced(INDEXED), USED, context=read("99.9", "101.3"))

    (step,) = [one for one in draft.trace if one["step"] == "escalate"]
    # 5 × 1013/999
    assert step == {
        "step": "escalate",
        "times": "1013/999",
        "index": "JP-CPI 2026-08 ÷ 2025-09",
        "amount": "5065/999",
    }
    assert SAID["escalate"](step, "USD") == (
        "Escalated by JP-CPI 2026-08 ÷ 2025-09, a factor of 1013/999"
    )


def test_another_factor_than_was_charged_breaks_the_trace() -> None:
    (draft,) = charges(priced(INDEXED), USED, context=read("100", "103.2"))
    tampered = [one | {"times": "2"} if one["step"] == "escalate" else one for one in draft.trace]

    with pytest.raises(BrokenTrace):
        replay(tampered)


def test_a_missing_reading_is_named() -> None:
    with pytest.raises(IndexMissing, match="JP-CPI for 2026-08 is missing") as refused:
        amounts(priced(INDEXED), USED)

    assert (refused.value.code, refused.value.status) == ("index_missing", 409)
    assert refused.value.context == {"series": "JP-CPI", "month": "2026-08"}


def test_a_reading_is_not_needed_before_its_day_or_once_it_is_replaced() -> None:
    later = PRICE | {"escalators": [{"from": "2026-11-01", "index": CPI}]}
    replaced = PRICE | {
        "escalators": [*INDEXED["escalators"], {"from": "2026-11-01", "times": "1.1"}]
    }

    assert amounts(priced(later), USED) == {"tokens": 500}
    assert amounts(priced(replaced), USED, context=NOVEMBER) == {"tokens": 550}
    assert list(readings_named(priced(later), date(2026, 10, 1))) == []


def test_within_a_window_each_month_keeps_its_own_reading() -> None:
    """October's 5.00, then November's 5.00 × 1.032: the window is 10.16, less 5.00."""
    price = PRICE | {"tally": "year", "escalators": [{"from": "2026-11-01", "index": CPI}]}
    october = tokens("2000000", date(2026, 10, 1))
    november = tokens("2000000", date(2026, 11, 1))
    context = read("100", "103.2", NOVEMBER)

    assert amounts(priced(price), october, november, context=context) == {"tokens": 516}


@pytest.mark.parametrize(
    "price",
    [
        {"id": "tokens", "model": "flat", "amount": "5.00", "due": "each_period"},
        {"id": "tokens", "model": "pool", "amount": "5.00"},
    ],
)
def test_fixed_amounts_follow_an_index_too(price: dict[str, Any]) -> None:
    terms = priced(price | {"escalators": INDEXED["escalators"]})

    assert amounts(terms, context=read("100", "103.2")) == {"tokens": 516}
