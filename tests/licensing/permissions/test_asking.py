"""May I train on this? Asked over the API, answered from a signed licence."""

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from licensing.access import Actor
from licensing.catalogue.models import Work
from licensing.deals.models import Deal, DealState
from tests.factories import (
    IdentifierFactory,
    OrganisationFactory,
    ReservationFactory,
    ShareFactory,
    bearer,
)
from tests.licensing.deals.table import TERMS, Table, set_table, terms

pytestmark = pytest.mark.django_db

VISTA = {"family": "vista", "version": "2"}


@pytest.fixture(autouse=True)
def _evidence_of_its_own(settings: Settings, tmp_path: Path) -> None:
    folder = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": tmp_path / "evidence"},
    }
    settings.STORAGES = {**settings.STORAGES, "default": folder, "evidence": folder}


@pytest.fixture
def table() -> Table:
    return set_table()


def ask(who: Actor, *works: str, **changes: Any) -> Any:
    body = {"works": works, "use": "ai-train", "model": VISTA, "on": "2026-11-01", **changes}
    return Client().post(
        "/api/v1/permissions",
        json.dumps(body),
        content_type="application/json",
        headers=bearer(who.organisation),
    )


def words(who: Actor, *works: str, **changes: Any) -> list[str]:
    answer = ask(who, *works, **changes)
    assert answer.status_code == 200
    return [one["answer"] for one in answer.json()["answers"]]


def lantern() -> str:
    return f"work:{Work.objects.get(title='The Paper Lantern').public_id}"


def test_only_a_licence_in_force_permits(table: Table) -> None:
    assert words(table.licensee, lantern()) == ["not_licensed"]

    licence = table.in_force()
    answer = ask(table.licensee, lantern(), "isbn:9784101092058", "nonsense").json()

    assert answer["permitted"] == 1
    assert answer["answers"] == [
        {
            "work": lantern(),
            "answer": "licensed",
            "licence": licence.public_id,
            "reservation": None,
        },
        {
            "work": "isbn:9784101092058",
            "answer": "unknown_work",
            "licence": None,
            "reservation": None,
        },
        {"work": "nonsense", "answer": "unknown_work", "licence": None, "reservation": None},
    ]


def test_a_licence_permits_only_whom_and_what_it_names(table: Table) -> None:
    table.in_force()

    assert words(table.outsider, lantern()) == ["not_licensed"]
    assert words(table.licensee, lantern(), use="fine-tune") == ["not_licensed"]
    assert words(table.licensee, lantern(), use="ai-all") == ["not_licensed"]
    assert words(table.licensee, lantern(), model={"family": "vista", "version": "3"}) == [
        "not_licensed"
    ]
    assert words(table.licensee, lantern(), on="2026-09-30") == ["not_licensed"]
    assert words(table.licensee, lantern(), on="2026-10-01") == ["licensed"]
    assert words(table.licensee, lantern(), on="2029-09-30") == ["licensed"]
    assert words(table.licensee, lantern(), on="2029-10-01") == ["not_licensed"]


def test_a_licence_for_one_country_does_not_permit_the_world(table: Table) -> None:
    grant: Mapping[str, Any] = TERMS["grant"]
    table.in_force(terms(grant={**grant, "territory": ["JP"]}))

    assert words(table.licensee, lantern()) == ["not_licensed"]
    assert words(table.licensee, lantern(), territory="JP") == ["licensed"]
    assert words(table.licensee, lantern(), territory="US") == ["not_licensed"]


def test_a_work_that_came_after_the_signature_is_not_licensed(table: Table) -> None:
    table.in_force()
    late = IdentifierFactory.create(
        work=ShareFactory.create(holder=table.licensor.organisation).work
    )

    assert words(table.licensee, lantern(), str(late)) == ["licensed", "not_licensed"]


def test_a_terminated_licence_permits_nothing(table: Table) -> None:
    licence = table.in_force()
    Deal.objects.filter(pk=licence.deal_id).update(state=DealState.TERMINATED)

    assert words(table.licensee, lantern()) == ["not_licensed"]


def test_a_reservation_is_quoted_the_works_own_before_its_owners(table: Table) -> None:
    owner = table.licensor.organisation
    whole = ReservationFactory.create(holder=owner, statement="Nothing of ours.")
    ferry = Work.objects.get(title="Winter Ferry")
    own = ReservationFactory.create(holder=owner, work=ferry, statement="Not this one.")

    first, second = ask(table.licensee, lantern(), f"work:{ferry.public_id}").json()["answers"]

    assert (first["answer"], first["reservation"]["id"]) == ("reserved", whole.public_id)
    assert (second["answer"], second["reservation"]["statement"]) == ("reserved", "Not this one.")
    assert second["reservation"]["id"] == own.public_id


def test_a_licence_outweighs_a_reservation_and_lifted_ones_are_not_quoted(table: Table) -> None:
    ReservationFactory.create(holder=table.licensor.organisation)
    table.in_force()
    lifted = ReservationFactory.create(lifted_on=date(2026, 10, 1))
    other = IdentifierFactory.create(work=ShareFactory.create(holder=lifted.holder).work)

    assert words(table.licensee, lantern(), str(other)) == ["licensed", "not_licensed"]


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"works": []}, "works"),
        ({"use": "train"}, "use"),
        ({"model": {"family": "vista"}}, "model.version"),
        ({"territory": "Japan"}, "territory"),
        ({"on": "soon"}, "on"),
    ],
)
def test_a_question_that_cannot_be_read_names_the_field(
    changes: dict[str, Any], where: str
) -> None:
    who = Actor.owner_of(OrganisationFactory.create(licensee=True))

    answer = ask(who, "domain:a.example", **changes)

    assert answer.status_code == 400
    assert [fault["where"] for fault in answer.json()["errors"]] == [where]


def test_a_stranger_is_not_answered() -> None:
    answer = Client().post("/api/v1/permissions", "{}", content_type="application/json")

    assert answer.status_code == 401
