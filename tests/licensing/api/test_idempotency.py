import json
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from licensing.api import views
from licensing.api.models import IdempotencyRecord
from licensing.catalogue.models import Work
from tests.factories import OrganisationFactory, bearer

WORKS = "/api/v1/works"
BODY = {
    "kind": "website",
    "title": "The Lantern",
    "identifiers": ["domain:lantern.example"],
    "shares": {"lantern": 1},
}


@pytest.fixture
def client(db: None) -> Client:  # noqa: ARG001  # it asks for the database
    return Client(headers=bearer(OrganisationFactory.create(slug="lantern")))


def post(client: Client, body: object, key: str | None = "first", path: str = WORKS) -> Any:
    headers = {} if key is None else {"Idempotency-Key": key}
    return client.post(path, json.dumps(body), content_type="application/json", headers=headers)


def test_a_repeated_post_is_answered_as_the_first_time(client: Client) -> None:
    first, again = post(client, BODY), post(client, BODY)

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert "Idempotent-Replayed" not in first
    assert again["Idempotent-Replayed"] == "true"
    assert Work.objects.count() == 1


def test_a_key_that_comes_back_with_another_body_is_refused(client: Client) -> None:
    post(client, BODY)

    response = post(client, BODY | {"title": "The Ferry"})

    assert (response.status_code, response.json()["code"]) == (409, "idempotency_key_reused")
    assert Work.objects.count() == 1


def test_a_key_names_a_request_of_one_organisation_and_one_address(client: Client) -> None:
    post(client, BODY)
    other = Client(headers=bearer(OrganisationFactory.create(slug="ferry")))

    theirs = BODY | {"identifiers": ["domain:ferry.example"], "shares": {"ferry": 1}}

    assert post(other, theirs).status_code == 201
    assert post(client, BODY, path=f"{WORKS}?x=1").status_code == 409
    assert Work.objects.count() == 2


def test_a_refused_request_leaves_no_record_and_may_be_corrected(client: Client) -> None:
    refused = post(client, BODY | {"shares": {"nobody": 1}})

    assert 400 <= refused.status_code < 500
    assert not IdempotencyRecord.objects.exists()
    assert post(client, BODY).status_code == 201


def test_a_request_that_breaks_leaves_neither_effect_nor_record(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(views, "JSONRenderer", _broken)
        with pytest.raises(OSError, match="pulled"):
            post(client, BODY)

    assert not Work.objects.exists()
    assert not IdempotencyRecord.objects.exists()
    assert post(client, BODY).status_code == 201


def _broken() -> None:
    raise OSError("the plug is pulled")


@pytest.mark.parametrize(
    ("key", "status", "code"),
    [(None, 400, "idempotency_key_missing"), ("k" * 201, 422, "invalid")],
)
def test_a_key_that_is_missing_or_too_long_is_refused(
    client: Client, key: str | None, status: int, code: str
) -> None:
    response = post(client, BODY, key)

    assert (response.status_code, response.json()["code"]) == (status, code)
    assert not Work.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_acts_and_the_other_waits_for_its_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    headers = bearer(OrganisationFactory.create(slug="lantern"))
    claimed, go_on = threading.Event(), threading.Event()
    claim = views._claim  # noqa: SLF001  # the moment between the claim and the effect

    def slow(organisation_id: int, key: str, digest: str) -> bool:
        won = claim(organisation_id, key, digest)
        claimed.set()
        assert go_on.wait(20)
        return won

    monkeypatch.setattr(views, "_claim", slow)
    answers: list[Any] = []

    def send() -> None:
        try:
            answers.append(post(Client(headers=headers), BODY))
        finally:
            connection.close()

    run: Callable[[], threading.Thread] = lambda: threading.Thread(target=send)  # noqa: E731
    first, second = run(), run()
    first.start()
    assert claimed.wait(20)
    second.start()
    _wait_until_somebody_waits_for_a_lock()
    go_on.set()
    first.join(20)
    second.join(20)

    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert sorted("Idempotent-Replayed" in answer for answer in answers) == [False, True]
    assert Work.objects.count() == 1


def _wait_until_somebody_waits_for_a_lock() -> None:
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    pause = threading.Event()
    for _ in range(400):
        with connection.cursor() as cursor:
            cursor.execute(f"{waiting} AND datname = current_database()")
            if cursor.fetchone()[0]:
                return
        pause.wait(0.05)
    raise AssertionError("nobody waits")
