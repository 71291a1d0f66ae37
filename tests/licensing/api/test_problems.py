import json

import pytest
from django.db import DataError
from django.test import Client
from pytest_django import Settings

from licensing.api import problems
from licensing.api.throttling import OrganisationThrottle
from licensing.catalogue import api as catalogue
from tests.factories import MembershipFactory, OrganisationFactory, bearer

pytestmark = pytest.mark.django_db

WORKS = "/api/v1/works"


@pytest.fixture
def client() -> Client:
    return Client(headers=bearer(OrganisationFactory.create()), raise_request_exception=False)


def refused(response: object) -> tuple[int, str]:
    """Return status and code of what must be a whole problem document."""
    assert response["Content-Type"] == "application/problem+json"  # type: ignore[index]  # an answer
    document = response.json()  # type: ignore[attr-defined]  # an answer
    assert document["status"] == response.status_code  # type: ignore[attr-defined]  # an answer
    assert document["type"] == f"urn:kyodaku:problem:{document['code']}"
    assert document["detail"]
    assert document["title"]
    assert document["request_id"] == response["X-Request-Id"]  # type: ignore[index]  # an answer
    return document["status"], document["code"]


@pytest.mark.parametrize("path", ["/api/v2/works", "/api/v1/wroks", "/api/", "/api/v1/works/a/b/c"])
def test_an_address_that_is_none_is_a_problem_and_no_page(client: Client, path: str) -> None:
    assert refused(client.get(path)) == (404, "not_found")
    assert refused(client.post(path, b"{", content_type="text/xml")) == (404, "not_found")


def test_a_body_in_another_format_is_refused(client: Client) -> None:
    response = client.post(
        WORKS,
        "a=1",
        content_type="application/x-www-form-urlencoded",
        headers={"Idempotency-Key": "1"},
    )

    assert refused(response) == (415, "unsupported_media_type")


def test_an_answer_in_another_format_is_refused(client: Client) -> None:
    assert refused(client.get(WORKS, headers={"Accept": "text/html"})) == (406, "not_acceptable")


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b'{"title": "a", "title": "b"}',
        b'{"title": NaN}',
        b'{"title": 1.5}',
        b"\xff",
        b'{"title": "\\u0000"}',
        b"[" * 100_000,
    ],
)
def test_json_that_could_be_read_in_two_ways_is_refused(client: Client, body: bytes) -> None:
    response = client.post(
        WORKS, body, content_type="application/json", headers={"Idempotency-Key": "1"}
    )

    assert refused(response) == (400, "malformed_json")
    assert [fault["where"] is not None for fault in response.json()["errors"]] == [True]


def test_a_field_that_cannot_be_read_is_named(client: Client) -> None:
    response = client.post(
        WORKS, b"{}", content_type="application/json", headers={"Idempotency-Key": "1"}
    )

    assert refused(response) == (400, "malformed")
    assert {"where": "title", "code": "required", "message": "This field is required."} in (
        response.json()["errors"]
    )


@pytest.mark.parametrize("path", [WORKS, "/api/v1/permissions"])
def test_a_body_that_is_too_large_is_refused_unread(
    client: Client, settings: Settings, path: str
) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10

    response = client.post(
        path,
        json.dumps({"title": "long" * 10}).encode(),
        content_type="application/json",
        headers={"Idempotency-Key": "1"},
    )

    assert refused(response) == (413, "body_too_large")


def test_too_many_requests_are_told_when_to_go_on(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(OrganisationThrottle, "cache", _Full())

    response = client.get(WORKS)

    assert refused(response) == (429, "throttled")
    assert int(response["Retry-After"]) > 0
    assert response["RateLimit"].startswith('"organisation";r=0;t=')


class _Full:
    """A bucket that is full since this moment."""

    def get(self, _key: str, _default: object = None) -> list[float]:
        return [OrganisationThrottle.timer()] * 1200


def test_what_nobody_foresaw_is_a_problem_with_its_request_id(
    client: Client, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    settings.DEBUG = False
    monkeypatch.setattr(catalogue.WorkList, "get_queryset", _fail)

    assert refused(client.get(WORKS)) == (500, "internal_error")


def _fail(_view: object) -> None:
    raise RuntimeError


def test_text_that_no_column_can_hold_is_refused(client: Client, settings: Settings) -> None:
    settings.DEBUG = False

    assert refused(client.get(f"{WORKS}?q=%00")) == (400, "malformed")
    assert refused(client.get(f"{WORKS}/%00")) == (400, "malformed")
    assert client.get("/deals/?q=%00").status_code == 400


def test_a_value_that_the_database_cannot_take_is_the_askers_fault(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def overflow(_view: object) -> None:
        raise DataError

    monkeypatch.setattr(catalogue.WorkList, "get_queryset", overflow)

    assert refused(client.get(WORKS)) == (400, "malformed")


def test_every_place_of_nested_faults_is_named() -> None:
    details = {
        "header": {"lines": [{"message": "Too few.", "code": "min_value"}]},
        "works": [{}, {"work": [{"message": "Missing.", "code": "required"}]}],
    }

    assert list(problems._flatten(details, "")) == [  # noqa: SLF001  # pure and worth its own test
        {"where": "header.lines", "code": "min_value", "message": "Too few."},
        {"where": "works[1].work", "code": "required", "message": "Missing."},
    ]


def test_a_page_asked_for_what_the_database_cannot_take_is_answered_400(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def overflow(_actor: object) -> None:
        raise DataError

    member = MembershipFactory.create()
    browser = Client(raise_request_exception=False)
    browser.force_login(member.user)
    monkeypatch.setattr("licensing.dashboard.todo.tasks_of", overflow)

    assert browser.get("/").status_code == 400
