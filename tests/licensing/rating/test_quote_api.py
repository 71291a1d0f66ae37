from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from licensing.api.models import IdempotencyRecord
from tests.factories import OrganisationFactory, bearer
from tests.licensing.terms.documents import PER_MILLION, plain_document

pytestmark = pytest.mark.django_db

LINE = {
    "line_id": "1",
    "work": "domain:a.example",
    "use": "ai-train",
    "unit": "token",
    "quantity": "20858600725",
}


@pytest.fixture
def firm() -> Client:
    return Client(headers=bearer(OrganisationFactory.create(licensee=True)))


def ask(client: Client, **fields: Any) -> Any:
    body = {"terms": plain_document(PER_MILLION), "lines": [LINE], **fields}
    return client.post("/api/v1/quotes", body, content_type="application/json")


def faults(response: Any) -> list[tuple[str, str]]:
    assert response.status_code in {400, 422}
    return [(fault["where"], fault["code"]) for fault in response.json()["errors"]]


def test_a_firm_asks_what_its_usage_would_cost(firm: Client) -> None:
    answer = ask(firm)

    assert answer.status_code == 200
    told = answer.json()
    assert told["charges"][0]["amount"] == "52146.50"
    assert (told["total"], told["total_minor"], told["currency"]) == ("52146.50", 5214650, "USD")
    assert told["charges"][0]["trace"][-1] == {
        "step": "round",
        "currency": "USD",
        "amount_minor": 5214650,
    }
    assert (told["unpriced"], told["notes"], told["warnings"]) == ([], [], [])
    assert "curve" not in told
    assert not IdempotencyRecord.objects.exists()


def test_whole_json_numbers_are_as_good_as_text_and_territories_count(firm: Client) -> None:
    factor = {"when": {"territory": ["JP"]}, "times": "2"}
    terms = plain_document({**PER_MILLION, "factors": [factor]})

    answer = ask(
        firm, terms=terms, lines=[{**LINE, "line_id": 1, "quantity": 1_000_000, "territory": "JP"}]
    )

    assert answer.json()["total"] == "5.00"


def test_works_and_warnings_and_a_curve_come_when_asked_for(firm: Client) -> None:
    titles = {"id": "titles", "model": "per_work", "amount": "5", "count": "licensed"}

    answer = ask(
        firm,
        terms=plain_document(titles, {**PER_MILLION, "uses": ["ai-train"]}),
        licensed_works=3,
        curve={"price": "tokens", "most": "4000000"},
    ).json()

    assert answer["charges"][0]["amount"] == "15.00"
    assert answer["curve"]["unit"] == "token"
    assert answer["curve"]["bounds"] == []
    assert answer["curve"]["points"][-1] == {"quantity": "4000000", "amount_minor": 10_00}
    assert len(answer["curve"]["points"]) == 41


def test_a_cliff_is_warned_of(firm: Client) -> None:
    tiers = [{"up_to": "10", "unit_price": "5"}, {"up_to": None, "unit_price": "1"}]
    terms = plain_document({"id": "t", "model": "volume", "unit": "token", "tiers": tiers})

    assert [one["code"] for one in ask(firm, terms=terms).json()["warnings"]] == ["volume_cliff"]


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"quantity": "1e5"}, "lines[0].quantity"),
        ({"quantity": None}, "lines[0].quantity"),
        ({"quantity": True}, "lines[0].quantity"),
        ({"quantity": -5}, "lines[0].quantity"),
        ({"use": "train"}, "lines[0].use"),
        ({"colour": "red"}, "lines[0].colour"),
    ],
)
def test_a_bad_line_is_named_by_its_place(firm: Client, fields: dict[str, Any], where: str) -> None:
    answer = ask(firm, lines=[{**LINE, **fields}])

    assert [place for place, _ in faults(answer)] == [where]


def test_a_field_left_out_and_faulty_terms_are_named(firm: Client) -> None:
    short = {name: value for name, value in LINE.items() if name != "unit"}
    terms = plain_document({**PER_MILLION, "unit_price": "2,5"})

    assert faults(ask(firm, lines=[short])) == [("lines[0].unit", "unit_malformed")]
    assert faults(ask(firm, terms=terms)) == [("prices[0].unit_price", "decimal_malformed")]


def test_a_curve_is_of_a_price_that_is_there_and_counts_units(firm: Client) -> None:
    flat = {"id": "access", "model": "flat", "amount": "5", "due": "once"}
    terms = plain_document(PER_MILLION, flat)

    unknown = ask(firm, terms=terms, curve={"price": "none", "most": "5"})
    fixed = ask(firm, terms=terms, curve={"price": "access", "most": "5"})

    assert faults(unknown) == [("curve.price", "price_unknown")]
    assert fixed.json()["code"] == "price_without_units"


def test_a_stranger_is_asked_to_log_in() -> None:
    assert ask(Client()).status_code == 401


def test_the_largest_quantity_can_be_drawn(firm: Client) -> None:
    most = "9" * 24

    answer = ask(
        firm,
        terms=plain_document({**PER_MILLION, "per": f"1{'0' * 20}"}),
        curve={"price": "tokens", "most": most},
    )

    assert Decimal(answer.json()["curve"]["points"][-1]["quantity"]) == Decimal(most)
