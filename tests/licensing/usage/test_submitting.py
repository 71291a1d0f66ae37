from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import Settings

from licensing import evidence
from licensing.catalogue.models import Work
from licensing.deals.models import Licence
from licensing.errors import LicensingError
from licensing.usage import services
from licensing.usage.header import InvalidHeader
from licensing.usage.matching import repertoires
from licensing.usage.models import UsageReport
from licensing.usage.receipts import receipt
from licensing.usage.refusal import ReportRefused
from licensing.usage.submission import ReportConflict, ReportTooLarge
from tests.licensing.usage.conftest import Office
from tests.licensing.usage.desk import csv_bytes, line, sha256
from tests.licensing.usage.sending import LINES, body, file_header, picture, send, upload

MOVES = [("received", "checking")]


def test_a_small_report_is_judged_at_once_and_its_receipt_adds_up(office: Office) -> None:
    report = send(office)

    made = receipt(report)
    assert made["state"] == "accepted"
    assert made["lines"] == {"received": 4, "accepted": 2, "quarantined": 1, "rejected": 1}
    # 1000000 + 0.5 accepted, 7 quarantined, 2 rejected.
    assert made["quantity"] == {
        "token": {
            "received": "1000009.5",
            "accepted": "1000000.5",
            "quarantined": "7",
            "rejected": "2",
        }
    }
    assert [(one["verdict"], one["code"]) for one in made["verdicts"]] == [
        ("accepted", ""),
        ("quarantined", "work_unknown"),
        ("rejected", "use_unknown"),
    ]
    assert made["verdicts"][1]["suggestion"]
    assert [(move.from_state, move.to_state) for move in report.moves.all()] == [
        ("checking", "accepted")
    ]


def test_the_original_is_kept_byte_for_byte_with_its_hash(office: Office) -> None:
    sent = body(office)

    report, _ = services.submit_json(by=office.licensee, body=sent)

    with evidence.open_stream(report.original_key) as stream:
        assert stream.read() == sent
    assert report.original_sha256 == sha256(sent)
    assert report.size == len(sent)


def test_the_same_report_again_is_the_same_report(office: Office) -> None:
    first = send(office)
    before = picture()

    again, is_new = services.submit_json(by=office.licensee, body=body(office))

    assert (again, is_new) == (first, False)
    assert picture() == before


def test_other_content_under_the_same_report_id_is_a_conflict(office: Office) -> None:
    send(office)
    before = picture()

    with pytest.raises(ReportConflict):
        send(office, [line("1", quantity="5")])

    assert picture() == before


def test_two_licensees_may_use_the_same_report_id(office: Office) -> None:
    report = send(office)

    assert UsageReport.objects.filter(report_id=report.report_id).count() == 1
    assert not UsageReport.objects.visible_to(office.table.outsider).exists()
    assert UsageReport.objects.visible_to(office.table.licensor).get() == report
    assert UsageReport.objects.visible_to(office.table.operator).get() == report


@pytest.mark.parametrize("changes", [{}, {"type": "zero", "lines": 0, "quantity": {}}])
def test_a_month_is_reported_from_its_first_instant_in_tokyo_on(
    office: Office,
    monkeypatch: pytest.MonkeyPatch,
    settings: Settings,
    changes: dict[str, object],
) -> None:
    """December begins in Tokyo at 15:00 UTC; what was taken before is sent again at any time."""
    december = datetime(2026, 11, 30, 15, tzinfo=UTC)
    lines = [] if changes else LINES
    kept = sorted(Path(settings.EVIDENCE_DIR).rglob("reports/*"))
    monkeypatch.setattr(timezone, "now", lambda: december - timedelta(microseconds=1))

    with pytest.raises(InvalidHeader) as refused:
        send(office, lines, period="2026-12", **changes)
    with pytest.raises(InvalidHeader):
        upload(office, period="2026-12")
    nothing = (picture(), sorted(Path(settings.EVIDENCE_DIR).rglob("reports/*")))
    monkeypatch.setattr(timezone, "now", lambda: december)
    taken = send(office, lines, period="2026-12", **changes)
    monkeypatch.setattr(timezone, "now", lambda: december - timedelta(days=1))

    assert nothing == ([[], [], []], kept)
    assert [(one.where, one.code) for one in refused.value.faults] == [
        ("period", "period_not_begun")
    ]
    assert "2026-12 has not begun; today is 2026-11-30." in refused.value.faults[0].message
    assert taken.state == "accepted"
    assert send(office, lines, period="2026-12", **changes) == taken


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"lines": 3}, ReportRefused),
        ({"quantity": {"token": "1"}}, ReportRefused),
        ({"sha256": "0" * 64}, ReportRefused),
        ({"period": "2026-13"}, LicensingError),
        ({"surprise": 1}, LicensingError),
        ({"type": "correction", "corrects": "never-sent"}, ReportRefused),
    ],
)
def test_a_report_that_is_unusable_as_a_whole_leaves_nothing_behind(
    office: Office, changes: dict[str, object], refusal: type[Exception], settings: Settings
) -> None:
    kept = sorted(Path(settings.EVIDENCE_DIR).rglob("reports/*"))

    with pytest.raises(refusal):
        send(office, **changes)

    assert picture() == [[], [], []]
    assert sorted(Path(settings.EVIDENCE_DIR).rglob("reports/*")) == kept


