"""The catalogue through HTTP."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from licensing.catalogue.imports import services
from licensing.catalogue.models import CatalogueImport, Mandate, Reservation, Share, Work
from licensing.parties.models import Organisation
from tests.factories import (
    IdentifierFactory,
    MandateFactory,
    OrganisationFactory,
    ReservationFactory,
    ShareFactory,
    bearer,
)

pytestmark = pytest.mark.django_db


class Caller:
    """Calls the API with one organisation's key."""

    def __init__(self, organisation: Organisation, **key: Any) -> None:
        self.client = Client()
        self.headers = bearer(organisation, **key)
        self.keys = 0

    def get(self, path: str, **query: str) -> Any:
        """Ask."""
        return self.client.get(f"/api/v1/{path}", query, headers=self.headers)

    def post(self, path: str, body: Any) -> Any:
        """Send JSON under a key of its own."""
        self.keys += 1
        return self.client.post(
            f"/api/v1/{path}",
            json.dumps(body),
            content_type="application/json",
            headers={**self.headers, "Idempotency-Key": f"key-{self.keys}"},
        )


@pytest.fixture(autouse=True)
def _evidence_in_a_folder_of_its_own(tmp_path: Path, settings: Settings) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "evidence": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path},
        },
    }


@pytest.fixture
def quill() -> Organisation:
    return OrganisationFactory.create(slug="quill")


@pytest.fixture
def publisher(quill: Organisation) -> Caller:
    return Caller(quill)


@pytest.fixture
def ai_firm() -> Caller:
    return Caller(OrganisationFactory.create(licensee=True))


BOOK = {
    "kind": "book",
    "title": "海辺の本",
    "identifiers": ["isbn:4-10-109205-2"],
    "shares": {"quill": 1},
}


def test_a_work_is_registered_and_read_back(publisher: Caller) -> None:
    made = publisher.post("works", BOOK)

    assert made.status_code == 201
    work = Work.objects.get()
    shown = publisher.get(f"works/{work.public_id}").json()
    assert shown == made.json()
    assert shown["identifiers"] == ["isbn:9784101092058"]
    assert shown["shares"] == [
        {"holder": "quill", "weight": 1, "territory": "WW", "starts_on": None, "ends_on": None}
    ]


def test_an_ai_firm_sees_works_and_reservations_and_not_who_owns_how_much(
    ai_firm: Caller, quill: Organisation
) -> None:
    share = ShareFactory.create(holder=quill)
    ReservationFactory.create(holder=quill, work=share.work)

    [shown] = ai_firm.get("works").json()["data"]

    assert shown["id"] == share.work.public_id
    assert "shares" not in shown
    assert [one["statement"] for one in shown["reservations"]] == [
        "All rights reserved. No training without a licence."
    ]


def test_works_are_found_by_identifier_title_kind_and_holder(
    publisher: Caller, quill: Organisation
) -> None:
    named = IdentifierFactory.create(scheme="madb", value="C410078").work
    owned = ShareFactory.create(holder=quill, work__kind="book", work__title_kana="ウミベ").work

    def found(**query: str) -> set[str]:
        return {one["id"] for one in publisher.get("works", **query).json()["data"]}

    assert found(identifier="MADB:c410078") == {named.public_id}
    assert found(identifier=f"work:{named.public_id}") == {named.public_id}
    assert found(title="ウミ") == {owned.public_id}
    assert found(kind="book") == {owned.public_id}
    assert found(holder="quill") == found(holder=quill.public_id) == {owned.public_id}
    assert found(holder="nobody") == set()
    assert found() == {named.public_id, owned.public_id}


def test_ai_firms_cannot_ask_who_owns_what(ai_firm: Caller, quill: Organisation) -> None:
    ShareFactory.create(holder=quill)

    assert ai_firm.get("works", holder="quill").json()["data"] == []


def test_an_identifier_that_names_nothing_is_explained(ai_firm: Caller) -> None:
    answer = ai_firm.get("works", identifier="isbn:1")

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["code"] == "identifier_malformed"


