import io
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from licensing import evidence
from licensing.errors import IllegalMove
from licensing.usage import abandoned, uploads
from licensing.usage.models import ReportMove, ReportState, UsageReport
from licensing.usage.uploads import NotDirect
from tests.factories import bearer
from tests.licensing.usage.conftest import NOON, Office
from tests.licensing.usage.desk import csv_bytes
from tests.licensing.usage.sending import LINES, file_header, put, upload


def opened(office: Office, days_ago: int) -> UsageReport:
    document = file_header(office, report_id=f"opened-{days_ago}")
    report, _ = uploads.create_upload(by=office.licensee, document=document)
    put(office, report, 1, csv_bytes(LINES))
    UsageReport.objects.filter(pk=report.pk).update(created_at=NOON - timedelta(days=days_ago))
    return report


def test_an_upload_that_stood_open_for_a_week_is_given_up_and_its_parts_are_dropped(
    office: Office,
) -> None:
    old, young = opened(office, days_ago=8), opened(office, days_ago=6)
    keys = [report.parts.get().key for report in (old, young)]

    first, second = abandoned.give_up_uploads(), abandoned.give_up_uploads()

    old, young = (UsageReport.objects.get(pk=one.pk) for one in (old, young))
    assert (first, second) == (1, 0)
    assert (old.state, old.rejection_code) == (ReportState.REJECTED, "upload_abandoned")
    assert ReportMove.objects.get(report=old).move == "give_up"
    assert young.state == ReportState.RECEIVING
    assert [evidence.kept(key) for key in keys] == [False, True]
    with pytest.raises(IllegalMove):
        put(office, old, 2, b"late")


def test_parts_that_a_killed_process_left_behind_are_dropped(office: Office) -> None:
    report = upload(office)
    uploads.check_report(report.pk)
    lost = evidence.put(f"uploads/{report.public_id}/1-part_lost", io.BytesIO(b"left"))

    abandoned.give_up_uploads()

    assert not evidence.kept(lost.key)
    assert evidence.uploads_with_parts() == []


def test_a_folder_gives_no_addresses(office: Office) -> None:
    report = opened(office, days_ago=0)

    with pytest.raises(NotDirect):
        uploads.part_address(
            by=office.licensee, upload_id=report.public_id, number=2, sha256="0" * 64
        )


def test_a_repeated_completion_says_again_where_to_follow_it(office: Office) -> None:
    report = opened(office, days_ago=0)
    client = Client(headers=bearer(office.licensee.organisation) | {"Idempotency-Key": "done-1"})
    address = f"/api/v1/uploads/{report.public_id}/complete"

    first, second = client.post(address), client.post(address)

    assert (first.status_code, second.status_code) == (202, 202)
    assert second.headers["Idempotent-Replayed"] == "true"
    assert first.headers["Location"] == second.headers["Location"]
    assert first.headers["Location"].endswith(f"/api/v1/reports/{report.public_id}")


def test_giving_up_waits_for_nothing(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    del office
    monkeypatch.setattr(timezone, "now", lambda: NOON)

    assert abandoned.give_up_uploads() == 0
