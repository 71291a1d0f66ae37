"""The catalogue's pages through HTTP."""

from datetime import date
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from licensing.catalogue.imports import services
from licensing.catalogue.models import CatalogueImport, Mandate, Reservation, Work
from licensing.parties.models import Organisation
from licensing.parties.roles import Role
from tests.factories import (
    IdentifierFactory,
    MandateFactory,
    MembershipFactory,
    OrganisationFactory,
    ReservationFactory,
    ShareFactory,
    WorkFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _evidence_in_a_folder_of_its_own(tmp_path: Path, settings: Settings) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "evidence": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path},
        },
    }


def browser_of(organisation: Organisation, role: Role = Role.OWNER) -> Client:
    client = Client()
    client.force_login(MembershipFactory.create(organisation=organisation, role=role).user)
    return client


@pytest.fixture
def quill() -> Organisation:
    return OrganisationFactory.create(slug="quill", name="Quill Press")


@pytest.fixture
def browser(quill: Organisation) -> Client:
    return browser_of(quill)


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_publisher_sees_its_own_works_first_and_others_on_demand(
    browser: Client, quill: Organisation
) -> None:
    ShareFactory.create(holder=quill, work__title="海辺の本")
    ShareFactory.create(work__title="Foreign")

    own, everything = text(browser, "/works/"), text(browser, "/works/?whose=all")

    assert ("海辺の本" in own, "Foreign" in own) == (True, False)
    assert ("海辺の本" in everything, "Foreign" in everything) == (True, True)


def test_works_are_searched_by_title_identifier_and_kind(browser: Client) -> None:
    WorkFactory.create(title="Castle", kind="anime-film")
    IdentifierFactory.create(scheme="madb", value="C1", work__title="Umi no hon")

    assert "Castle" in text(browser, "/works/?whose=all&q=cast")
    assert "Umi no hon" in text(browser, "/works/?whose=all&q=madb:c1")
    assert "Umi no hon" not in text(browser, "/works/?whose=all&kind=anime-film")
    assert "its check digit does not fit" in text(browser, "/works/?q=isbn:9784101092059")
    assert "No work matches" in text(browser, "/works/?q=nothing")


def test_works_under_reservation_are_listed_once(browser: Client, quill: Organisation) -> None:
    work = ShareFactory.create(holder=quill, work__title="Reserved work").work
    ReservationFactory.create(holder=quill, work=work)
    ReservationFactory.create(holder=OrganisationFactory.create(), work=work)

    assert text(browser, "/works/?whose=reserved").count("Reserved work</a>") == 1


def test_an_ai_firm_does_not_see_who_owns_what() -> None:
    work = ShareFactory.create(holder__name="Secret Owner").work
    client = browser_of(OrganisationFactory.create(licensee=True))

    for address in ("/works/", f"/works/{work.public_id}/"):
        page = text(client, address)
        assert work.title in page
        assert "Secret Owner" not in page
    assert client.get("/works/import/").status_code == 403


