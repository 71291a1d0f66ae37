from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from licensing.usage import uploads
from licensing.usage.models import UsageReport
from licensing.usage.receipts import per_cent, receipt
from licensing.usage.vocabulary import Verdict
from tests.licensing.usage.conftest import Office
from tests.licensing.usage.desk import line
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


def test_a_receipt_says_the_parts_of_lines_and_of_units(office: Office) -> None:
    # 2, 1 and 1 of 4 lines; 6, 2 and 1 of 9 tokens are 66.666…, 22.222… and 11.111… per cent,
    # and the hundredth that is left over goes to the largest remainder, that of the six.
    report = send(
        office,
        [
            line("1", quantity="5"),
            line("2", quantity="1"),
            line("3", work="domain:nobody.jp", quantity="2"),
            line("4", use="train", quantity="1"),
        ],
    )

    assert receipt(report)["per_cent"] == {
        "lines": {"accepted": "50.00", "quarantined": "25.00", "rejected": "25.00"},
        "quantity": {"token": {"accepted": "66.67", "quarantined": "22.22", "rejected": "11.11"}},
    }


def test_a_report_that_is_not_checked_has_no_parts(office: Office) -> None:
    assert receipt(upload(office))["per_cent"] == {"lines": {}, "quantity": {}}


@given(st.lists(st.decimals(0, 10**20, places=6), min_size=3, max_size=3).filter(any))
def test_the_parts_always_sum_to_the_whole(quantities: list[Decimal]) -> None:
    parts = per_cent(dict(zip(Verdict, map(str, quantities), strict=True)))

    assert sum(map(Decimal, parts.values())) == 100


def test_progress_counts_lines_while_they_are_checked(office: Office) -> None:
    report = upload(office)
    report.state, report.lines_done = "checking", 2

    assert report.progress == 50
    assert (str(report), report.model, report.label) == ("oct-1", "vista 2", "2026-10")
