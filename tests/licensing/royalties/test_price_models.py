"""Every price model from the report to the issued statement, worked by hand.

Most cases come to the 500 cents that `books` divides by hand, by other ways: aoba and birch share
5 : 1 wherever Paper Lantern and Winter Ferry (2 : 1) count alike, so aoba gets 364, birch 73.
"""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from licensing.catalogue.models import Share
from licensing.royalties import verify
from licensing.royalties.models import Charge
from tests.licensing.royalties.books import FERRY, LANTERN, PRICE, Books, booked

NOVEMBER = date(2026, 11, 1)
TIERS = [
    {"up_to": "1000000", "unit_price": "3.00"},
    {"up_to": None, "unit_price": "2.00", "flat_fee": "1.00"},
]
VOLUME = {"id": "p", "model": "volume", "unit": "token", "per": "1000000", "tiers": TIERS}
PACKAGE = {
    "id": "p",
    "model": "package",
    "unit": "token",
    "per": "300000",
    "unit_price": "1.00",
    "free_units": "600000",
}
GROSS = {"id": "p", "model": "revenue_share", "rate": "0.25"}
NET = GROSS | {"base": "net", "deductions": ["refund", "tax"]}
POOL = {"id": "p", "model": "pool", "amount": "5.00"}
PER_TITLE = {"id": "p", "model": "per_work", "amount": "2.50", "count": "licensed"}
PER_USED = PER_TITLE | {"count": "used"}
JAPAN = {"when": {"territory": ["JP"]}, "times": "2.5"}

Lines = list[dict[str, str]]


def used(lantern: str, ferry: str, **changes: str) -> Lines:
    return [LANTERN | {"quantity": lantern} | changes, FERRY | {"quantity": ferry} | changes]


def settled(books: Books, lines: Lines) -> Charge:
    """Take a month's lines to issued statements, and prove every figure from the evidence."""
    books.report(lines)
    return issued(books)


def issued(books: Books) -> Charge:
    books.close()
    books.issue()
    assert list(verify.findings()) == []
    return Charge.objects.get()


def lines_rated(charge: Charge) -> int:
    assert charge.close is not None
    return charge.close.lines_rated


def paid(books: Books) -> tuple[int, int]:
    return (books.statement_of(books.aoba).net_minor, books.statement_of(books.birch).net_minor)


