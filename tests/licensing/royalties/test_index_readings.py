"""Readings of an index: entered by finance, rated by, revised, and proved as they were.

2,000,000 tokens at 2.50 per million are 5.00; with JP-CPI at 100 and 103.2 that is 5.16.
"""

import uuid
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoCaptureOnCommitCallbacks

from licensing.access import Actor
from licensing.deals import terms as contract
from licensing.errors import InvalidInput, MissingScope
from licensing.parties.models import Organisation
from licensing.parties.roles import Role
from licensing.royalties import closing, month, pricing, stakes, tasks, verify
from licensing.royalties.indices.models import IndexReading
from licensing.royalties.indices.services import enter_reading
from licensing.royalties.models import Charge, Period
from tests.concurrency import together
from tests.factories import OrganisationFactory, bearer
from tests.licensing.royalties.books import OCTOBER, PRICE, Books, picture
from tests.licensing.royalties.conftest import Enter

CPI = {"series": "JP-CPI", "base": "2025-09", "month": "2026-08"}
SOURCE = "Statistics Bureau, 18 September 2026"
MISSING = (
    "The reading of JP-CPI for 2026-08 is missing. Finance enters it among the index readings; "
    "then this can be priced."
)


@pytest.fixture
def indexed(books: Books) -> Books:
    """Sign a licence whose price follows an index from its first day."""
    return books.priced(PRICE | {"escalators": [{"from": "2026-10-01", "index": CPI}]})


def enter(by: Actor, month: str, value: str, source: str = SOURCE) -> IndexReading:
    return enter_reading(by=by, series="JP-CPI", month=month, value=Decimal(value), source=source)


def enter_both(books: Books) -> None:
    enter(books.operator, "2025-09", "100")
    enter(books.operator, "2026-08", "103.2")


def charged() -> list[int]:
    return list(Charge.objects.order_by("pk").values_list("amount_minor", flat=True))


def test_a_month_is_closed_by_the_readings_and_proved(indexed: Books) -> None:
    enter_both(indexed)

    close = indexed.closed()

    assert charged() == [516]
    assert close.indices == [
        {"series": "JP-CPI", "month": "2025-09", "revision": 1, "value": "100.000000"},
        {"series": "JP-CPI", "month": "2026-08", "revision": 1, "value": "103.200000"},
    ]
    assert list(verify.findings()) == []


def test_a_close_whose_reading_is_missing_is_refused_with_the_reason(indexed: Books) -> None:
    enter(indexed.operator, "2025-09", "100")
    indexed.report()
    due = indexed.due()
    before = picture()[1:]

    assert closing.close_period(due.pk) is None

    period = Period.objects.get(pk=due.pk)
    assert (period.state, period.failure) == ("open", MISSING)
    assert picture()[1:] == before


def test_a_revision_books_the_difference_and_the_first_close_still_proves(indexed: Books) -> None:
    """5.00 × 104 ÷ 100 is 5.20: 4 cents more."""
    enter_both(indexed)
    first = indexed.closed()
    enter(indexed.operator, "2026-08", "104")
    assert closing.is_stale(first.period)
    (row,) = month.rows([indexed.licence], OCTOBER)
    assert row.is_stale
    assert list(verify.findings()) == []

    second = indexed.close()

    assert charged() == [516, 4]
    assert second.inputs_hash != first.inputs_hash
    assert [one["revision"] for one in second.indices] == [1, 2]
    assert list(verify.findings()) == []
    assert not month.rows([indexed.licence], OCTOBER)[0].is_stale


def test_a_revision_opens_the_period_that_it_changes_and_no_other(indexed: Books) -> None:
    enter_both(indexed)
    first = indexed.closed()
    tasks.reopen_revised()
    untouched = Period.objects.get().state
    enter(indexed.operator, "2026-08", "104")

    tasks.reopen_revised()
    tasks.reopen_revised()

    assert (untouched, Period.objects.get().state) == ("closed", "open")
    assert charged() == [516]
    indexed.close(OCTOBER)
    tasks.reopen_revised()
    assert (Period.objects.get().state, charged()) == ("closed", [516, 4])
    assert list(verify.findings()) == []
    assert first.period == Period.objects.get()


