from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from licensing.deals import services
from licensing.deals import todo as deals
from licensing.parties.roles import Role
from tests.licensing.deals.conftest import Clock
from tests.licensing.deals.table import TERMS, Table, in_days

pytestmark = pytest.mark.django_db

Enter = Callable[..., Client]


def asked(table: Table, side: str) -> list[str]:
    """Return what deals ask of a side."""
    return [str(task.text) for task in deals.tasks(getattr(table, side))]


def test_an_offer_asks_the_side_that_received_it(table: Table) -> None:
    table.open()

    assert asked(table, "licensee") == ["Answer the offer in “Backlist for Vista 2”"]
    assert asked(table, "licensor") == []
    assert asked(table, "operator") == []
    assert asked(table, "outsider") == []


def test_an_agreement_asks_each_side_until_it_has_signed(table: Table) -> None:
    deal = table.agreed()
    before = asked(table, "licensee"), asked(table, "licensor")
    table.sign(deal, table.licensee)

    assert before == (["Sign “Backlist for Vista 2”"], ["Sign “Backlist for Vista 2”"])
    assert asked(table, "licensee") == []
    assert asked(table, "licensor") == ["Sign “Backlist for Vista 2”"]


def test_what_lapses_first_comes_first(table: Table, browser: Enter) -> None:
    for title, days in (("Late", 20), ("Soon", 2)):
        services.open_deal(
            by=table.licensor,
            counterparty=table.licensee.organisation,
            title=title,
            terms=TERMS,
            expires_at=in_days(days),
        )
    table.agreed()

    tasks = browser(table.licensee).get(reverse("home")).context["tasks"]

    assert [str(task.text) for task in tasks] == [
        "Answer the offer in “Soon”",
        "Answer the offer in “Late”",
        "Sign “Backlist for Vista 2”",
    ]


def test_nobody_is_asked_for_what_their_role_may_not_do(table: Table, browser: Enter) -> None:
    table.open()
    table.agreed()

    response = browser(table.licensee, Role.FINANCE).get(reverse("home"))

    assert [task for task in response.context["tasks"] if "deals" in task.url] == []


def test_lately_tells_the_moves_newest_first(table: Table, browser: Enter, clock: Clock) -> None:
    deal = table.open()
    clock.forward(timedelta(hours=1))
    table.accept(deal, table.licensee)

    response = browser(table.licensor).get(reverse("home"))

    told = [(str(event.what), event.who, event.state) for event in response.context["events"]]
    assert told == [
        ("Offer accepted", "Tensor Labs", "agreed"),
        ("First offer", "Quill Press", "negotiating"),
    ]
    assert "Lately" in response.content.decode()


def test_a_stranger_learns_nothing_lately(table: Table, browser: Enter) -> None:
    table.open()

    response = browser(table.outsider).get(reverse("home"))

    assert response.context["events"] == []
    assert "Ask for permission" in response.content.decode()


def test_home_asks_as_often_for_ten_deals_as_for_one(
    table: Table, browser: Enter, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = browser(table.licensee)
    table.open()
    with CaptureQueriesContext(connection) as one:
        client.get(reverse("home"))
    for _ in range(9):
        table.open()

    with django_assert_num_queries(len(one)):
        client.get(reverse("home"))


def test_home_sends_a_stranger_to_log_in(client: Client) -> None:
    assert client.get(reverse("home")).status_code == 302
