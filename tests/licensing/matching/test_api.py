"""Matching over the API."""

from typing import Any

from django.test import Client

from licensing.parties.models import Organisation
from licensing.parties.roles import Kind as OrganisationKind
from licensing.usage.matching.models import MatchDecision
from tests.factories import bearer
from tests.licensing.deals.table import organisation
from tests.licensing.matching.desk import (
    SHIGURE,
    SNOW,
    item,
    new_work,
    picture,
    reported,
    work,
    work_off,
)
from tests.licensing.royalties.books import Books

UNMATCHED = "/api/v1/unmatched"
DECISIONS = "/api/v1/match-decisions"
WHY = "Seen on its title page."


def client_of(who: Organisation) -> Client:
    return Client(headers=bearer(who))


def post(client: Client, path: str, key: str = "k-1", **body: Any) -> Any:
    return client.post(
        path, body, content_type="application/json", headers={"Idempotency-Key": key}
    )


def test_unmatched_identifiers_are_listed_and_narrowed(books: Books) -> None:
    new_work("First Snow", "hatsuyuki.jp", books.aoba)
    report = reported(books, [SHIGURE, SNOW])
    client = client_of(books.collective)

    every = client.get(UNMATCHED).json()["data"]
    one = client.get(f"{UNMATCHED}?identifier=domain:shigure.jp&status=open").json()["data"]
    detail = client.get(f"{UNMATCHED}/{one[0]['id']}").json()

    assert {row["identifier"] for row in every} == {"domain:shigure.jp", "domain:hatsuyuki.jp"}
    assert len(one) == 1
    assert (detail["lines"], detail["quantity"], detail["stake_minor"], detail["currency"]) == (
        1,
        {"token": "400000"},
        100,
        "USD",
    )
    assert detail["sightings"] == [
        {
            "report": report.public_id,
            "period": "2026-10",
            "code": "work_unknown",
            "lines": 1,
            "uses": [{"use": "ai-train", "unit": "token", "lines": 1, "quantity": "400000"}],
            "stake_minor": 100,
        }
    ]


def test_a_decision_is_posted_repeated_and_undone(books: Books) -> None:
    reported(books, [SHIGURE])
    client = client_of(books.operator.organisation)
    body: dict[str, Any] = {
        "unmatched": [item("shigure.jp").public_id],
        "decision": "map",
        "work": work("Winter Ferry").public_id,
        "reason": WHY,
    }

    first = post(client, DECISIONS, **body)
    again = post(client, DECISIONS, **body)
    other_key = post(client, DECISIONS, key="k-2", **body)
    (made,) = first.json()
    undone = post(client, f"{DECISIONS}/{made['id']}/undo", key="k-3", reason="Another site.")

    assert (first.status_code, again.status_code, undone.status_code) == (201, 201, 201)
    assert again.json() == first.json() == other_key.json()
    assert (made["decision"], made["identifier"], made["licensor"]) == (
        "map",
        "domain:shigure.jp",
        None,
    )
    assert undone.json()["undoes"] == made["id"]
    listed = client.get(f"{DECISIONS}?identifier=domain:shigure.jp").json()["data"]
    assert [row["decision"] for row in listed] == ["undo", "map"]


def test_refusals_name_the_field_and_decide_nothing(books: Books) -> None:
    reported(books, [SHIGURE])
    client = client_of(books.operator.organisation)
    one = item("shigure.jp").public_id
    before = picture()

    for body, status, where in [
        ({"unmatched": [], "decision": "ignore", "reason": WHY}, 400, "unmatched"),
        ({"unmatched": [one], "decision": "undo", "reason": WHY}, 400, "decision"),
        ({"unmatched": [one], "decision": "map", "reason": WHY}, 422, "work"),
        ({"unmatched": [one], "decision": "map", "work": "isbn:1", "reason": WHY}, 422, "work"),
        ({"unmatched": [one], "decision": "grant", "reason": WHY}, 422, "starts_on"),
        ({"unmatched": [one], "decision": "ignore", "reason": ""}, 400, "reason"),
    ]:
        answer = post(client, DECISIONS, key=f"refused-{where}-{status}", **body)
        assert (answer.status_code, answer.json()["errors"][0]["where"]) == (status, where)
    assert picture() == before


def test_another_decision_is_a_conflict(books: Books) -> None:
    reported(books, [SHIGURE])
    client = client_of(books.collective)
    one = [item("shigure.jp").public_id]
    post(client, DECISIONS, unmatched=one, decision="infringing", reason=WHY)
    work_off()

    answer = post(client, DECISIONS, key="k-2", unmatched=one, decision="ignore", reason=WHY)

    assert (answer.status_code, answer.json()["code"]) == (409, "already_decided")
    assert MatchDecision.objects.count() == 1


def test_strangers_find_nothing_and_licensees_may_not(books: Books) -> None:
    reported(books, [SHIGURE])
    one = item("shigure.jp").public_id
    rival = client_of(organisation("rival", OrganisationKind.COLLECTIVE))
    licensee = client_of(books.table.licensee.organisation)
    body: dict[str, Any] = {"unmatched": [one], "decision": "ignore", "reason": WHY}

    assert rival.get(UNMATCHED).json()["data"] == []
    assert rival.get(f"{UNMATCHED}/{one}").status_code == 404
    assert post(rival, DECISIONS, **body).status_code == 404
    assert post(rival, f"{DECISIONS}/mtd_x/undo", key="k-2", reason=WHY).status_code == 404
    assert licensee.get(UNMATCHED).status_code == 404
    assert post(licensee, DECISIONS, **body).status_code == 404