def test_only_a_revision_asks_for_periods_to_be_opened(
    books: Books,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    started: list[str] = []
    monkeypatch.setattr("config.jobs.send", lambda task, _arguments: started.append(task))

    with django_capture_on_commit_callbacks(execute=True):
        enter(books.operator, "2026-08", "103.2")
    assert started == []
    with django_capture_on_commit_callbacks(execute=True):
        enter(books.operator, "2026-08", "104")

    assert started == ["licensing.royalties.tasks.reopen_revised"]


def test_a_reading_of_a_close_that_is_tampered_with_is_found(indexed: Books) -> None:
    enter_both(indexed)
    close = indexed.closed()
    close.indices[1]["value"] = "104"
    close.save(update_fields=["indices"])

    assert next(verify.findings()).endswith("tokens: booked 516, rated 520 minor")


def test_a_revision_while_a_period_is_rated_has_it_rated_again(
    indexed: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    enter_both(indexed)
    rated = []

    def revise_once(period: Period) -> Any:
        rated.append(rate(period))
        if len(rated) == 1:
            enter(indexed.operator, "2026-08", "104")
        return rated[-1]

    rate = closing.rate_period
    monkeypatch.setattr(closing, "rate_period", revise_once)
    indexed.closed()

    assert (len(rated), charged()) == (2, [520])


def test_a_report_is_accepted_and_its_receipt_says_what_it_waits_for(indexed: Books) -> None:
    report = indexed.report()

    assert report.state == "accepted"
    assert pricing.of_report(report) == {
        "currency": "USD",
        "charges": [],
        "total": None,
        "total_minor": None,
        "not_priced": {
            "code": "index_missing",
            "detail": ("This cannot be priced yet: the reading of JP-CPI for 2026-08 is missing."),
        },
    }
    uses = [[("ai-train", "token", Decimal(1_000_000))]]
    assert stakes.of_month(indexed.licence, OCTOBER, uses) == [None]

    enter_both(indexed)

    assert pricing.of_report(report)["total_minor"] == 516
    assert stakes.of_month(indexed.licence, OCTOBER, uses) == [258]


@pytest.mark.parametrize(
    ("said", "where"),
    [
        ({"month": "2026-13"}, "month"),
        ({"month": "2026-8"}, "month"),
        ({"value": Decimal(0)}, ""),
        ({"value": Decimal("1.0000001")}, "value"),
        ({"source": ""}, "source"),
        ({"series": "jp-cpi"}, ""),
    ],
)
def test_what_cannot_be_a_reading_is_refused(
    books: Books, said: dict[str, Any], where: str
) -> None:
    fields: dict[str, Any] = {
        "series": "JP-CPI",
        "month": "2026-08",
        "value": Decimal("103.2"),
        "source": SOURCE,
    }

    with pytest.raises(InvalidInput) as refused:
        enter_reading(by=books.operator, **(fields | said))

    assert refused.value.faults[0].where == where
    assert not IndexReading.objects.exists()


def test_the_same_reading_again_is_refused(books: Books) -> None:
    enter(books.operator, "2026-08", "103.2")

    with pytest.raises(InvalidInput) as refused:
        enter(books.operator, "2026-08", "103.20")

    assert [fault.code for fault in refused.value.faults] == ["reading_unchanged"]
    assert IndexReading.objects.count() == 1


def test_only_the_operators_finance_enters_readings(books: Books) -> None:
    with pytest.raises(MissingScope):
        enter(Actor.owner_of(books.collective), "2026-08", "103.2")

    assert not IndexReading.objects.exists()


def test_no_reading_is_changed_or_forgotten(books: Books) -> None:
    enter(books.operator, "2026-08", "103.2")

    with pytest.raises(IntegrityError, match="is append-only"), transaction.atomic():
        IndexReading.objects.update(value=104)
    with pytest.raises(IntegrityError, match="is append-only"), transaction.atomic():
        IndexReading.objects.all().delete()


def post(client: Client, **fields: Any) -> Any:
    said = {"series": "JP-CPI", "month": "2026-08", "value": "103.2", "source": SOURCE}
    return client.post(reverse("index-reading-enter"), said | fields)


def test_finance_enters_a_reading_and_a_revision_on_the_page(books: Books, browser: Enter) -> None:
    client = browser(books.operator.organisation, Role.FINANCE)

    assert post(client).status_code == 302
    assert post(client, value="104").status_code == 302

    page = client.get(reverse("index-readings")).content.decode()
    assert (page.count("JP-CPI</th>"), page.count(SOURCE)) == (2, 2)
    assert [one.revision for one in IndexReading.objects.in_force()] == [2]


def test_a_fault_stands_at_its_field(books: Books, browser: Enter) -> None:
    client = browser(books.operator.organisation, Role.FINANCE)

    answer = post(client, month="August", value="-1", source="")

    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"month", "value", "source"}
    assert not IndexReading.objects.exists()


def test_a_refused_close_leads_to_the_reading_it_waits_for(indexed: Books, browser: Enter) -> None:
    indexed.report()
    due = indexed.due()
    closing.close_period(due.pk)

    client = browser(indexed.operator.organisation, Role.FINANCE)
    page = client.get(reverse("period", args=[due.public_id]))

    address = f"{reverse('index-readings')}?series=JP-CPI&amp;month=2025-09"
    assert page.context["missing"] == ("JP-CPI", "2025-09")
    assert address in page.content.decode()
    form = client.get(address.replace("&amp;", "&")).context["form"]
    assert (form["series"].value(), form["month"].value()) == ("JP-CPI", "2025-09")


def test_the_page_is_the_operators_alone(books: Books, browser: Enter) -> None:
    client = browser(books.collective)

    assert client.get(reverse("index-readings")).status_code == 404
    assert post(client).status_code == 404
    viewer = browser(books.operator.organisation, Role.VIEWER)
    assert (viewer.get(reverse("index-readings")).status_code, post(viewer).status_code) == (
        200,
        403,
    )
    assert not IndexReading.objects.exists()


def send(organisation: Organisation, **fields: Any) -> Any:
    said = {"series": "JP-CPI", "month": "2026-08", "value": "103.2", "source": SOURCE}
    headers = bearer(organisation) | {"Idempotency-Key": uuid.uuid4().hex}
    return Client(headers=headers).post(
        "/api/v1/index-readings", said | fields, content_type="application/json"
    )


def test_readings_are_entered_and_listed_over_the_api(books: Books) -> None:
    made = send(books.operator.organisation)
    refused = send(books.operator.organisation, value="0")

    assert (made.status_code, refused.status_code) == (201, 422)
    assert {name: made.json()[name] for name in ("series", "month", "revision", "value")} == {
        "series": "JP-CPI",
        "month": "2026-08",
        "revision": 1,
        "value": "103.200000",
    }
    client = Client(headers=bearer(books.operator.organisation))
    listed = client.get("/api/v1/index-readings?series=JP-CPI").json()
    assert [one["month"] for one in listed["data"]] == ["2026-08"]
    assert client.get("/api/v1/index-readings?series=US-CPI").json()["data"] == []


def test_the_api_is_the_operators_alone(books: Books) -> None:
    assert send(books.collective).status_code == 404
    client = Client(headers=bearer(books.collective))
    assert client.get("/api/v1/index-readings").status_code == 404
    assert not IndexReading.objects.exists()


def test_a_quote_over_the_api_needs_the_reading_and_then_counts_it(indexed: Books) -> None:
    client = Client(headers=bearer(indexed.table.licensee.organisation))
    line = {"line_id": "1", "work": "domain:kaede.jp", "use": "ai-train", "unit": "token"}
    document = contract.document(contract.parse(indexed.licence.terms))
    body = {"terms": document, "lines": [line | {"quantity": "2000000"}]}

    def ask() -> Any:
        return client.post("/api/v1/quotes", body, content_type="application/json")

    assert (ask().status_code, ask().json()["code"]) == (409, "index_missing")
    enter_both(indexed)
    assert ask().json()["total_minor"] == 516


def test_the_simulator_says_what_it_waits_for(indexed: Books, browser: Enter) -> None:
    client = browser(indexed.collective)
    address = reverse("deal-simulator", args=[indexed.licence.deal.public_id])

    waiting = client.get(address)
    counts = dict.fromkeys(waiting.context["form"].fields, "2000000")
    refused = client.get(address, counts)

    assert refused.status_code == 200
    assert "the reading of JP-CPI for 2026-08 is missing" in refused.content.decode()
    enter_both(indexed)
    assert client.get(address, counts).context["simulation"].quote.total_minor == 516


@pytest.mark.django_db(transaction=True)
def test_two_readings_entered_at_once_are_two_revisions_and_the_same_one_counts_once() -> None:
    operator = Actor.owner_of(OrganisationFactory.create(operator=True))

    def enter(month: str, value: str) -> int:
        return enter_reading(
            by=operator, series="JP-CPI", month=month, value=Decimal(value), source=SOURCE
        ).revision

    other = together(lambda: enter("2026-08", "103.2"), lambda: enter("2026-08", "103.4"))
    same = together(lambda: enter("2026-09", "103.2"), lambda: enter("2026-09", "103.2"))

    assert sorted(other, key=str) == [1, 2]
    assert [type(one) for one in sorted(same, key=str)] == [int, InvalidInput]
    assert IndexReading.objects.count() == 3
