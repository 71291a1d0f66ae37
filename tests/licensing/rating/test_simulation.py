from decimal import Decimal
from typing import Any

import pytest

from licensing.royalties.simulation import Curve, NoCurve, Point, curve
from tests.licensing.rating.charges import priced
from tests.licensing.terms.documents import PER_MILLION

FLAT = {"id": "access", "model": "flat", "amount": "500", "due": "once"}
TIERED: dict[str, Any] = {
    "id": "tokens",
    "model": "graduated",
    "unit": "token",
    "tiers": [
        {"up_to": "100", "unit_price": "1"},
        {"up_to": "1000", "unit_price": "0.5", "flat_fee": "10"},
        {"up_to": None, "unit_price": "0.1"},
    ],
}


def test_a_curve_rises_by_even_steps_and_shows_both_sides_of_a_bound() -> None:
    found = curve(priced(TIERED, FLAT), "tokens", Decimal(200), intervals=2)

    assert found == Curve(
        "token",
        (
            Point(Decimal(0), 0),
            Point(Decimal(100), 100_00),
            Point(Decimal("100.000001"), 110_00),
            Point(Decimal(200), 160_00),
        ),
        (Decimal(100),),
    )


def test_free_units_end_where_the_curve_of_packages_bends() -> None:
    package = {
        "id": "tokens",
        "model": "package",
        "unit": "token",
        "per": "100",
        "unit_price": "3",
        "free_units": "50",
    }

    found = curve(priced(package), "tokens", Decimal(100), intervals=1)

    assert found.bounds == (Decimal(50),)
    assert [point.amount_minor for point in found.points] == [0, 0, 3_00, 3_00]


def test_a_price_per_unit_has_no_bounds_and_zero_may_cost_something() -> None:
    charging = {**PER_MILLION, "minimum": "5", "zero_usage": "charge"}

    found = curve(priced(charging), "tokens", Decimal(4_000_000), intervals=2)

    assert found.bounds == ()
    assert [point.amount_minor for point in found.points] == [5_00, 5_00, 10_00]


def test_a_price_narrowed_to_other_uses_is_simulated_by_its_own() -> None:
    terms = priced({**PER_MILLION, "uses": ["search"]}, grant=granting("ai-train", "search"))

    assert curve(terms, "tokens", Decimal(2_000_000), intervals=1).points[-1].amount_minor == 5_00


def granting(*uses: str) -> dict[str, Any]:
    return {
        "works": {},
        "uses": list(uses),
        "models": "any",
        "territory": ["WW"],
        "starts_on": "2026-10-01",
        "ends_on": None,
    }


def test_a_fixed_amount_has_no_curve_and_an_unknown_price_neither() -> None:
    with pytest.raises(NoCurve):
        curve(priced(FLAT), "access", Decimal(5))
    with pytest.raises(KeyError):
        curve(priced(FLAT), "tokens", Decimal(5))
