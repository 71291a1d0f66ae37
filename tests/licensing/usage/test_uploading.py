import io
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from kombu.exceptions import OperationalError
from pytest_django import DjangoCaptureOnCommitCallbacks

from config.jobs import send as real_send
from licensing import evidence
from licensing.errors import IllegalMove
from licensing.usage import tasks, uploads
from licensing.usage.header import InvalidHeader
from licensing.usage.models import UploadPart, UsageReport
from licensing.usage.submission import ReportConflict
from licensing.usage.uploads import PartRefused, PartsMissing
from tests.licensing.usage.conftest import Office
from tests.licensing.usage.desk import csv_bytes
from tests.licensing.usage.sending import LINES, file_header, picture, put, send, upload

OCTOBER = date(2026, 10, 1)


def fresh(report: UsageReport) -> UsageReport:
    return UsageReport.objects.get(pk=report.pk)


@pytest.mark.parametrize("compression", ["", "gzip"])
def test_an_upload_in_parts_is_joined_judged_and_its_parts_forgotten(
    office: Office, compression: str
) -> None:
    report = upload(office, parts=3, compression=compression)
    assert report.state == "received"
    keys = list(report.parts.values_list("key", flat=True))

    uploads.check_report(report.pk)

    report = fresh(report)
    assert (report.state, report.lines_accepted, report.lines_done) == ("accepted", 2, 4)
    assert [move.to_state for move in report.moves.all()] == ["received", "checking", "accepted"]
    assert not any(evidence.kept(key) for key in keys)
    assert evidence.measure(report.original_key).sha256 == report.original_sha256


def test_checking_twice_changes_nothing(office: Office) -> None:
    report = upload(office)
    uploads.check_report(report.pk)
    before = picture()

    uploads.check_report(report.pk)

    assert picture() == before


def test_an_upload_and_the_same_lines_in_json_are_judged_alike(office: Office) -> None:
    report = upload(office, report_id="as-file")
    uploads.check_report(report.pk)

    assert fresh(report).totals == send(office, report_id="as-json").totals


def test_a_refused_upload_says_why_and_counts_for_nothing(office: Office) -> None:
    report = upload(office, quantity={"token": "1"})

    uploads.check_report(report.pk)

    report = fresh(report)
    assert (report.state, report.rejection_code) == ("rejected", "quantity_disagrees")
    assert "the lines sum to 1000009.5" in report.rejection_detail
    assert UsageReport.objects.in_force(office.licence.pk, OCTOBER, OCTOBER) == []


def test_a_refused_upload_can_be_replaced(office: Office) -> None:
    report = upload(office, quantity={"token": "1"})
    uploads.check_report(report.pk)

    again = upload(office, report_id="oct-2", type="replacement", replaces="oct-1")
    uploads.check_report(again.pk)

    assert (fresh(report).state, fresh(again).state) == ("superseded", "accepted")


def test_creating_an_upload_again_resumes_it(office: Office) -> None:
    first, _ = uploads.create_upload(by=office.licensee, document=file_header(office))
    put(office, first, 1, b"half")

    again, is_new = uploads.create_upload(by=office.licensee, document=file_header(office))

    assert (again, is_new) == (first, False)
    assert [part.number for part in again.parts.all()] == [1]
    with pytest.raises(ReportConflict):
        uploads.create_upload(by=office.licensee, document=file_header(office, lines=5))


def test_a_part_sent_twice_is_kept_once_and_a_new_one_takes_its_place(office: Office) -> None:
    report, _ = uploads.create_upload(by=office.licensee, document=file_header(office))

    first = put(office, report, 1, b"one")
    assert put(office, report, 1, b"one") == first
    other = put(office, report, 1, b"other")

    assert list(report.parts.all()) == [other]
    assert fresh(report).bytes_received == 5


def test_a_part_with_another_hash_is_refused_and_not_kept(office: Office) -> None:
    report, _ = uploads.create_upload(by=office.licensee, document=file_header(office))
    before = picture()

    with pytest.raises(PartRefused):
        uploads.put_part(
            by=office.licensee,
            upload_id=report.public_id,
            number=1,
            stream=io.BytesIO(b"damaged"),
            sha256="0" * 64,
        )

    assert picture() == before
    assert evidence.store().listdir(f"uploads/{report.public_id}")[1] == []


