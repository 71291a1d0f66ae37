from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from licensing.deals import terms as contract
from licensing.deals.drafting import Draft
from licensing.deals.terms.prices import PRICE_MODELS
from licensing.errors import Fault
from tests.licensing.deals.forms_sent import draft_of, fields, sent
from tests.licensing.deals.table import TERMS, priced, terms
from tests.licensing.terms.documents import published

pytestmark = pytest.mark.django_db

Enter = Callable[..., Client]

TIERS = {
    "price-0-tiers-0-was": "",
    "price-0-tiers-0-up_to": "1,000",
    "price-0-tiers-0-unit_price": "3",
    "price-0-tiers-0-flat_fee": "",
    "price-0-tiers-1-was": "",
    "price-0-tiers-1-up_to": "",
    "price-0-tiers-1-unit_price": "2",
    "price-0-tiers-1-flat_fee": "500",
}
BANDS = [
    {"up_to": "1000", "unit_price": "3"},
    {"up_to": None, "unit_price": "2", "flat_fee": "500"},
]
TYPED: list[tuple[dict[str, str], dict[str, Any]]] = [
    (
        {"model": "per_unit", "unit": "page", "per": "", "unit_price": "4"},
        {"unit": "page", "unit_price": "4"},
    ),
    (
        {"model": "per_unit", "unit": "~other", "other_unit": "frame", "unit_price": "4"},
        {"unit": "frame", "unit_price": "4"},
    ),
    (
        {"model": "graduated", "unit": "page", "per": "10"} | TIERS,
        {"unit": "page", "per": "10", "tiers": BANDS},
    ),
    ({"model": "volume", "unit": "page", "per": ""} | TIERS, {"unit": "page", "tiers": BANDS}),
    (
        {"model": "package", "unit": "query", "per": "100", "unit_price": "5", "free_units": "10"},
        {"unit": "query", "per": "100", "unit_price": "5", "free_units": "10"},
    ),
    ({"model": "flat", "amount": "900", "due": "once"}, {"amount": "900", "due": "once"}),
    (
        {"model": "flat", "amount": "900", "due": "each_period", "prorate": "days"},
        {"amount": "900", "due": "each_period", "prorate": "days"},
    ),
    (
        {"model": "per_work", "amount": "50", "count": "used"},
        {"amount": "50", "count": "used"},
    ),
    (
        {"model": "revenue_share", "rate": "12.5", "unit": "revenue", "base": "gross"},
        {"rate": "0.125"},
    ),
    (
        {
            "model": "revenue_share",
            "rate": "30",
            "unit": "revenue",
            "base": "net",
            "deductions": "returns、taxes",
        },
        {"rate": "0.30", "base": "net", "deductions": ["returns", "taxes"]},
    ),
    ({"model": "pool", "amount": "70,000"}, {"amount": "70000"}),
]


def typed(own: dict[str, str]) -> dict[str, Any]:
    """Return a form in which the only price was made anew, nothing left of the one before."""
    posted = {name: one for name, one in fields(TERMS).items() if not name.startswith("price-")}
    price = {f"price-0-{name}" if name in FIELDS else name: text for name, text in own.items()}
    return posted | {"price-0-was": "", "price-0-id": "it"} | price


FIELDS = {name for own, _ in TYPED for name in own if not name.startswith("price-")}


@pytest.mark.parametrize(("own", "price"), TYPED, ids=lambda one: one.get("model", ""))
def test_every_price_model_is_written_in_the_form(
    own: dict[str, str], price: dict[str, Any]
) -> None:
    draft = draft_of(typed(own))

    assert draft.is_valid()
    assert draft.document()["prices"] == [{"id": "it", "model": own["model"]} | price]
    contract.parse(draft.document())


def test_there_is_a_form_for_every_price_model() -> None:
    assert {own["model"] for own, _ in TYPED} == set(PRICE_MODELS)


def test_bounds_windows_uses_factors_and_escalators_are_written() -> None:
    further = {
        "minimum": "100",
        "maximum": "9000",
        "tally": "year",
        "zero_usage": "charge",
        "uses": "ai-train",
        "factors-0-was": "",
        "factors-0-times": "1.5",
        "factors-0-territory": "日本, South Korea",
        "factors-0-language": "ja, pt-BR",
        "factors-0-medium": "書籍",
        "factors-0-generation": "2, 3 turbo",
        "escalators-0-was": "",
        "escalators-0-starts_on": "2027-10-01",
        "escalators-0-times": "1.03",
    }
    posted = typed({"model": "per_unit", "unit": "page", "unit_price": "4"})

    draft = draft_of(posted | {f"price-0-{name}": text for name, text in further.items()})

    assert draft.is_valid()
    assert draft.document()["prices"][0] == {
        "id": "it",
        "model": "per_unit",
        "unit": "page",
        "unit_price": "4",
        "uses": ["ai-train"],
        "minimum": "100",
        "maximum": "9000",
        "tally": "year",
        "zero_usage": "charge",
        "factors": [
            {
                "times": "1.5",
                "when": {
                    "territory": ["JP", "KR"],
                    "language": ["ja", "pt-BR"],
                    "media": ["book"],
                    "generation": ["2", "3 turbo"],
                },
            }
        ],
        "escalators": [{"from": "2027-10-01", "times": "1.03"}],
    }


