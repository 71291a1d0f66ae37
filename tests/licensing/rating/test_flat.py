from datetime import date
from typing import Any

import pytest

from licensing.royalties.rates import ChargeDraft, Context
from tests.licensing.rating.charges import NOVEMBER, OCTOBER, amounts, charges, priced, tokens

ONCE: dict[str, Any] = {"id": "access", "model": "flat", "amount": "5000", "due": "once"}
MONTHLY: dict[str, Any] = {**ONCE, "due": "each_period"}
BY_DAYS: dict[str, Any] = {**MONTHLY, "prorate": "days"}


def test_an_amount_due_once_falls_due_in_the_first_period() -> None:
    assert amounts(priced(ONCE), context=OCTOBER) == {"access": 5_000_00}
    assert amounts(priced(ONCE), context=NOVEMBER) == {}


def test_an_amount_due_each_period_falls_due_whether_or_not_anything_was_used() -> None:
    assert amounts(priced(MONTHLY), tokens("5"), context=OCTOBER) == {"access": 5_000_00}
    assert amounts(priced(MONTHLY), context=NOVEMBER) == {"access": 5_000_00}


def test_a_fixed_charge_has_no_unit_and_a_quantity_of_one() -> None:
    [charge] = charges(priced(MONTHLY))

    assert charge == ChargeDraft(
        "access",
        None,
        charge.quantity,
        "USD",
        5_000_00,
        (
            {"step": "fixed", "fixed": "5000", "amount": "5000"},
            {"step": "round", "currency": "USD", "amount_minor": 5_000_00},
        ),
    )
    assert charge.quantity == 1


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "cents"),
    [
        ("2026-10-01", "2029-09-30", 5_000_00),
        ("2026-10-17", "2029-09-30", 2_419_35),  # 15 of 31 days: 2419.3548...
        ("2026-10-31", "2026-10-31", 161_29),  # 1 of 31 days: 161.2903...
        ("2026-10-01", None, 5_000_00),
    ],
)
def test_a_period_partly_inside_the_term_costs_its_part_of_the_days(
    starts_on: str, ends_on: str | None, cents: int
) -> None:
    document: dict[str, Any] = {
        "works": {},
        "uses": ["ai-train"],
        "models": "any",
        "territory": ["WW"],
        "starts_on": starts_on,
        "ends_on": ends_on,
    }

    assert amounts(priced(BY_DAYS, grant=document)) == {"access": cents}


def test_without_days_a_period_partly_inside_the_term_costs_the_whole() -> None:
    last = Context(date(2029, 9, 15), date(2029, 10, 14), first=False)

    assert amounts(priced(MONTHLY), context=last) == {"access": 5_000_00}
    assert amounts(priced(BY_DAYS), context=last) == {"access": 2_666_67}  # 16 of 30 days


def test_a_period_outside_the_term_costs_nothing() -> None:
    for after in (date(2029, 10, 1), date(2029, 12, 1)):
        context = Context(after, after.replace(day=31), first=False)

        assert amounts(priced(MONTHLY), context=context) == {}
        assert amounts(priced(BY_DAYS), context=context) == {}


def test_a_pool_falls_due_in_every_period() -> None:
    pool = {"id": "fund", "model": "pool", "amount": "123.45"}

    assert amounts(priced(pool), context=OCTOBER) == {"fund": 123_45}
    assert amounts(priced(pool), context=NOVEMBER) == {"fund": 123_45}