def test_a_licence_of_somebody_else_is_not_found(office: Office) -> None:
    with pytest.raises(Licence.DoesNotExist):
        services.submit_json(by=office.table.outsider, body=body(office))
    with pytest.raises(Licence.DoesNotExist):
        services.submit_json(by=office.table.licensor, body=body(office))

    assert picture() == [[], [], []]


def test_a_report_too_large_for_one_post_is_led_to_the_upload(
    office: Office, settings: Settings
) -> None:
    settings.SMALL_REPORT_LINES = 3

    with pytest.raises(ReportTooLarge, match="/api/v1/uploads"):
        send(office)
    settings.SMALL_REPORT_BYTES = 50
    with pytest.raises(ReportTooLarge):
        send(office)

    assert picture() == [[], [], []]


def test_a_zero_report_declares_a_month_without_use(office: Office) -> None:
    report = send(office, [], type="zero", lines=None, quantity=None)

    assert (report.state, report.lines_key, report.totals) == ("accepted", "", [])
    with pytest.raises(ReportRefused):
        send(office, type="zero", report_id="oct-0", lines=None, quantity=None)


def test_json_lines_may_carry_the_hash_of_their_canonical_form(office: Office) -> None:
    # RFC 8785: keys sorted, no spaces.
    text = (
        '[{"line_id":"1","quantity":"5","unit":"token","use":"ai-train","work":"domain:kaede.jp"}]'
    )

    report = send(office, [line("1", quantity="5")], sha256=sha256(text.encode()))

    assert report.sha256 == sha256(text.encode())


def test_a_file_on_this_machine_is_judged_like_an_upload(office: Office, tmp_path: Path) -> None:
    path = tmp_path / "lines.csv"
    path.write_bytes(csv_bytes(LINES))

    report, is_new = services.submit_file(
        by=office.licensee, document=file_header(office), path=path
    )
    again, is_new_again = services.submit_file(
        by=office.licensee, document=file_header(office), path=path
    )

    assert (report.lines_accepted, is_new) == (2, True)
    assert (again, is_new_again) == (report, False)
    assert report.sha256 == sha256(csv_bytes(LINES))


def test_a_work_signed_for_later_is_known_and_not_granted(office: Office) -> None:
    report = send(office, [line("1", work="domain:tsubaki.jp", quantity="3")])

    assert report.totals == [
        {
            "verdict": "quarantined",
            "code": "work_not_granted",
            "unit": "token",
            "lines": 1,
            "quantity": "3",
        }
    ]


def test_a_month_outside_the_term_and_a_new_version_are_quarantined(office: Office) -> None:
    early = send(office, report_id="early", period="2026-09")
    newer = send(office, report_id="newer", model={"family": "vista", "version": "3"})

    assert {total["code"] for total in early.totals} == {"period_out_of_term", "use_unknown"}
    assert {total["code"] for total in newer.totals} == {"model_not_granted", "use_unknown"}


def test_a_work_may_be_named_by_its_own_id(office: Office) -> None:
    work = Work.objects.get(title="The Paper Lantern")

    report = send(office, [line("1", work=f"work:{work.public_id}", quantity="3")])

    assert report.lines_accepted == 1


def test_a_replacement_supersedes_what_it_replaces_and_its_corrections(office: Office) -> None:
    first = send(office)
    correction = send(
        office, [line("1", quantity="9")], report_id="oct-2", type="correction", corrects="oct-1"
    )

    second = send(
        office, [line("1", quantity="8")], report_id="oct-3", type="replacement", replaces="oct-1"
    )

    states = dict(UsageReport.objects.values_list("report_id", "state"))
    assert states == {"oct-1": "superseded", "oct-2": "superseded", "oct-3": "accepted"}
    october = (office.licence.pk, first.period, first.period)
    assert UsageReport.objects.in_force(*october) == [second]
    assert correction.root == first


def test_corrections_of_corrections_share_a_root_and_are_numbered(office: Office) -> None:
    first = send(office)
    corrected = [line("1", quantity="9")]
    one = send(office, corrected, report_id="oct-2", type="correction", corrects="oct-1")
    two = send(office, corrected, report_id="oct-3", type="correction", corrects=one.public_id)

    assert [(report.root, report.sequence) for report in (one, two)] == [(first, 1), (first, 2)]


def test_what_was_superseded_cannot_be_corrected(office: Office) -> None:
    send(office)
    send(office, report_id="oct-2", type="replacement", replaces="oct-1")
    before = picture()

    with pytest.raises(ReportRefused) as caught:
        send(office, report_id="oct-3", type="correction", corrects="oct-1")

    assert caught.value.code == "refers_to_unknown"
    assert picture() == before


def test_quantities_beyond_64_bits_are_received_exactly(office: Office) -> None:
    report = send(office, [line(n, quantity="9223372036854775807") for n in range(3)])

    assert Decimal(report.totals[0]["quantity"]) == 3 * Decimal(2**63 - 1)


def test_a_repertoire_too_large_to_hold_covers_the_same_works(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    tsubaki = line("5", work="domain:tsubaki.jp", quantity="3")
    held = send(office, [*LINES, tsubaki])
    monkeypatch.setattr(repertoires, "MOST_WORKS", 0)
    read = send(office, [*LINES, tsubaki], report_id="oct-2")

    assert held.lines_accepted == 2
    assert read.totals == held.totals