def test_a_list_of_works_takes_a_fixed_number_of_queries(
    publisher: Caller, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(3):
        share = ShareFactory.create()
        IdentifierFactory.create(work=share.work)
    publisher.get("works")

    # The key, the works, and their identifiers, shares and reservations.
    with django_assert_num_queries(5):
        assert len(publisher.get("works").json()["data"]) == 3


def test_refused_bodies_leave_nothing(publisher: Caller, ai_firm: Caller) -> None:
    malformed = publisher.post("works", {**BOOK, "shares": {"quill": 0}})
    meaningless = publisher.post("works", {**BOOK, "shares": {"nobody": 1}})
    forbidden = ai_firm.post("works", BOOK)

    assert malformed.status_code == 400
    assert malformed.json()["errors"][0]["where"] == "shares.quill"
    assert (meaningless.status_code, meaningless.json()["errors"][0]["code"]) == (
        422,
        "holder_unknown",
    )
    assert (forbidden.status_code, forbidden.json()["code"]) == (403, "missing_scope")
    assert not Work.objects.exists()


def test_names_and_shares_are_added_to_a_work(publisher: Caller, quill: Organisation) -> None:
    work = ShareFactory.create(holder=quill).work
    OrganisationFactory.create(slug="tide")

    named = publisher.post(f"works/{work.public_id}/identifiers", {"identifier": "madb:C1"})
    shared = publisher.post(
        f"works/{work.public_id}/shares",
        {"shares": {"quill": 2, "tide": 1}, "starts_on": "2026-01-01"},
    )

    assert (named.status_code, named.json()["identifiers"]) == (201, ["madb:C1"])
    assert shared.status_code == 201
    assert [(one["holder"], one["weight"]) for one in shared.json()["shares"]] == [
        ("quill", 2),
        ("tide", 1),
    ]


def test_shares_for_a_country_stand_beside_the_world_wide_ones(
    publisher: Caller, quill: Organisation
) -> None:
    work = ShareFactory.create(holder=quill).work
    OrganisationFactory.create(slug="tide")
    address, body = f"works/{work.public_id}/shares", {"starts_on": "2026-01-01"}

    wrong = publisher.post(
        address, {**body, "shares": {"quill": 1}, "by_territory": {"XX": {"tide": 1}, "JP": {}}}
    )
    above = publisher.post(
        address,
        {**body, "weight_total": 2, "shares": {"quill": 2}, "by_territory": {"JP": {"tide": 3}}},
    )
    unchanged = work.shares.count()
    shared = publisher.post(
        address, {**body, "shares": {"quill": 2}, "by_territory": {"JP": {"tide": 1}}}
    )

    assert [(one["where"], one["code"]) for one in wrong.json()["errors"]] == [
        ("by_territory", "territory_unknown"),
        ("by_territory", "shares_missing"),
    ]
    assert "for JP sum to 3 and the whole is 2" in above.json()["errors"][0]["message"]
    assert (wrong.status_code, above.status_code, unchanged) == (422, 422, 1)
    assert [
        (one["holder"], one["weight"], one["territory"]) for one in shared.json()["shares"]
    ] == [("quill", 2, "WW"), ("tide", 1, "JP")]


def test_an_unknown_work_is_404_and_anothers_is_403(publisher: Caller) -> None:
    foreign = ShareFactory.create().work

    missing = publisher.post("works/work_x/identifiers", {"identifier": "madb:C1"})
    refused = publisher.post(f"works/{foreign.public_id}/identifiers", {"identifier": "madb:C1"})

    assert (missing.status_code, refused.status_code) == (404, 403)
    assert not foreign.identifiers.exists()


CSV = b"kind,title,identifiers,shares\nwebsite,A,domain:a.example,quill:1\nx,B,b,quill:1\n"


def send_body(caller: Caller, query: str) -> Any:
    return caller.client.post(
        f"/api/v1/imports?{query}", CSV, content_type="text/csv", headers=caller.headers
    )


def send_form(caller: Caller, query: str) -> Any:
    fields = dict(part.split("=") for part in query.split("&"))
    file = SimpleUploadedFile("mine.csv", CSV)
    return caller.client.post("/api/v1/imports", {"file": file, **fields}, headers=caller.headers)


@pytest.mark.parametrize("send", [send_body, send_form])
def test_a_file_is_imported_and_its_refused_rows_fetched(
    publisher: Caller, send: Callable[[Caller, str], Any]
) -> None:
    accepted = send(publisher, "file_format=csv&dry_run=false")
    assert accepted.status_code == 202
    assert accepted.json()["state"] == "received"
    services.run(CatalogueImport.objects.get().pk)

    done = publisher.client.get(accepted["Location"], headers=publisher.headers).json()
    refused = publisher.client.get(done["refused"], headers=publisher.headers)

    assert (done["state"], done["rows_created"], done["rows_refused"]) == ("done", 1, 1)
    assert refused["Content-Type"] == "text/csv; charset=utf-8"
    assert refused["Content-Disposition"] == f'attachment; filename="refused-{done["id"]}.csv"'
    assert b"x,B,b,quill:1,identifier_without_scheme," in refused.getvalue()
    assert [one["id"] for one in publisher.get("imports").json()["data"]] == [done["id"]]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("file_format=xml", 400),
        ("file_format=madb", 422),
        ("holder=nobody", 422),
        ("create_licensors=true", 403),
    ],
)
def test_an_import_that_cannot_be_is_refused_whole(
    publisher: Caller, query: str, status: int
) -> None:
    answer = send_body(publisher, query)

    assert answer.status_code == status
    assert not CatalogueImport.objects.exists()


