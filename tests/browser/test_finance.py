"""A finance person's month: close, approve, issue, book a payment, look at the books."""

import tempfile
from pathlib import Path

from playwright.sync_api import Page, expect

from ledger.balances import trial_balance
from ledger.invoices.models import Invoice
from ledger.invoices.models import State as InvoiceState
from licensing.deals.models import Licence
from licensing.demo import seed, usage
from licensing.royalties.models import Period, PeriodState, Run, RunState
from tests.browser.site import FINANCE, Visit, log_in

TITLE = "Northlight Pictures × Parallax Research"
MONTH = "2026-10"


def report_october() -> Licence:
    licence = Licence.objects.get(deal__title=TITLE)
    with tempfile.TemporaryDirectory() as folder:
        ask = seed.ask("northlight", MONTH)
        seed.submit(licence, usage.write(licence, ask, "browser-october", Path(folder)))
    return licence


def confirm(page: Page, button: str) -> None:
    page.get_by_role("button", name=button, exact=True).first.click()
    page.get_by_role("dialog").get_by_role("button", name=button, exact=True).click()


def test_finance_takes_a_month_from_its_reports_to_the_books(visit: Visit) -> None:
    licence = report_october()
    page = visit()
    log_in(page, FINANCE)

    page.goto(f"/periods/?month={MONTH}")
    row = page.get_by_role("row").filter(has_text=TITLE)
    row.get_by_role("button", name="Close", exact=True).click()
    page.goto(f"/periods/?month={MONTH}")
    expect(row.get_by_text("Closed", exact=True)).to_be_visible()

    run = Run.objects.get(month=f"{MONTH}-01", state=RunState.DRAFT)
    page.goto("/statements/")
    page.locator(f"a[href='/statements/runs/{run.public_id}/']").click()
    confirm(page, "Approve")
    confirm(page, "Issue")
    expect(page.get_by_text("Northlight Pictures").first).to_be_visible()
    run.refresh_from_db()
    assert run.state == RunState.ISSUED

    owed = Invoice.objects.for_party(licence.licensee.public_id)
    invoice = owed.filter(state=InvoiceState.ISSUED).latest("pk")
    page.goto("/invoices/")
    page.locator(f"a[href='/invoices/{invoice.public_id}/']").first.click()
    page.get_by_label("Reference").fill("TRF-BROWSER-1")
    page.get_by_role("button", name="Book the payment").click()
    expect(page.get_by_role("cell", name="TRF-BROWSER-1")).to_be_visible()

    page.goto("/journal/")
    expect(page.locator("main tbody tr").first).to_be_visible()
    page.goto("/journal/balance/")
    expect(page.locator("main tfoot, main .subtotal").first).to_be_visible()
    period = Period.objects.get(licence=licence, starts_on=f"{MONTH}-01")
    assert period.state == PeriodState.CLOSED
    invoice.refresh_from_db()
    assert invoice.outstanding_minor == 0
    books = trial_balance("USD")
    assert sum(row.debit_minor for row in books) == sum(row.credit_minor for row in books)
