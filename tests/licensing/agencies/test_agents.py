"""Agents of payees: appointed, paid, ended; refused in circles and beyond the whole."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from ledger.journal import Purpose
from licensing.access import Actor
from licensing.errors import InvalidInput, LicensingError
from licensing.parties.models import ApiKey, Organisation, hash_secret, mint_secret
from licensing.parties.roles import Kind, Role
from licensing.royalties import verify
from licensing.royalties.agencies import services
from licensing.royalties.agencies.models import Agency
from licensing.royalties.models import Charge, Close
from tests.concurrency import together
from tests.licensing.advances.paid import advanced, pay
from tests.licensing.deals.table import organisation
from tests.licensing.royalties.books import Books, parts
from tests.licensing.royalties.conftest import Enter

EARLY = date(2026, 1, 1)


@pytest.fixture
def cedar(books: Books) -> Organisation:
    del books
    return organisation("cedar", Kind.LICENSOR, "Cedar")


def appoint(payee: Organisation, agent: Organisation, rate: str = "0.15", **more: Any) -> Agency:
    return services.appoint(
        by=Actor.owner_of(payee),
        payee=payee,
        agent=agent,
        rate=Decimal(rate),
        starts_on=more.pop("starts_on", EARLY),
        **more,
    )


def test_an_agent_gets_its_part_out_of_its_payees_and_a_statement(
    books: Books, cedar: Organisation
) -> None:
    appoint(books.birch, cedar)

    books.issued()

    assert parts(Charge.objects.get())[2:] == [
        ("payee", "aoba", 417, 13, 40, 364),
        ("payee", "birch", 71, 2, 7, 62),
        ("agent", "cedar", 12, 0, 1, 11),
    ]
    stated = books.statement_of(cedar)
    assert (stated.gross_minor, stated.net_minor) == (12, 11)
    assert stated.content is not None
    assert [line["kind"] for line in stated.content["lines"]] == ["agency"]
    assert books.balance(Purpose.PAYABLE, cedar) == 11
    assert Close.objects.get().agencies == [
        {"payee": "birch", "agent": "cedar", "rate": "0.150000000000"}
    ]
    assert list(verify.findings()) == []


def test_an_agent_recorded_late_gets_its_part_when_the_period_is_closed_again(
    books: Books, cedar: Organisation
) -> None:
    books.closed()
    appoint(books.birch, cedar)

    books.close()

    _, second = Charge.objects.order_by("sequence")
    assert second.amount_minor == 0
    assert parts(second) == [
        ("payee", "birch", -12, 0, -1, -11),
        ("agent", "cedar", 12, 0, 1, 11),
    ]
    assert list(verify.findings()) == []


def test_an_agency_of_another_licence_or_another_time_takes_nothing(
    books: Books, cedar: Organisation
) -> None:
    other = books.priced(LANTERN_PRICE)
    appoint(books.birch, cedar, licence=other.licence)
    appoint(books.aoba, cedar, starts_on=date(2026, 11, 1))
    appoint(books.aoba, cedar, "0.2", ends_on=date(2026, 10, 30))

    books.closed()

    assert books.balance(Purpose.EARNED, cedar) == 0


LANTERN_PRICE = {"id": "a", "model": "flat", "amount": "1", "due": "once"}


def test_an_agents_part_is_recouped_like_any_other(books: Books, cedar: Organisation) -> None:
    """The advance of 4.00 was paid to the collective; 400 of 437 are recouped from all three."""
    appoint(books.birch, cedar)
    books = advanced(books)
    pay(books)

    books.closed()

    earned = [books.balance(Purpose.EARNED, who) for who in (books.aoba, books.birch, cedar)]
    assert sum(earned) == 37
    assert earned[2] == 1
    assert list(verify.findings()) == []


def test_what_an_agent_had_ends_with_its_agency(books: Books, cedar: Organisation) -> None:
    agency = appoint(books.birch, cedar)
    books.closed()

    services.end(
        by=Actor.owner_of(books.birch), agency_id=agency.public_id, ends_on=date(2026, 9, 30)
    )
    books.close()

    assert books.balance(Purpose.EARNED, cedar) == 0
    assert books.balance(Purpose.EARNED, books.birch) == 73
    assert list(verify.findings()) == []
    with pytest.raises(LicensingError, match="ends on 2026-09-30 already"):
        services.end(
            by=Actor.owner_of(books.birch), agency_id=agency.public_id, ends_on=date(2026, 10, 1)
        )


def test_circles_and_more_than_everything_are_refused(books: Books, cedar: Organisation) -> None:
    appoint(books.birch, cedar, "0.6")

    with pytest.raises(InvalidInput) as circle:
        appoint(cedar, books.birch)
    with pytest.raises(InvalidInput) as too_much:
        appoint(books.birch, books.aoba, "0.5")
    with pytest.raises(InvalidInput) as oneself:
        appoint(books.aoba, books.aoba)
    with pytest.raises(InvalidInput) as nothing:
        appoint(books.aoba, cedar, "0")
    with pytest.raises(InvalidInput) as licensee:
        appoint(books.aoba, books.licence.licensee)

    found = [one.value.faults[0].code for one in (circle, too_much, oneself, nothing, licensee)]
    assert found == [
        "agency_chain",
        "agents_take_everything",
        "agency_impossible",
        "agency_impossible",
        "not_a_payee",
    ]
    assert Agency.objects.count() == 1


def test_only_the_payee_or_the_operator_gives_a_part(books: Books, cedar: Organisation) -> None:
    with pytest.raises(LicensingError, match="Only the payee itself"):
        services.appoint(
            by=Actor.owner_of(cedar),
            payee=books.birch,
            agent=cedar,
            rate=Decimal("0.5"),
            starts_on=EARLY,
        )
    given = appoint(books.birch, cedar)
    with pytest.raises(LicensingError, match="Only the payee itself"):
        services.end(by=Actor.owner_of(cedar), agency_id=given.public_id, ends_on=EARLY)
    with pytest.raises(Agency.DoesNotExist):
        services.end(by=Actor.owner_of(books.aoba), agency_id=given.public_id, ends_on=EARLY)

    services.end(by=books.operator, agency_id=given.public_id, ends_on=EARLY)

    assert Agency.objects.get().ends_on == EARLY


def test_the_page_lists_appoints_and_ends(
    books: Books, cedar: Organisation, browser: Enter
) -> None:
    client = browser(books.birch, Role.FINANCE)

    answer = client.post(
        reverse("agency-appoint"),
        {"agent": "cedar", "rate": "15", "starts_on": "2026-10-01", "licence": "", "ends_on": ""},
    )
    refused = client.post(
        reverse("agency-appoint"), {"agent": "cedar", "rate": "90", "starts_on": "2026-10-01"}
    )

    agency = Agency.objects.get()
    assert (answer.status_code, refused.status_code) == (302, 422)
    assert (agency.payee, agency.agent, agency.rate) == (books.birch, cedar, Decimal("0.15"))
    page = client.get(reverse("agencies")).content.decode()
    assert "Cedar" in page
    assert "15" in page
    client.post(reverse("agency-end", args=[agency.public_id]))
    assert Agency.objects.get().ends_on == date(2026, 11, 2)


def test_a_viewer_reads_and_a_stranger_finds_nothing(
    books: Books, cedar: Organisation, browser: Enter
) -> None:
    agency = appoint(books.birch, cedar)
    viewer = browser(books.birch, Role.VIEWER)

    assert "Let an agent have a part" not in viewer.get(reverse("agencies")).content.decode()
    assert viewer.post(reverse("agency-end", args=[agency.public_id])).status_code == 403
    stranger = browser(books.aoba)
    assert stranger.post(reverse("agency-end", args=[agency.public_id])).status_code == 404
    assert "Cedar" not in stranger.get(reverse("agencies")).content.decode().split("<form")[0]


def test_the_api_gives_lists_and_ends(books: Books, cedar: Organisation, client: Any) -> None:
    secret = mint_secret("test")
    ApiKey.objects.create(
        organisation=books.birch,
        name="books",
        mode="test",
        prefix=secret[:16],
        secret_hash=hash_secret(secret),
        scopes=["statements:read", "agencies:write"],
    )
    keyed = {"headers": {"Authorization": f"Bearer {secret}", "Idempotency-Key": "a"}}
    given = client.post(
        "/api/v1/agencies",
        {"agent": cedar.public_id, "rate": "0.15", "starts_on": "2026-10-01"},
        content_type="application/json",
        **keyed,
    )
    wrong = client.post(
        "/api/v1/agencies",
        {"agent": "nobody", "rate": "0.15", "starts_on": "2026-10-01"},
        content_type="application/json",
        headers={"Authorization": f"Bearer {secret}", "Idempotency-Key": "b"},
    )

    assert given.status_code == 201, given.content
    assert given.json() | {"id": ""} == {
        "id": "",
        "payee": "birch",
        "agent": "cedar",
        "rate": "0.150000000000",
        "licence": None,
        "starts_on": "2026-10-01",
        "ends_on": None,
    }
    assert wrong.status_code == 422
    assert client.get("/api/v1/agencies", **keyed).json()["data"] == [given.json()]
    ended = client.post(
        f"/api/v1/agencies/{given.json()['id']}/end",
        {"ends_on": "2026-10-31"},
        content_type="application/json",
        headers={"Authorization": f"Bearer {secret}", "Idempotency-Key": "c"},
    )
    assert ended.json()["ends_on"] == "2026-10-31"


@pytest.mark.django_db(transaction=True)
def test_of_two_who_close_a_circle_together_one_is_refused() -> None:
    cedar = organisation("cedar", Kind.LICENSOR)
    dell = organisation("dell", Kind.LICENSOR)

    found = together(lambda: appoint(cedar, dell), lambda: appoint(dell, cedar))

    assert [type(one) for one in found if isinstance(one, Exception)] == [InvalidInput]
    assert Agency.objects.count() == 1