def test_a_form_without_a_file_is_refused(publisher: Caller) -> None:
    answer = publisher.client.post("/api/v1/imports", {"file": "words"}, headers=publisher.headers)

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "file_missing")


def test_outsiders_do_not_find_imports_and_ai_firms_cannot_send_any(
    publisher: Caller, ai_firm: Caller
) -> None:
    public_id = send_body(publisher, "holder=quill").json()["id"]
    stranger = Caller(OrganisationFactory.create())

    assert stranger.get(f"imports/{public_id}").status_code == 404
    assert stranger.get(f"imports/{public_id}/refused").status_code == 404
    assert stranger.get("imports").json()["data"] == []
    assert send_body(ai_firm, "").status_code == 403


def test_a_mandate_is_given_listed_and_ended(publisher: Caller) -> None:
    collective = OrganisationFactory.create(collective=True)
    work = ShareFactory.create().work

    given = publisher.post(
        "mandates",
        {
            "collective": collective.slug,
            "uses": ["ai-all"],
            "starts_on": "2026-01-01",
            "excluded_works": [work.public_id],
        },
    )
    listed = Caller(collective).get("mandates").json()["data"]
    ended = publisher.post(f"mandates/{given.json()['id']}/end", {"ends_on": "2026-12-31"})

    assert given.status_code == 201
    assert listed == [given.json()]
    assert listed[0]["excluded_works"] == [work.public_id]
    assert (ended.status_code, ended.json()["ends_on"]) == (200, "2026-12-31")


def test_strangers_do_not_find_mandates_and_unknown_collectives_are_refused(
    publisher: Caller,
) -> None:
    mandate = MandateFactory.create()

    ended = publisher.post(f"mandates/{mandate.public_id}/end", {"ends_on": "2026-12-31"})
    unknown = publisher.post(
        "mandates", {"collective": "nobody", "uses": ["ai-train"], "starts_on": "2026-01-01"}
    )

    assert ended.status_code == 404
    assert publisher.get("mandates").json()["data"] == []
    assert unknown.json()["errors"][0]["where"] == "collective"
    assert Mandate.objects.get().ends_on is None


@pytest.mark.usefixtures("quill")
def test_the_operator_records_a_mandate_for_a_member() -> None:
    operator = Caller(OrganisationFactory.create(operator=True))
    collective = OrganisationFactory.create(collective=True)

    given = operator.post(
        "mandates",
        {
            "member": "quill",
            "collective": collective.public_id,
            "uses": ["ai-train"],
            "territory": ["JP"],
            "starts_on": "2026-01-01",
        },
    )

    assert (given.status_code, given.json()["member"]) == (201, "quill")


def test_a_reservation_is_stated_found_and_lifted(
    publisher: Caller, ai_firm: Caller, quill: Organisation
) -> None:
    work = ShareFactory.create(holder=quill).work
    body = {"uses": ["ai-train"], "statement": "無断学習を禁じます。", "starts_on": "2026-01-01"}

    whole = publisher.post("reservations", body)
    one = publisher.post("reservations", {**body, "work": work.public_id})
    again = publisher.post("reservations", body)
    lifted = publisher.post(f"reservations/{whole.json()['id']}/lift", {"on": "2026-02-01"})

    assert (whole.status_code, one.status_code, again.status_code) == (201, 201, 409)
    assert lifted.json()["lifted_on"] == "2026-02-01"
    assert whole.json()["work"] is None

    def found(**query: str) -> list[str]:
        return [made["id"] for made in ai_firm.get("reservations", **query).json()["data"]]

    assert found(holder="quill") == [one.json()["id"], whole.json()["id"]]
    assert found(standing="true") == found(work=work.public_id) == [one.json()["id"]]
    assert Reservation.objects.in_force(date(2026, 1, 15)).count() == 2


def test_a_key_without_the_scope_only_reads(quill: Organisation) -> None:
    reader = Caller(quill, scopes=["works:read"])

    refused = reader.post("works", BOOK)

    assert (refused.status_code, reader.get("works").status_code) == (403, 200)
    assert not Share.objects.exists()
