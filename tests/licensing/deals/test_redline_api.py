from typing import Any

import pytest
from django.test import Client

from licensing.access import Actor
from licensing.deals.models import Deal
from tests.factories import bearer
from tests.licensing.deals.table import Table, priced


def changes(deal: Deal, number: int, actor: Actor, language: str = "en") -> Any:
    client = Client(headers={**bearer(actor.organisation), "Accept-Language": language})
    return client.get(f"/api/v1/deals/{deal.public_id}/rounds/{number}/changes")


@pytest.fixture
def countered(table: Table) -> Deal:
    deal = table.open(priced("10.00"))
    table.counter(deal, table.licensee, priced("8.00"))
    return deal


def test_a_round_tells_what_it_changed_from_the_one_before(table: Table, countered: Deal) -> None:
    told = changes(countered, 2, table.licensor).json()

    assert (told["round"], told["compared_with"]) == (2, 1)
    assert told["changes"] == [
        {
            "path": "prices[tokens].unit_price",
            "clause": "prices.unit_price",
            "title": "Unit price",
            "kind": "changed",
            "before": "10.00",
            "after": "8.00",
        }
    ]


def test_titles_of_clauses_are_in_the_language_asked_for(table: Table, countered: Deal) -> None:
    [change] = changes(countered, 2, table.licensor, language="ja").json()["changes"]

    assert change["title"] == "単価"


def test_the_first_round_changed_nothing(table: Table, countered: Deal) -> None:
    told = changes(countered, 1, table.licensee).json()

    assert told == {"round": 1, "compared_with": None, "changes": []}


def test_a_round_that_was_never_made_is_not_found(table: Table, countered: Deal) -> None:
    assert changes(countered, 3, table.licensee).status_code == 404
    assert changes(countered, 0, table.licensee).status_code == 404


def test_an_outsider_does_not_learn_that_the_deal_exists(table: Table, countered: Deal) -> None:
    assert changes(countered, 2, table.outsider).status_code == 404
