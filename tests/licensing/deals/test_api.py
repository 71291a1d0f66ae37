import json
from collections.abc import Mapping
from typing import Any

import pytest
from django.test import Client

from licensing.deals.models import Deal
from tests.factories import bearer
from tests.licensing.deals.table import (
    TERMS,
    Table,
    in_days,
    picture,
    priced,
    state_of,
    terms,
)

pytestmark = pytest.mark.django_db

DEALS = "/api/v1/deals"


class Desk:
    """An organisation's programs at the API; every POST carries a key of its own."""

    def __init__(self, table_side: Any, **key: Any) -> None:
        self.client = Client(headers=bearer(table_side.organisation, **key))
        self.sent = 0

    def get(self, path: str) -> Any:
        """Fetch."""
        return self.client.get(path)

    def post(self, path: str, body: Mapping[str, Any] | None = None, key: str = "") -> Any:
        """Send JSON, or nothing."""
        self.sent += 1
        return self.client.post(
            path,
            json.dumps(body) if body is not None else "",
            content_type="application/json",
            headers={"Idempotency-Key": key or f"key-{self.sent}"},
        )


def offer(written: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
    """Return the body of an offer that stands for two weeks."""
    return {"terms": written or TERMS, "expires_at": in_days(14).isoformat()} | fields


def at(deal: Deal, action: str = "") -> str:
    """Return a deal's address, or that of a move."""
    return f"{DEALS}/{deal.public_id}" + (f"/{action}" if action else "")


def test_a_deal_runs_from_first_offer_to_licence(table: Table) -> None:
    publisher, firm = Desk(table.licensor), Desk(table.licensee)

    opened = publisher.post(DEALS, offer(title="Backlist", counterparty="tensor-labs"))
    path = f"{DEALS}/{opened.json()['id']}"
    countered = firm.post(f"{path}/offers", offer(priced("8.00"), message="Less, please."))
    standing = countered.json()["offers"][0]
    accepted = publisher.post(f"{path}/accept", {"offer": standing["id"]})
    signature = {"signer_name": "Mori Akiko", "terms_hash": standing["terms_hash"]}
    first = publisher.post(f"{path}/sign", signature)
    second = firm.post(f"{path}/sign", signature)

    answers = (opened, countered, accepted, first, second)
    assert [answer.status_code for answer in answers] == [201, 201, 200, 200, 200]
    assert [answer.json()["state"] for answer in answers] == [
        "negotiating",
        "negotiating",
        "agreed",
        "signing",
        "in_force",
    ]
    licence = firm.get(f"/api/v1/licences/{second.json()['licence']}").json()
    assert licence["terms"] == priced("8.00")
    assert licence["terms_hash"] == standing["terms_hash"]
    assert licence["snapshot_works"] == 2
    assert [one["organisation"] for one in licence["signatures"]] == [
        table.licensor.organisation.public_id,
        table.licensee.organisation.public_id,
    ]
    assert [one["id"] for one in firm.get("/api/v1/licences").json()["data"]] == [licence["id"]]


def test_a_deal_can_be_declined_or_withdrawn(table: Table) -> None:
    declined, withdrawn = table.open(), table.open()

    first = Desk(table.licensee).post(at(declined, "decline"))
    second = Desk(table.licensor).post(at(withdrawn, "withdraw"))

    assert (first.json()["state"], second.json()["state"]) == ("declined", "withdrawn")


def test_the_same_request_twice_makes_one_deal(table: Table) -> None:
    desk = Desk(table.licensor)
    body = offer(title="Backlist", counterparty=table.licensee.organisation.public_id)

    first, again = desk.post(DEALS, body, "once"), desk.post(DEALS, body, "once")
    other = desk.post(DEALS, body | {"title": "Other"}, "once")

    assert first.json() == again.json()
    assert again.headers["Idempotent-Replayed"] == "true"
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")
    assert Deal.objects.count() == 1


def test_a_post_without_its_key_is_refused(table: Table) -> None:
    response = Client(headers=bearer(table.licensor.organisation)).post(
        DEALS, json.dumps(offer()), content_type="application/json"
    )

    assert (response.status_code, response.json()["code"]) == (400, "idempotency_key_missing")
    assert not Deal.objects.exists()


def test_faults_of_the_terms_are_listed_by_their_path(table: Table) -> None:
    broken = terms(currency="GOLD")

    response = Desk(table.licensor).post(
        DEALS, offer(broken, title="Backlist", counterparty="tensor-labs")
    )

    problem = response.json()
    assert (response.status_code, problem["code"]) == (422, "invalid_terms")
    assert [(fault["where"], fault["code"]) for fault in problem["errors"]] == [
        ("currency", "currency_unknown")
    ]
    assert problem["request_id"]
    assert not Deal.objects.exists()


def test_a_number_written_as_a_float_is_refused_before_anything_is_read(table: Table) -> None:
    client = Client(headers=bearer(table.licensor.organisation))
    body = json.dumps(offer(title="Backlist", counterparty="tensor-labs"))

    response = client.post(
        DEALS,
        body.replace('"12.50"', "12.50"),
        content_type="application/json",
        headers={"Idempotency-Key": "one"},
    )

    assert response.status_code == 400
    assert not Deal.objects.exists()


def test_an_unknown_counterparty_is_named(table: Table) -> None:
    response = Desk(table.licensor).post(DEALS, offer(title="Backlist", counterparty="nobody"))

    assert response.status_code == 422
    assert response.json()["errors"][0]["where"] == "counterparty"


@pytest.mark.parametrize(
    ("action", "body", "code"),
    [
        ("offers", "offer", "not_your_turn"),
        ("accept", "accept", "not_your_turn"),
        ("decline", None, "not_your_turn"),
        ("sign", "sign", "illegal_move"),
    ],
)
def test_a_move_at_the_wrong_time_is_409_and_moves_nothing(
    table: Table, deal: Deal, action: str, body: str | None, code: str
) -> None:
    standing = deal.standing_offer
    assert standing is not None
    bodies: dict[str | None, dict[str, Any] | None] = {
        "offer": offer(),
        "accept": {"offer": standing.public_id},
        "sign": {"signer_name": "Mori Akiko", "terms_hash": standing.terms_hash},
        None: None,
    }
    before = picture()

    response = Desk(table.licensor).post(at(deal, action), bodies[body])

    assert (response.status_code, response.json()["code"]) == (409, code)
    assert picture() == before


def test_outsiders_get_404_and_the_operator_403(table: Table, deal: Deal) -> None:
    outsider, operator = Desk(table.outsider), Desk(table.operator)
    before = picture()

    assert outsider.get(at(deal)).status_code == 404
    assert outsider.post(at(deal, "decline")).status_code == 404
    assert outsider.get(DEALS).json()["data"] == []
    assert operator.get(at(deal)).json()["id"] == deal.public_id
    assert operator.post(at(deal, "decline")).status_code == 403
    assert picture() == before


def test_a_key_without_the_scope_reads_and_cannot_sign(table: Table) -> None:
    deal = table.agreed()
    desk = Desk(table.licensee, scopes=["deals:read"])
    signature = {"signer_name": "Mori", "terms_hash": deal.offers.get().terms_hash}

    response = desk.post(at(deal, "sign"), signature)

    assert desk.get(at(deal)).status_code == 200
    assert (response.status_code, response.json()["code"]) == (403, "missing_scope")
    assert state_of(deal) == "agreed"


def test_nobody_enters_without_a_key(client: Client) -> None:
    assert client.get(DEALS).status_code == 401
