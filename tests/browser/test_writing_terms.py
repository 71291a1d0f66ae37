"""Writing terms by hand: rows come and go with and without scripts, and what is wrong is shown."""

import pytest
from playwright.sync_api import Page, expect

from licensing.deals.models import Deal
from tests.browser.site import PUBLISHER, Look, Visit


def choose_graduated(page: Page, *, scripts: bool) -> None:
    """Make the first price graduated and wait for its bands."""
    page.locator("select[name=price-0-model]").select_option("graduated")
    if not scripts:
        page.get_by_role("button", name="Show the fields of the chosen kinds").click()
    expect(page.locator("[name=price-0-tiers-1-up_to]")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_publisher_writes_bands_and_acknowledges_a_warning(
    visit: Visit, *, scripts: bool
) -> None:
    title = f"Browser: written {'with' if scripts else 'without'} scripts"
    page = visit(PUBLISHER, Look(scripts=scripts))

    page.goto("/deals/new/")
    page.locator("select[name=counterparty]").select_option(label="Parallax Research")
    page.locator("input[name=title]").fill(title)
    choose_graduated(page, scripts=scripts)
    page.get_by_role("button", name="Add a band").click()
    expect(page.locator("[name=price-0-tiers-2-up_to]")).to_be_visible()
    page.get_by_role("button", name="Remove band").last.click()
    expect(page.locator("[name=price-0-tiers-2-up_to]")).to_have_count(0)
    page.locator("select[name=price-0-model]").select_option("volume")
    page.locator("[name=price-0-tiers-0-up_to]").fill("1,000")
    page.locator("[name=price-0-tiers-0-unit_price]").fill("3")
    page.locator("[name=price-0-tiers-1-unit_price]").fill("1")
    page.get_by_role("button", name="Send the offer").click()
    expect(page.get_by_role("heading", name="Allowed, and perhaps not meant")).to_be_visible()
    page.get_by_label("I have read this and mean it so.").check()
    page.get_by_role("button", name="Send the offer").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text(title)
    standing = Deal.objects.get(title=title).standing_offer
    assert standing is not None
    assert standing.terms["prices"] == [
        {
            "id": "tokens",
            "model": "volume",
            "unit": "token",
            "per": "1000000",
            "tiers": [{"up_to": "1000", "unit_price": "3"}, {"up_to": None, "unit_price": "1"}],
        }
    ]


def test_a_fault_leads_to_its_field(visit: Visit) -> None:
    page = visit(PUBLISHER)

    page.goto("/deals/new/")
    page.locator("[name=price-0-unit_price]").fill("12.5 yen")
    page.locator("input[name=title]").fill("Browser: refused")
    page.locator("select[name=counterparty]").select_option(label="Parallax Research")
    page.get_by_role("button", name="Send the offer").click()
    page.get_by_role("alert").get_by_role("link", name="Price 1 · Price").click()

    expect(page.locator("[name=price-0-unit_price]")).to_have_attribute("aria-invalid", "true")
    assert page.url.endswith("#id_price-0-unit_price")
