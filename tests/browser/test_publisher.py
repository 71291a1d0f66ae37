"""A publisher's day: what waits, an offer to answer, a statement to read and to doubt."""

import re
from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import Page, expect

from licensing.deals import services
from licensing.deals.models import Deal, DealState, Signature
from licensing.demo.deals import actor, organisation
from licensing.demo.licences import per_million, terms
from licensing.royalties.models import Statement, StatementState
from tests.browser.site import PUBLISHER, Look, Visit, log_in


def offered(title: str) -> Deal:
    """Have an AI firm make the publisher an offer."""
    return services.open_deal(
        by=actor("parallax"),
        counterparty=organisation("sakuraba"),
        title=title,
        terms=terms(
            currency="JPY", prices=[per_million("350")], models="any", starts_on="2026-12-01"
        ),
        expires_at=timezone.now() + timedelta(days=7),
        message="A first price, to begin with.",
    )


def sign(page: Page, name: str) -> None:
    page.get_by_label("Name").fill(name)
    page.locator("#sign input[type=checkbox]").check()
    page.get_by_role("button", name="Sign the agreement").click()


def test_a_publisher_finds_an_offer_at_home_reads_it_and_counters(visit: Visit) -> None:
    deal = offered("Browser: countered")
    page = visit()
    log_in(page, PUBLISHER)

    page.get_by_role("link", name=re.compile("Answer the offer in “Browser: countered”")).click()
    expect(page.get_by_text("¥350 per 1,000,000 tokens.")).to_be_visible()
    expect(page.get_by_text("Round 1: Parallax Research")).to_be_visible()
    page.get_by_role("link", name="Make a counter-offer").click()
    page.get_by_label("Price", exact=True).fill("1,420")
    page.get_by_role("button", name="Show what changes").first.click()
    expect(page.get_by_role("heading", name="What you change")).to_be_visible()
    page.get_by_role("button", name="Send the offer").click()

    expect(page.get_by_text("Round 2: 桜庭書房")).to_be_visible()
    standing = Deal.objects.get(pk=deal.pk).standing_offer
    assert standing is not None
    assert (standing.round, standing.terms["prices"][0]["unit_price"]) == (2, "1420")


def test_a_publisher_accepts_and_signs(visit: Visit) -> None:
    deal = offered("Browser: signed")
    page = visit(PUBLISHER)

    page.goto(f"/deals/{deal.public_id}/")
    page.get_by_role("button", name="Accept these terms").click()
    page.get_by_role("dialog").get_by_role("button", name="Accept").click()
    sign(page, "桜庭 樹")

    expect(page.get_by_role("button", name="Sign the agreement")).to_have_count(0)
    deal.refresh_from_db()
    assert deal.state == DealState.SIGNING
    assert [one.signer_name for one in Signature.objects.filter(offer__deal=deal)] == ["桜庭 樹"]


def test_a_publisher_follows_a_figure_down_and_disputes_it_in_japanese(visit: Visit) -> None:
    statement = Statement.objects.filter(
        payee__slug="sakuraba", state=StatementState.ISSUED, net_minor__gt=0
    ).latest("pk")
    page = visit(PUBLISHER, Look(language="ja"))
    page.goto("/statements/")

    page.locator(f"a[href='/statements/{statement.public_id}/']").click()
    expect(page.locator("svg.chart").first).to_be_visible()
    expect(page.get_by_text("使用料分配明細書").first).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    rows = download.value.path().read_text(encoding="utf-8-sig").splitlines()
    page.locator("tbody td a").first.click()
    expect(page.get_by_role("heading", level=2).nth(1)).to_contain_text("2 ·")
    page.go_back()
    page.locator("details summary").last.click()
    page.locator("textarea[name=reason]").fill("第二行の数量が報告と合いません。")
    page.locator("form[action$='/dispute/'] button").click()

    expect(page.get_by_text("第二行の数量が報告と合いません。")).to_be_visible()
    assert len(rows) > 1
    statement.refresh_from_db()
    assert statement.state == StatementState.DISPUTED


def test_a_publisher_logs_in_by_the_keyboard_alone(visit: Visit) -> None:
    page = visit()
    page.goto("/accounts/login/")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_attribute("href", "#main")

    page.keyboard.press("Enter")
    for _step in range(6):
        page.keyboard.press("Tab")
        if page.locator("input[name=login]:focus").count():
            break
    page.keyboard.type(PUBLISHER)
    page.keyboard.press("Tab")
    page.keyboard.type("kyodaku-demo-2026")
    page.keyboard.press("Enter")

    page.wait_for_url("**/")
    expect(page.get_by_role("heading", level=1)).to_have_text("桜庭書房")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_attribute("href", "#main")
