from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from licensing.access import Actor
from licensing.permissions.forms import MOST_AT_ONCE
from tests.factories import IdentifierFactory, OrganisationFactory, ReservationFactory, ShareFactory
from tests.licensing.usage.conftest import Office, open_office
from tests.licensing.usage.rooms import enter


@pytest.fixture
def office(db: None, monkeypatch: pytest.MonkeyPatch) -> Office:  # noqa: ARG001  # it asks for the database
    monkeypatch.setattr("config.jobs.send", lambda _task, _arguments: None)
    return open_office()


def ask(client: Client, works: str, **changes: str) -> Any:
    said = {
        "works": works,
        "use": "ai-train",
        "family": "vista",
        "version": "2",
        "territory": "WW",
        "on": "2026-11-01",
    }
    return client.post(reverse("permissions"), said | changes)


def test_only_a_licence_is_a_yes(office: Office) -> None:
    owner = OrganisationFactory.create()
    reserved = IdentifierFactory.create(value="reserved.example")
    ShareFactory.create(work=reserved.work, holder=owner)
    ReservationFactory.create(holder=owner)

    response = ask(
        enter(office.licensee),
        "domain:kaede.jp\n\n domain:tsubaki.jp \ndomain:nobody.jp\ndomain:reserved.example\n"
        "domain:kaede.jp",
    )

    told = [
        (one.asked, one.word, str(word)) for one, _tone, word, _why in response.context["answers"]
    ]
    assert told == [
        ("domain:kaede.jp", "licensed", "Yes"),
        ("domain:tsubaki.jp", "not_licensed", "No"),
        ("domain:nobody.jp", "unknown_work", "No"),
        ("domain:reserved.example", "reserved", "No"),
    ]
    shown = response.content.decode()
    assert "1 of 4 permitted" in shown
    assert office.licence.deal.title in shown
    assert "No training without a licence." in shown


def test_another_model_or_day_is_another_answer(office: Office) -> None:
    client = enter(office.licensee)

    for changes in ({"version": "3"}, {"on": "2026-09-30"}, {"use": "search"}):
        assert ask(client, "domain:kaede.jp", **changes).context["permitted"] == 0


@pytest.mark.parametrize(
    ("works", "changes", "field"),
    [
        ("", {}, "works"),
        ("a:b " * 100, {}, "works"),
        ("\n".join(f"domain:{number}.jp" for number in range(MOST_AT_ONCE + 1)), {}, "works"),
        ("domain:kaede.jp", {"territory": "Japan"}, "territory"),
        ("domain:kaede.jp", {"use": "painting"}, "use"),
        ("domain:kaede.jp", {"on": "yesterday"}, "on"),
        ("domain:kaede.jp\x00", {}, "works"),
    ],
)
def test_a_question_that_cannot_be_read_is_told_beside_its_field(
    office: Office, works: str, changes: dict[str, str], field: str
) -> None:
    response = ask(enter(office.licensee), works, **changes)

    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert response.context["answers"] == []


def test_the_form_begins_with_the_licensed_model(office: Office) -> None:
    shown = enter(office.licensee).get(reverse("permissions"))
    stranger = Actor.owner_of(OrganisationFactory.create(licensee=True))

    assert shown.context["form"].initial == {"family": "vista", "version": "2"}
    assert enter(stranger).get(reverse("permissions")).context["form"].initial == {}
    assert Client().get(reverse("permissions")).status_code == 302
