import pytest
from django.core.cache import caches
from django.test import Client
from pytest_django import Settings

from licensing.api.throttling import OrganisationThrottle
from licensing.parties.models import Organisation
from tests.factories import OrganisationFactory, WorkFactory, bearer

pytestmark = pytest.mark.django_db

WORKS = "/api/v1/works"


@pytest.fixture
def owner() -> Organisation:
    return OrganisationFactory.create()


@pytest.fixture
def client(owner: Organisation) -> Client:
    return Client(headers=bearer(owner))


def test_pages_meet_each_row_once_though_rows_are_added_meanwhile(
    client: Client, owner: Organisation
) -> None:
    made = [WorkFactory.create(registered_by=owner).public_id for _ in range(5)]
    first = client.get(f"{WORKS}?limit=2").json()
    WorkFactory.create(registered_by=owner)
    second = client.get(first["next"]).json()
    third = client.get(second["next"]).json()

    met = [row["id"] for page in (first, second, third) for row in page["data"]]

    assert met == made[::-1]
    assert (first["previous"], third["next"]) == (None, None)


@pytest.mark.parametrize(
    ("limit", "rows"), [("1", 1), ("0", 3), ("-1", 3), ("ten", 3), ("9999", 3)]
)
def test_a_limit_that_is_none_is_the_usual_one(
    client: Client, owner: Organisation, limit: str, rows: int
) -> None:
    WorkFactory.create_batch(3, registered_by=owner)

    assert len(client.get(f"{WORKS}?limit={limit}").json()["data"]) == rows


def test_a_cursor_that_is_none_is_not_found(client: Client) -> None:
    response = client.get(f"{WORKS}?cursor=nonsense")

    assert (response.status_code, response.json()["code"]) == (404, "not_found")


def test_every_answer_tells_what_is_left(client: Client, settings: Settings) -> None:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    caches["default"].clear()

    first, second = client.get(WORKS), client.get(f"{WORKS}/work_none")

    assert first["RateLimit-Policy"] == '"organisation";q=1200;w=60'
    assert first["RateLimit"] == '"organisation";r=1199;t=60'
    assert second["RateLimit"].startswith('"organisation";r=1198;t=')


def test_a_counter_that_cannot_be_reached_refuses_nobody(
    client: Client, settings: Settings
) -> None:
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:1/0",
        }
    }

    response = client.get(WORKS)

    assert response.status_code == 200
    assert "RateLimit" not in response
    assert OrganisationThrottle.scope == "organisation"