def test_a_part_beyond_its_bounds_is_refused(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    report, _ = uploads.create_upload(by=office.licensee, document=file_header(office))
    monkeypatch.setattr(uploads, "MAX_PART_BYTES", 3)

    with pytest.raises(PartRefused):
        put(office, report, 1, b"four")
    with pytest.raises(PartRefused):
        put(office, report, 0, b"one")

    assert not UploadPart.objects.exists()


def test_an_upload_with_a_gap_is_not_complete(office: Office) -> None:
    report, _ = uploads.create_upload(by=office.licensee, document=file_header(office))
    with pytest.raises(PartsMissing):
        uploads.complete(by=office.licensee, upload_id=report.public_id)
    put(office, report, 2, b"second")
    before = picture()

    with pytest.raises(PartsMissing, match="part 1 "):
        uploads.complete(by=office.licensee, upload_id=report.public_id)

    assert picture() == before


def test_a_complete_upload_takes_no_more_parts_and_completes_again_as_it_is(
    office: Office,
) -> None:
    report = upload(office)
    before = picture()

    with pytest.raises(IllegalMove):
        put(office, report, 3, b"more")
    again = uploads.complete(by=office.licensee, upload_id=report.public_id)

    assert again == report
    assert picture() == before


def test_nobody_else_sees_or_feeds_an_upload(office: Office) -> None:
    report, _ = uploads.create_upload(by=office.licensee, document=file_header(office))

    for stranger in (office.table.outsider, office.table.licensor, office.table.operator):
        with pytest.raises(UsageReport.DoesNotExist):
            uploads.complete(by=stranger, upload_id=report.public_id)
        with pytest.raises(UsageReport.DoesNotExist):
            uploads.put_part(
                by=stranger,
                upload_id=report.public_id,
                number=1,
                stream=io.BytesIO(b"x"),
                sha256="0" * 64,
            )


def test_a_file_needs_its_hash_a_known_format_and_lines(office: Office) -> None:
    cases: list[tuple[dict[str, Any], str, str]] = [
        ({"sha256": None}, "csv", ""),
        ({}, "xml", ""),
        ({}, "json", ""),
        ({}, "csv", "rar"),
        ({"type": "zero", "lines": 0, "quantity": {}}, "csv", ""),
    ]
    for changes, file_format, compression in cases:
        with pytest.raises(InvalidHeader):
            uploads.create_upload(
                by=office.licensee,
                document=file_header(office, **changes),
                file_format=file_format,
                compression=compression,
            )

    assert picture() == [[], [], []]


def test_a_check_that_died_after_joining_the_parts_is_done_again(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = upload(office)
    with monkeypatch.context() as broken:
        broken.setattr(uploads, "_check", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            uploads.check_report(report.pk)
    assert fresh(report).state == "checking"

    uploads.check_report(report.pk)

    report = fresh(report)
    assert (report.state, report.lines_accepted) == ("accepted", 2)
    assert report.size == len(csv_bytes(LINES))


def test_the_sweep_finds_reports_whose_message_was_lost(
    office: Office,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    report = upload(office)
    UsageReport.objects.filter(pk=report.pk).update(
        received_at=report.received_at - tasks.PATIENCE * 2 if report.received_at else None
    )
    sent: list[int] = []
    monkeypatch.setattr(tasks, "enqueue_on_commit", lambda _task, report_id: sent.append(report_id))

    tasks.check_waiting_reports()
    tasks.check_report(report.pk)
    tasks.check_waiting_reports()

    assert sent == [report.pk]
    assert fresh(report).state == "accepted"


def test_a_broker_that_is_down_costs_time_and_never_the_report(
    office: Office,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    def unreachable(*_: object, **__: object) -> None:
        raise OperationalError("the broker is down")

    monkeypatch.setattr("config.jobs.send", real_send)
    monkeypatch.setattr("config.jobs.current_app", SimpleNamespace(send_task=unreachable))

    with django_capture_on_commit_callbacks(execute=True):
        report = upload(office)

    assert fresh(report).state == "received"
    uploads.check_report(report.pk)
    assert fresh(report).state == "accepted"
