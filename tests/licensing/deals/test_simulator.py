from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from licensing.deals.models import Deal
from tests.licensing.deals.table import Table, picture, priced, terms

pytestmark = pytest.mark.django_db

Enter = Callable[..., Client]
FLAT = {"id": "access", "model": "flat", "amount": "5000", "due": "once"}
TIERED = {
    "id": "tokens",
    "model": "graduated",
    "unit": "token",
    "per": "1000000",
    "tiers": [
        {"up_to": "1000000000", "unit_price": "12.50"},
        {"up_to": None, "unit_price": "9.00"},
    ],
}
FEES = [{"to": "operator", "rate": "0.03"}]


def ask(client: Client, deal: Deal, **counts: str) -> Any:
    return client.get(reverse("deal-simulator", args=[deal.public_id]), counts)


def test_sample_counts_become_charges_and_their_division(table: Table, browser: Enter) -> None:
    # 1,000 million at 12.50 = 12,500; 1,000 million at 9.00 = 9,000; with 5,000 for access: 26,500.
    # The operator keeps 3 % of each charge: 645 and 150.
    deal = table.open(terms(prices=[TIERED, FLAT], fees=FEES))

    answer = ask(browser(table.licensee), deal, tokens="2,000,000,000")

    found = answer.context["simulation"]
    assert [(one.price_id, one.amount_minor) for one in found.quote.charges] == [
        ("tokens", 21_500),
        ("access", 5_000),
    ]
    assert [row["amount_minor"] for row in found.waterfall] == [26_500, -795, 25_705]
    page = answer.content.decode()
    assert "¥26,500" in page or "26,500" in page
    assert page.count("<svg") >= 2


def test_counts_are_suggested_past_the_last_band_until_some_are_given(
    table: Table, browser: Enter
) -> None:
    answer = ask(browser(table.licensor), table.open(terms(prices=[TIERED])))

    assert 'value="2,000,000,000"' in answer.content.decode()
    assert answer.context["simulation"].quote.total_minor == 21_500


def test_a_price_per_unit_suggests_a_thousand_times_its_units(table: Table, browser: Enter) -> None:
    answer = ask(browser(table.licensor), table.open(priced("8.00")))

    assert 'value="1,000,000,000"' in answer.content.decode()


def test_full_width_digits_are_read_and_nothing_written_is_nothing_used(
    table: Table, browser: Enter
) -> None:
    two = terms(prices=[{**TIERED, "id": "a"}, {**TIERED, "id": "b", "unit": "page"}])
    client, deal = browser(table.licensee), table.open(two)

    answer = ask(client, deal, a="２，０００，０００", b="")

    assert [one.price_id for one in answer.context["simulation"].quote.charges] == ["a"]


@pytest.mark.parametrize("written", ["many", "-5", "1e5", "0.1234567", "9" * 25])
def test_a_count_that_no_line_could_say_is_told_at_its_field(
    table: Table, browser: Enter, written: str
) -> None:
    deal = table.open(terms(prices=[TIERED]))

    answer = ask(browser(table.licensee), deal, tokens=written)

    assert answer.status_code == 200
    assert answer.context["simulation"] is None
    assert list(answer.context["form"].errors) == ["tokens"]


def test_a_count_that_would_cost_more_than_an_account_holds_is_told_at_its_field(
    table: Table, browser: Enter
) -> None:
    dear = {**TIERED, "tiers": [{"up_to": None, "unit_price": "900000000"}]}

    answer = ask(browser(table.licensee), table.open(terms(prices=[dear])), tokens="9" * 24)

    assert list(answer.context["form"].errors) == ["tokens"]


def test_terms_without_units_show_what_they_cost(table: Table, browser: Enter) -> None:
    answer = ask(browser(table.licensee), table.open(terms(prices=[FLAT])))

    assert "cost the same whatever is used" in answer.content.decode()
    assert answer.context["simulation"].quote.total_minor == 5_000


def test_trying_terms_moves_nothing_and_is_closed_to_strangers(
    table: Table, deal: Deal, browser: Enter
) -> None:
    before = picture()

    assert ask(browser(table.outsider), deal).status_code == 404
    assert picture() == before


def test_the_deal_page_leads_to_the_simulator(table: Table, deal: Deal, browser: Enter) -> None:
    client = browser(table.licensee)

    page = client.get(reverse("deal", args=[deal.public_id])).content.decode()

    assert reverse("deal-simulator", args=[deal.public_id]) in page


def test_one_band_without_an_end_suggests_a_thousand_times_its_units(
    table: Table, browser: Enter
) -> None:
    endless = {**TIERED, "tiers": [{"up_to": None, "unit_price": "9.00"}]}

    answer = ask(browser(table.licensor), table.open(terms(prices=[endless])))

    assert answer.context["simulation"].quote.total_minor == 9_000
