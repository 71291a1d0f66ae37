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


def shown(answer: Any) -> list[tuple[str, str, int]]:
    """Return the charges as the page says them."""
    return [
        (one.name, one.counted, one.amount_minor) for one in answer.context["simulation"].charges
    ]


def test_every_price_model_is_tried_at_once(table: Table, browser: Enter) -> None:
    # 3 packages started beyond 10 free of 215: 3 x 50 = 150. All 2,000 at the second band: 2,000.
    # 12 works at 30: 360. (10,000 - 1,000 - 500) x 30 % = 2,550. Pool 700, access 5,000.
    written = terms(
        grant=terms()["grant"] | {"uses": ["ai-train", "search", "evaluate"]},
        prices=[
            {
                "id": "queries",
                "model": "package",
                "unit": "query",
                "per": "100",
                "unit_price": "50",
                "free_units": "10",
            },
            {
                "id": "pages",
                "model": "volume",
                "unit": "page",
                "tiers": [
                    {"up_to": "1000", "unit_price": "2"},
                    {"up_to": None, "unit_price": "1"},
                ],
            },
            {"id": "titles", "model": "per_work", "amount": "30", "count": "used"},
            {
                "id": "share",
                "model": "revenue_share",
                "rate": "0.30",
                "base": "net",
                "deductions": ["returns", "taxes"],
            },
            {"id": "pool", "model": "pool", "amount": "700"},
            FLAT,
        ],
        fees=None,
    )
    counts = {
        "queries": "215",
        "pages": "2,000",
        "titles": "12",
        "share": "10,000",
        "share~returns": "1,000",
        "share~taxes": "500",
    }

    answer = ask(browser(table.licensee), table.open(written), **counts)

    assert shown(answer) == [
        ("queries", "215 queries", 150),
        ("pages", "2,000 pages", 2_000),
        ("titles", "12 works", 360),
        ("share", "10,000 revenue", 2_550),
        ("pool", "fixed amount", 700),
        ("access", "fixed amount", 5_000),
    ]
    assert [drawn.price_id for drawn in answer.context["simulation"].drawings] == [
        "queries",
        "pages",
        "share",
    ]


def test_lines_may_state_what_factors_ask_about(table: Table, browser: Enter) -> None:
    # 1,000 pages at 1: 1,000; in Japan they count 1.5 times, in Japanese video 3 times.
    weighed = {
        "id": "pages",
        "model": "per_unit",
        "unit": "page",
        "unit_price": "1",
        "factors": [
            {"when": {"territory": ["JP"]}, "times": "1.5"},
            {"when": {"language": ["ja"], "media": ["video"]}, "times": "3"},
        ],
    }
    client, deal = browser(table.licensee), table.open(terms(prices=[weighed]))

    asked: list[dict[str, str]] = [{}, {"~territory": "JP"}, {"~language": "ja", "~media": "video"}]
    answers = [ask(client, deal, pages="1,000", **stated) for stated in asked]

    totals = [one.context["simulation"].quote.total_minor for one in answers]
    ends = [one.context["simulation"].drawings[0].rows[-1] for one in answers]
    assert totals == [1_000, 1_500, 3_000]
    # The curve goes to 1,000 times the price's unit at least, and is drawn under the same factor.
    assert ends == [("2,000", "¥2,000"), ("2,000", "¥3,000"), ("2,000", "¥6,000")]
    assert 'value="JP">Japan' in answers[0].content.decode()


def test_a_cap_is_named_and_what_looks_beyond_the_period_is_noted(
    table: Table, browser: Enter
) -> None:
    written = terms(
        prices=[FLAT],
        cap={"amount": "3000", "window": "period"},
        minimum_guarantee={"amount": "90000", "window": "year"},
        advance={"amount": "10000", "release": "on_receipt"},
        reserve={"rate": "0.1", "months": 6},
    )

    answer = ask(browser(table.licensee), table.open(written))

    assert shown(answer) == [("access", "fixed amount", 5_000), ("Cap", "", -2_000)]
    assert answer.context["simulation"].notes == (
        "Minimum guarantee: ¥90,000 per licence year. It is trued up when that ends.",
        "Advance: ¥10,000, paid ahead. What is charged here is earned back from it.",
        "Reserve: 10% of each payee’s part is held back for 6 months.",
    )


@pytest.mark.parametrize("count", ["1.5", "9" * 24])
def test_works_are_counted_in_whole_numbers(table: Table, browser: Enter, count: str) -> None:
    works = {"id": "titles", "model": "per_work", "amount": "30", "count": "licensed"}

    answer = ask(browser(table.licensee), table.open(terms(prices=[works])), titles=count)

    assert list(answer.context["form"].errors) == ["titles"]


def test_a_fixed_amount_beyond_what_an_account_holds_is_told_above_the_fields(
    table: Table, browser: Enter
) -> None:
    step = {"from": "2026-10-01", "times": "999999"}
    dear = {**FLAT, "amount": "999999999999999", "escalators": [step]}

    answer = ask(browser(table.licensee), table.open(terms(prices=[dear])))

    assert answer.context["simulation"] is None
    assert "That would cost more than can be charged." in answer.content.decode()


def test_no_usage_charges_nothing_and_the_page_says_so(table: Table, browser: Enter) -> None:
    answer = ask(browser(table.licensee), table.open(priced("8.00")), tokens="0")

    assert shown(answer) == []
    assert "Nothing is charged for these counts." in answer.content.decode()
