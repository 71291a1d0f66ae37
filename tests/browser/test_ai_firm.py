"""An AI firm's day: an offer made by form, a report sent by hand, its verdicts, its invoices."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from ledger.invoices.models import Invoice
from licensing.catalogue.models import Identifier
from licensing.catalogue.repertoire import repertoire_of
from licensing.deals.models import Deal, Licence
from licensing.usage.models import ReportState, UsageReport
from tests.browser.site import FIRM, Look, Visit, log_in


def lines_of(licence: Licence, folder: Path) -> Path:
    """Write a report of one known work and one nobody has registered."""
    works = repertoire_of(licence.licensor, uses=["ai-train"], on=licence.starts_on)
    known = Identifier.objects.filter(work__in=works).earliest("pk")
    path = folder / "report.csv"
    path.write_text(
        "line_id,work,use,unit,quantity\n"
        f"1,{known},ai-train,token,1200000\n"
        "2,domain:mirror-99.example,ai-train,token,800\n"
    )
    return path


def send_report(page: Page, licence: Licence, name: str, path: Path) -> None:
    page.goto("/reports/new/")
    page.locator("select[name=licence]").select_option(licence.public_id)
    page.locator("input[name=family]").fill("shuttle")
    page.locator("input[name=version]").fill("3")
    page.locator("input[name=report_id]").fill(name)
    page.locator("input[name=file]").set_input_files(path)
    page.locator("main form button[data-look=primary]").click()


def make_offer(page: Page, title: str) -> None:
    page.goto("/deals/new/")
    page.get_by_label("Other side", exact=True).select_option(label="湊ゲームス")
    page.get_by_label("Title", exact=True).fill(title)
    page.get_by_label("Training of AI models").first.check()
    page.get_by_label("Territory").fill("JP US")
    page.get_by_label("First day").fill("2027-01-01")
    page.get_by_label("How it is charged").select_option("per_unit")
    page.get_by_label("Name", exact=True).fill("tokens")
    page.get_by_label("Price is for this many units").fill("1,000,000")
    page.get_by_label("Price", exact=True).fill("2.75")
    page.get_by_role("button", name="Send the offer").click()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_firm_makes_an_offer_by_form(visit: Visit, *, scripts: bool) -> None:
    title = f"Browser: games, scripts {scripts}"
    page = visit(look=Look(scripts=scripts))
    log_in(page, FIRM)

    make_offer(page, title)

    expect(page.get_by_role("heading", level=1)).to_contain_text(title)
    offer = Deal.objects.get(title=title).standing_offer
    assert offer is not None
    assert offer.terms["grant"]["territory"] == ["JP", "US"]
    assert offer.terms["prices"][0]["unit_price"] == "2.75"


def test_an_offer_without_a_use_is_refused_at_its_field(visit: Visit) -> None:
    page = visit(FIRM)
    page.goto("/deals/new/")
    before = Deal.objects.count()

    page.get_by_role("button", name="Send the offer").click()

    expect(page.get_by_label("Title")).to_have_attribute("aria-invalid", "true")
    assert Deal.objects.count() == before


@pytest.mark.parametrize("scripts", [True, False])
def test_a_firm_reports_a_file_and_downloads_what_was_held(
    visit: Visit, tmp_path: Path, *, scripts: bool
) -> None:
    licence = Licence.objects.get(deal__title="Quill & Harbour Press × Tensor Loom Labs")
    name = f"browser-{scripts}"
    page = visit(FIRM, Look(scripts=scripts))

    send_report(page, licence, name, lines_of(licence, tmp_path))
    expect(page.get_by_role("heading", name="Verdicts")).to_be_visible()
    expect(page.get_by_text("No work in the catalogue carries this identifier.")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Quarantined lines (CSV)").click()

    held = download.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert held[1].startswith("2,domain:mirror-99.example,ai-train,token,800")
    report = UsageReport.objects.get(report_id=name)
    assert (report.state, report.lines_accepted, report.lines_quarantined) == (
        ReportState.ACCEPTED,
        1,
        1,
    )


def test_a_firm_sees_its_own_invoices_only(visit: Visit) -> None:
    page = visit(FIRM)

    page.goto("/invoices/")

    ours = {
        one.label
        for one in Invoice.objects.all()
        if one.party_snapshot["name"] == "Tensor Loom Labs"
    }
    shown = set(page.locator("main tbody th a").all_text_contents())
    assert {label.strip() for label in shown} == ours
    page.locator("main tbody th a").first.click()
    expect(page.locator("main").get_by_text("Tensor Loom Labs").first).to_be_visible()