MILLIONS = used("1000000", "1000000")
CASES: dict[str, tuple[dict[str, Any], Lines]] = {
    # 2,000,000 reach the second tier: 2 × 2.00 + 1.00.
    "volume": (VOLUME, MILLIONS),
    # 1,400,000 beyond the free ones are 4⅔ packages, so 5 are started.
    "package": (PACKAGE, MILLIONS),
    # 25 % of 10.00 + 10.00.
    "share of gross": (GROSS, used("10", "10", unit="revenue")),
    # 25 % of 12.50 + 12.50 − 4.00 − 1.00, divided by the revenue alone.
    "share of net": (
        NET,
        [
            *used("12.50", "12.50", unit="revenue"),
            LANTERN | {"line_id": "3", "unit": "refund", "quantity": "4.00"},
            FERRY | {"line_id": "4", "unit": "tax", "quantity": "1"},
        ],
    ),
    # 2 × 1.00 is below 5.00, and 2 × 9.00 above it.
    "minimum": (PRICE | {"unit_price": "1.00", "minimum": "5.00"}, MILLIONS),
    "maximum": (PRICE | {"unit_price": "9.00", "maximum": "5.00"}, MILLIONS),
    # 2 × 2.00 × 1.25; the second has not begun.
    "escalators": (
        PRICE
        | {
            "unit_price": "2.00",
            "escalators": [
                {"from": "2026-10-01", "times": "1.25"},
                {"from": "2026-11-01", "times": "9"},
            ],
        },
        MILLIONS,
    ),
    # Two titles at 2.50, whichever was used; then the two used, however much.
    "works licensed": (PER_TITLE, used("0", "7000000")),
    "works used": (PER_USED, used("1000000", "0.000001")),
    "pool": (POOL, MILLIONS),
    # 1,000,000 in Japan count 2,500,000 like the others; 5 × 1.00.
    "factor": (
        PRICE | {"unit_price": "1.00", "factors": [JAPAN]},
        [LANTERN | {"territory": "JP"}, FERRY | {"quantity": "2500000", "territory": "US"}],
    ),
    # Japan counts nothing, and the minimum is divided by what was used there.
    "factor of nothing": (
        PRICE | {"minimum": "5.00", "factors": [JAPAN | {"times": "0"}]},
        used("1000000", "1000000", territory="JP"),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_five_dollars_by_any_model_reach_the_statements(books: Books, name: str) -> None:
    price, lines = CASES[name]
    books = books.priced(price)

    charge = settled(books, lines)

    assert (charge.amount_minor, lines_rated(charge)) == (500, len(lines))
    assert paid(books) == (364, 73)


def test_a_quantity_on_the_bound_is_priced_below_it(books: Books) -> None:
    """Exactly 1,000,000 are in the first tier: 3.00; collective 28.5 → 29, operator 9."""
    books = books.priced(VOLUME)

    charge = settled(books, used("500000", "500000"))

    assert charge.amount_minor == 300
    assert sum(paid(books)) == 300 - 29 - 9


def test_free_units_alone_cost_nothing(books: Books) -> None:
    books = books.priced(PACKAGE)
    books.report(used("300000", "300000"))
    books.close()

    assert booked() == {}


def test_refunds_above_revenue_are_no_claim(books: Books) -> None:
    books = books.priced(NET)
    refund = LANTERN | {"line_id": "3", "unit": "refund", "quantity": "30"}
    books.report([*used("10", "10", unit="revenue"), refund])
    books.close()

    assert booked() == {}


def test_a_unit_that_is_not_deducted_is_quarantined(books: Books) -> None:
    books = books.priced(GROSS)
    refund = LANTERN | {"line_id": "3", "unit": "item", "quantity": "4.00"}

    charge = settled(books, [*used("10", "10", unit="revenue"), refund])

    assert (charge.amount_minor, lines_rated(charge)) == (500, 2)


def test_an_escalator_counts_from_its_day(books: Books) -> None:
    """2,000,000 at 2.50 are 5.00 in October, and with 1.1 are 5.50 in November."""
    step = {"from": "2026-11-01", "times": "1.1"}
    books = books.priced(PRICE | {"escalators": [step]})
    books.report()
    books.report(report_id="nov-1", period="2026-11")

    books.close()
    books.close(NOVEMBER)

    amounts = Charge.objects.order_by("period__starts_on").values_list("amount_minor", flat=True)
    assert list(amounts) == [500, 550]
    assert list(verify.findings()) == []


@pytest.mark.parametrize(
    "price",
    [PRICE | {"zero_usage": "charge", "minimum": "5.00"}, POOL, PER_TITLE],
    ids=["minimum", "pool", "works licensed"],
)
def test_what_is_due_without_usage_is_divided_among_all_works(
    books: Books, price: dict[str, Any]
) -> None:
    books = books.priced(price)

    charge = issued(books)

    assert (charge.amount_minor, lines_rated(charge)) == (500, 0)
    assert paid(books) == (364, 73)


def test_usage_reported_late_takes_over_what_was_charged_without_it(books: Books) -> None:
    """500 for nothing went 364 : 73, and 1000 for the Ferry alone goes 583 : 292.

    4,000,000 at 2.50: collective 95, operator 30, rest 875 by 2 : 1 is 583.33 : 291.67. Both are
    owed 219 more.
    """
    books = books.priced(PRICE | {"zero_usage": "charge", "minimum": "5.00"})
    issued(books)
    books.report([FERRY | {"quantity": "4000000"}])

    books.close()

    books.issue()
    assert [charge.amount_minor for charge in Charge.objects.order_by("pk")] == [500, 500]
    assert paid(books) == (219, 219)
    assert list(verify.findings()) == []


def test_a_free_month_without_usage_costs_nothing_whatever_its_minimum(books: Books) -> None:
    books = books.priced(PRICE | {"minimum": "5.00"})

    books.close()

    assert booked() == {}


@pytest.mark.parametrize("price", [POOL, PER_TITLE, PRICE | {"zero_usage": "charge"}])
def test_a_month_outside_the_term_costs_nothing(books: Books, price: dict[str, Any]) -> None:
    books = books.priced(price | {"minimum": "5.00"})

    books.close(date(2026, 9, 1))

    assert booked() == {}


def test_a_work_used_is_paid_for_alone(books: Books) -> None:
    """One of two works was used, because a line of 0 uses nothing: 250.

    Collective 23.75 → 24, operator 7.5 → 8, rest 218 by 2 : 1 is 145.33 : 72.67 → 145 : 73.
    """
    books = books.priced(PER_USED)

    charge = settled(books, used("0", "9000000"))

    assert (charge.amount_minor, charge.unit, charge.quantity) == (250, "work", Decimal(1))
    assert paid(books) == (145, 73)


def test_a_work_without_owners_sends_its_part_of_all_works_to_suspense(books: Books) -> None:
    """437 for two works; nobody owns the Ferry: 218.5 each, the cent to aoba, who sorts first."""
    books = books.priced(PER_TITLE)
    Share.objects.filter(work__title="Winter Ferry").update(ends_on=date(2026, 10, 30))

    charge = issued(books)

    parts = charge.allocations.filter(role__in=["payee", "suspense"]).order_by("role")
    assert [(part.role, part.amount_minor) for part in parts] == [("payee", 219), ("suspense", 218)]


def test_a_pool_is_divided_by_what_was_used(books: Books) -> None:
    """500 less 63 are 437, and only the Ferry was used: 291.33 : 145.67 → 291 : 146."""
    books = books.priced(POOL)

    settled(books, [FERRY])

    assert paid(books) == (291, 146)


def test_factors_weigh_the_division_as_they_weigh_the_price(books: Books) -> None:
    """A million in Japan counts 1.5, 400,000 in France count half, and 300,000 as they are.

    1,500,000 + 200,000 + 300,000 at 2.50 are 500. The Lantern has 1.7 and the Ferry 0.3, of which
    birch has 0.1: 19 : 1, so 437 are 415.15 : 21.85 → 415 : 22.
    """
    factors = [JAPAN | {"times": "1.5"}, {"when": {"territory": ["FR"]}, "times": "0.5"}]
    books = books.priced(PRICE | {"factors": factors})

    charge = settled(
        books,
        [
            LANTERN | {"territory": "JP"},
            LANTERN | {"line_id": "3", "quantity": "400000", "territory": "FR"},
            FERRY | {"quantity": "300000"},
        ],
    )

    assert (charge.amount_minor, charge.quantity) == (500, Decimal(1_700_000))
    assert paid(books) == (415, 22)