def test_the_list_takes_a_fixed_number_of_queries(
    browser: Client, quill: Organisation, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(4):
        IdentifierFactory.create(work=ShareFactory.create(holder=quill).work)
    browser.get("/works/")

    # Session, user, membership; organisations; kinds, any work, count, page and its three kin.
    with django_assert_num_queries(11):
        text(browser, "/works/")


def test_an_empty_catalogue_says_what_to_do_first(browser: Client) -> None:
    assert "/works/import/" in text(browser, "/works/")


def test_a_work_shows_its_owners_on_a_day(browser: Client, quill: Organisation) -> None:
    work = WorkFactory.create(copyright_notice="©1986 二馬力・徳間書店")
    ShareFactory.create(work=work, holder=quill, weight=7, ends_on=date(2026, 9, 30))
    ShareFactory.create(work=work, holder__name="Tide House", starts_on=date(2026, 10, 1))

    before = text(browser, f"/works/{work.public_id}/?on=2026-09-30")
    after = text(browser, f"/works/{work.public_id}/?on=2026-10-01")

    assert ("7 / 7" in before, "Tide House" in before) == (True, False)
    assert ("7 / 7" in after, "Tide House" in after) == (False, True)
    assert "©1986 二馬力・徳間書店" in before
    assert browser.get("/works/work_x/").status_code == 404
    assert browser.get(f"/works/{work.public_id}/?on=soon").status_code == 200


def test_names_and_shares_are_added_on_the_page(browser: Client, quill: Organisation) -> None:
    work = ShareFactory.create(holder=quill, starts_on=date(2020, 1, 1)).work
    OrganisationFactory.create(slug="tide")
    page = f"/works/{work.public_id}/"

    named = browser.post(f"{page}identifiers/", {"identifier": "madb:C1"})
    shared = browser.post(
        f"{page}shares/", {"shares": "quill:2\r\n\r\ntide:1\r\n", "starts_on": "2026-01-01"}
    )

    assert (named.status_code, shared.status_code) == (302, 302)
    assert str(work.identifiers.get()) == "madb:C1"
    assert list(work.shares.in_force(date(2026, 1, 1)).values_list("holder__slug", "weight")) == [
        ("quill", 2),
        ("tide", 1),
    ]


def test_shares_by_country_are_recorded_and_shown_with_the_whole_of_each(
    browser: Client, quill: Organisation
) -> None:
    work = ShareFactory.create(holder=quill, starts_on=date(2020, 1, 1)).work
    OrganisationFactory.create(slug="tide", name="Tide House")
    page = f"/works/{work.public_id}/"
    plain = text(browser, f"{page}?on=2025-01-01")

    browser.post(
        f"{page}shares/",
        {"shares": "quill:2\ntide:1\ntide:7:JP", "starts_on": "2026-01-01", "weight_total": "8"},
    )

    shown = browser.get(f"{page}?on=2026-01-01")
    assert [
        (one.territory, one.claimed, one.whole, one.is_contested) for one in shown.context["owned"]
    ] == [("WW", 3, 8, False), ("JP", 7, 8, False)]
    assert shown.context["shares_form"]["shares"].value() == "quill:2\ntide:1\ntide:7:JP"
    assert "divided by those alone" in shown.content.decode()
    assert "divided by those alone" not in plain
    assert "Japan" in text(browser, "/works/")


def test_what_cannot_be_recorded_is_explained_at_its_field(
    browser: Client, quill: Organisation
) -> None:
    work = ShareFactory.create(holder=quill, starts_on=date(2026, 1, 1)).work
    foreign = ShareFactory.create().work
    page = f"/works/{work.public_id}/"

    for address, body, said in [
        (f"{page}identifiers/", {"identifier": "isbn:1"}, "is no ISBN"),
        (f"{page}identifiers/", {}, "field is required"),
        (f"{page}shares/", {"shares": "quill", "starts_on": "2026-02-01"}, "is no share"),
        (f"{page}shares/", {"shares": "nobody:1", "starts_on": "2026-02-01"}, "no licensor here"),
        (f"{page}shares/", {"shares": "quill:1:ZZ", "starts_on": "2026-02-01"}, "no ISO 3166"),
        (f"{page}shares/", {"shares": "quill:1", "starts_on": "2026-01-01"}, "later day"),
        (f"/works/{foreign.public_id}/identifiers/", {"identifier": "madb:C1"}, "owns no part"),
    ]:
        answer = browser.post(address, body)
        assert (answer.status_code, said in answer.content.decode()) == (422, True), address

    assert work.shares.count() == 1
    assert not work.identifiers.exists()


CSV = b"kind,title,identifiers,shares\nwebsite,A,domain:a.example,quill:1\nx,B,b,quill:1\n"


def test_a_file_is_sent_watched_and_its_refused_rows_downloaded(browser: Client) -> None:
    sent = browser.post(
        "/works/import/", {"file": SimpleUploadedFile("mine.csv", CSV), "format": "csv"}
    )
    job = CatalogueImport.objects.get()
    page = f"/works/import/{job.public_id}/"
    assert sent["Location"] == page
    assert 'hx-get="' + page in text(browser, page)

    services.run(job.pk)

    done = text(browser, page)
    assert "hx-get" not in done
    assert "identifier_without_scheme" in done
    assert "mine.csv" in text(browser, "/works/import/")
    refused = browser.get(f"{page}refused/")
    assert b"x,B,b,quill:1," in b"".join(refused)
    assert Work.objects.get().title == "A"


def test_the_progress_bar_reloads_the_page_when_the_job_is_over(browser: Client) -> None:
    browser.post("/works/import/", {"file": SimpleUploadedFile("a.csv", CSV), "format": "csv"})
    job = CatalogueImport.objects.get()
    address = f"/works/import/{job.public_id}/progress/"

    assert "HX-Refresh" not in browser.get(address)
    services.run(job.pk)

    assert browser.get(address)["HX-Refresh"] == "true"


def test_a_dry_run_says_that_nothing_was_written(browser: Client) -> None:
    browser.post(
        "/works/import/",
        {"file": SimpleUploadedFile("a.csv", CSV), "format": "csv", "dry_run": "on"},
    )
    job = services.run(CatalogueImport.objects.get().pk)

    assert "This was a dry run" in text(browser, f"/works/import/{job.public_id}/")
    assert not Work.objects.exists()


def test_an_unreadable_file_is_explained_and_nothing_kept(browser: Client) -> None:
    answer = browser.post(
        "/works/import/", {"file": SimpleUploadedFile("a.csv", b"\xff"), "format": "csv"}
    )

    assert (answer.status_code, "not UTF-8" in answer.content.decode()) == (422, True)
    assert not CatalogueImport.objects.exists()


def test_outsiders_do_not_find_an_import(browser: Client) -> None:
    browser.post("/works/import/", {"file": SimpleUploadedFile("a.csv", CSV), "format": "csv"})
    page = f"/works/import/{CatalogueImport.objects.get().public_id}/"
    stranger = browser_of(OrganisationFactory.create())

    for address in (page, f"{page}progress/", f"{page}refused/"):
        assert stranger.get(address).status_code == 404


def test_a_mandate_is_given_and_ended(browser: Client, quill: Organisation) -> None:
    collective = OrganisationFactory.create(collective=True)
    work = ShareFactory.create(holder=quill).work
    body = {
        "collective": collective.slug,
        "uses": ["ai-train"],
        "territory": "jp, us",
        "starts_on": "2026-01-01",
        "excluded_works": work.public_id,
    }

    given = browser.post("/works/mandates/give/", body)
    again = browser.post("/works/mandates/give/", body)

    assert (given.status_code, again.status_code) == (302, 422)
    mandate = Mandate.objects.get()
    assert (mandate.member, mandate.territory) == (quill, ["JP", "US"])
    assert collective.name in text(browser, "/works/mandates/")

    browser.post(f"/works/mandates/{mandate.public_id}/end/")
    mandate.refresh_from_db()
    assert mandate.ends_on is not None


def test_a_mandate_that_cannot_be_is_explained(browser: Client) -> None:
    answer = browser.post("/works/mandates/give/", {"territory": "Japan", "uses": ["ai-train"]})

    assert answer.status_code == 422
    assert "JAPAN is no country code" in answer.content.decode()
    assert not Mandate.objects.exists()


def test_mandates_tell_their_state_and_strangers_do_not_end_them(browser: Client) -> None:
    mandate = MandateFactory.create()
    MandateFactory.create(collective=mandate.collective, starts_on=date(2999, 1, 1))
    MandateFactory.create(collective=mandate.collective, ends_on=date(2026, 1, 2))
    page = text(browser_of(mandate.collective), "/works/mandates/")

    for state in ("In force", "Not yet in force", "Ended"):
        assert state in page
    assert browser.post(f"/works/mandates/{mandate.public_id}/end/").status_code == 404


def test_chosen_works_are_put_under_reservation_and_released(
    browser: Client, quill: Organisation
) -> None:
    works = [ShareFactory.create(holder=quill).work for _ in range(2)]
    ids = [work.public_id for work in works]
    body = {"uses": ["ai-all"], "statement": "無断学習を禁じます。", "starts_on": "2026-01-01"}

    asked = text(browser, f"/works/reservations/?work={ids[0]}&work={ids[1]}")
    made = browser.post("/works/reservations/make/", {**body, "work": ids})
    whole = browser.post("/works/reservations/make/", body)
    again = browser.post("/works/reservations/make/", body)

    assert "Put 2 works under reservation" in asked
    assert (made.status_code, whole.status_code, again.status_code) == (302, 302, 422)
    assert Reservation.objects.count() == 3
    assert "無断学習" in text(browser, f"/works/{ids[0]}/")

    one = Reservation.objects.get(work=works[0])
    browser.post(f"/works/reservations/{one.public_id}/lift/")
    one.refresh_from_db()
    assert one.lifted_on is not None


def test_reservations_that_cannot_be_leave_nothing(browser: Client) -> None:
    foreign = ShareFactory.create().work
    body = {"uses": ["ai-all"], "statement": "No.", "starts_on": "2026-01-01"}

    empty = browser.post("/works/reservations/make/", {})
    refused = browser.post("/works/reservations/make/", {**body, "work": foreign.public_id})
    missing = browser.post("/works/reservations/make/", {**body, "work": "work_x"})

    assert [empty.status_code, refused.status_code, missing.status_code] == [422, 422, 404]
    assert not Reservation.objects.exists()


def test_viewers_read_and_change_nothing(quill: Organisation) -> None:
    work = ShareFactory.create(holder=quill).work
    viewer = browser_of(quill, Role.VIEWER)

    for address in ("/works/", f"/works/{work.public_id}/", "/works/mandates/"):
        assert text(viewer, address)
    for address in ("/works/reservations/make/", "/works/mandates/give/", "/works/import/"):
        assert viewer.post(address, {}).status_code == 403
