"""The journal in the dashboard: what is asked for is what is shown, and it balances."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from ledger.models import Entry
from tests.licensing.royalties.books import Books
from tests.licensing.royalties.conftest import Enter


def test_entries_are_found_by_what_they_say(issued: Books, browser: Enter) -> None:
    client = browser(issued.operator.organisation)

    def found(**asked: str) -> int:
        return len(client.get(reverse("journal"), asked).context["entries"])

    assert found() == 4
    assert found(cause="earnings_released") == 3
    assert found(purpose="accrued") == 1
    assert found(party="Aoba") == found(party="aoba") == found(party=issued.aoba.public_id) == 2
    assert found(party="Aoba", purpose="payable") == 1
    assert found(q="tokens") == 1
    assert found(until="2026-10-31") == 1
    assert found(since="2026-11-01") == 3
    assert found(since="tomorrow") == 4
    assert found(party="nobody") == 0


def test_the_list_costs_the_same_however_many_postings(
    issued: Books, browser: Enter, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = browser(issued.operator.organisation)

    with django_assert_num_queries(8):
        client.get(reverse("journal"))


def test_an_entry_shows_its_postings(issued: Books, browser: Enter) -> None:
    entry = Entry.objects.get(cause="period_closed")

    page = browser(issued.operator.organisation).get(reverse("entry", args=[entry.pk]))

    legs = [(str(leg["purpose"]), leg["amount_minor"]) for leg in page.context["line"]["legs"]]
    assert legs == [
        ("Accrued", 500),
        ("Fees", -15),
        ("Earned", -48),
        ("Earned", -73),
        ("Earned", -364),
    ]
    assert "$3.64" in page.content.decode()


def test_the_trial_balance_balances(issued: Books, browser: Enter) -> None:
    client = browser(issued.operator.organisation)

    now = client.get(reverse("trial-balance")).context["groups"]
    before = client.get(reverse("trial-balance"), {"as_of": "2026-10-31"}).context["groups"]
    yen = client.get(reverse("trial-balance"), {"currency": "USD"}).context["groups"]

    def figures(groups: list[dict[str, Any]]) -> list[tuple[str, int, int, list[str]]]:
        return [
            (
                group["currency"],
                group["debit_minor"],
                group["credit_minor"],
                sorted({str(row["purpose"]) for row in group["rows"]}),
            )
            for group in groups
        ]

    assert figures(now) == figures(yen) == [("USD", 500, 500, ["Accrued", "Fees", "Payable"])]
    assert figures(before) == [("USD", 500, 500, ["Accrued", "Earned", "Fees"])]


def test_an_account_tells_its_history(issued: Books, browser: Enter) -> None:
    asked = {"purpose": "earned", "party": issued.aoba.public_id, "currency": "USD"}

    page = browser(issued.operator.organisation).get(reverse("journal-account"), asked)

    lines = [(line["posting"].amount_minor, line["after_minor"]) for line in page.context["lines"]]
    assert lines == [(364, 0), (-364, 364)]
    assert page.context["balance_minor"] == 0


def test_an_account_that_was_never_posted_to_is_not_found(issued: Books, browser: Enter) -> None:
    page = browser(issued.operator.organisation).get(reverse("journal-account"))

    assert page.status_code == 404


def test_the_journal_is_taken_away_as_csv(issued: Books, browser: Enter) -> None:
    client = browser(issued.operator.organisation)

    taken = client.get(reverse("journal-export", args=["csv"]))

    streamed: Iterable[bytes] = taken.streaming_content  # type: ignore[attr-defined]
    assert len(b"".join(streamed).decode().splitlines()) == 1 + 5 + 2 * 3
    assert client.get(reverse("journal-export", args=["xml"])).status_code == 404


def test_nobody_but_the_operator_reads_the_journal(issued: Books, browser: Enter) -> None:
    assert browser(issued.aoba).get(reverse("journal")).status_code == 404
