from typing import Any

from pytest_django import Settings

from licensing.usage import uploads
from licensing.usage.models import UsageReport
from licensing.usage.receipts import receipt
from tests.licensing.usage.conftest import Office
from tests.licensing.usage.sending import send, upload


def price(report: UsageReport) -> dict[str, Any]:
    """Stand in for the royalties, which price receipts."""
    return {"total": str(report.lines_accepted)}


def test_a_receipt_is_priced_by_whoever_the_settings_name(
    office: Office, settings: Settings
) -> None:
    report = send(office)
    settings.RECEIPT_PRICER = ""
    unpriced = receipt(report, priced=True)
    settings.RECEIPT_PRICER = "tests.licensing.usage.test_receipts.price"

    assert unpriced["charges"] is None
    assert receipt(report)["charges"] is None
    assert receipt(report, priced=True)["charges"] == {"total": "2"}


def test_a_refused_report_tells_why_and_is_not_priced(office: Office, settings: Settings) -> None:
    settings.RECEIPT_PRICER = "tests.licensing.usage.test_receipts.price"
    report = upload(office, lines=5)
    waiting = receipt(report, priced=True)
    uploads.check_report(report.pk)
    told = receipt(UsageReport.objects.get(pk=report.pk), priced=True)

    assert (waiting["progress"], waiting["rejection"], waiting["charges"]) == (0, None, None)
    assert told["rejection"]["code"] == "lines_disagree"
    assert told["rejection"]["detail"].endswith("The header says 5; the file has 4.")
    assert (told["progress"], told["charges"]) == (100, None)


def test_progress_counts_lines_while_they_are_checked(office: Office) -> None:
    report = upload(office)
    report.state, report.lines_done = "checking", 2

    assert report.progress == 50
    assert (str(report), report.model, report.label) == ("oct-1", "vista 2", "2026-10")