def test_clauses_over_all_prices_are_written_and_emptied() -> None:
    said = {
        "advance": "3,000,000",
        "advance_group": "vista-books",
        "guarantee": "500",
        "cap": "9000",
        "cap_window": "term",
        "reserve_rate": "10",
        "reserve_months": "6",
        "distribution": "equal_per_work",
        "attribution": "no",
        "output_limit_words": "200",
        "audit_notice_days": "30",
        "audit_years": "3",
        "special_conditions": "In kana.\r\nAlways.",
    }
    draft = draft_of(fields(TERMS) | said)
    assert draft.is_valid()
    written = draft.document()

    emptied = draft_of(
        fields(written) | dict.fromkeys(said, "") | {"distribution": "usage", "cap_window": "term"},
        written,
    )
    assert emptied.is_valid()

    assert written == terms(
        advance={"amount": "3000000", "release": "on_receipt", "group": "vista-books"},
        minimum_guarantee={"amount": "500", "window": "year"},
        cap={"amount": "9000", "window": "term"},
        reserve={"rate": "0.10", "months": 6},
        distribution={"key": "equal_per_work"},
        duties={
            "attribution": False,
            "output_limit_words": 200,
            "audit": {"notice_days": 30, "look_back_years": 3},
        },
        special_conditions="In kana.\nAlways.",
    )
    assert emptied.document() == terms(distribution={"key": "usage"})


POINTS = {
    "distribution": "points",
    "otherwise": "1",
    "points-0-was": "",
    "points-0-points": "9",
    "points-0-kinds": "",
    "points-0-works": "work_a7b2c3d4e5f6g7h2",
    "points-1-was": "",
    "points-1-points": "5",
    "points-1-kinds": "アニメ映画, Book",
    "points-1-works": "",
}


def test_works_are_given_points_and_lose_them_with_the_key() -> None:
    draft = draft_of(fields(TERMS) | POINTS)
    assert draft.is_valid()
    written = draft.document()

    back = draft_of(fields(written) | {"distribution": "usage"}, written)
    assert back.is_valid()

    assert written["distribution"] == {
        "key": "points",
        "points": [
            {"works": ["work_a7b2c3d4e5f6g7h2"], "points": 9},
            {"kinds": ["anime-film", "book"], "points": 5},
        ],
        "otherwise": 1,
    }
    contract.parse(written)
    assert back.document()["distribution"] == {"key": "usage"}


def test_rows_of_points_are_added_and_taken_away() -> None:
    chosen = draft_of(fields(TERMS) | {"distribution": "points"}).press("show_fields")
    more = draft_of(fields(TERMS) | POINTS).press("add_points")
    fewer = draft_of(fields(TERMS) | POINTS).press("remove_points-0")

    assert [len(draft.points) for draft in (chosen, more, fewer)] == [1, 3, 1]
    assert fewer.points[0]["points"].value() == "5"


def test_a_fault_of_points_stands_at_its_row() -> None:
    draft = draft_of(fields(TERMS) | POINTS)
    assert draft.is_valid()

    draft.place(
        [
            Fault("distribution.points[0].works[0]", "any", "No such work."),
            Fault("distribution.points[1]", "any", "Not both."),
            Fault("distribution.points", "any", "No work has a point."),
        ]
    )

    assert draft.points[0].errors == {"works": ["No such work."]}
    assert draft.points[1].errors == {"__all__": ["Not both."]}
    assert draft.money.errors == {"distribution": ["No work has a point."]}


def test_a_price_keeps_what_is_common_when_its_model_changes() -> None:
    base = published()
    posted = fields(base) | {"price-0-model": "volume", "price-1-model": "pool"}

    draft = draft_of(posted, base)

    assert draft.is_valid()
    tokens, access = draft.document()["prices"][:2]
    assert tokens == base["prices"][0] | {"model": "volume"}
    assert access == {"id": "access", "model": "pool", "amount": "5000000"}


def test_a_price_that_becomes_a_share_of_revenue_counts_revenue() -> None:
    posted = fields(priced("8.00")) | {"price-0-model": "revenue_share"}
    share = draft_of(posted).press("show_fields")
    back = draft_of(
        {name: values[0] for name, values in sent(share).lists() if values}
        | {"price-0-model": "per_unit"}
    ).press("show_fields")

    assert share.prices[0].price["unit"].value() == "revenue"
    assert back.prices[0].price["unit"].value() is None


def test_removing_a_price_leaves_the_others_as_they_were_written() -> None:
    base = published()

    pressed = draft_of(fields(base), base).press("remove_price-0")
    draft = Draft.read(sent(pressed), base)

    assert draft.is_valid()
    assert draft.document() == base | {"prices": base["prices"][1:]}
