import base64
import hashlib
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import boto3
import pytest
import requests
from django.conf import LazySettings
from django.test import Client
from django.utils import timezone
from moto import mock_aws

from licensing import evidence
from licensing.usage import abandoned, direct, uploads
from licensing.usage.direct import PartsRefused
from licensing.usage.models import ReportState, UsageReport
from licensing.usage.uploads import PartRefused, PartsMissing
from tests.factories import bearer
from tests.licensing.usage.conftest import NOON, Office, open_office
from tests.licensing.usage.desk import csv_bytes
from tests.licensing.usage.sending import LINES, file_header, header, put, upload

BUCKET = "evidence"


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch, settings: LazySettings) -> Iterator[Any]:
    """Keep the evidence in a bucket that lives in memory."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setattr("moto.s3.models.S3_UPLOAD_PART_MIN_SIZE", 16)
    with mock_aws():
        client = boto3.client("s3", region_name="us-east-1")
        client.create_bucket(Bucket=BUCKET)
        settings.STORAGES = settings.STORAGES | {
            "evidence": {
                "BACKEND": "storages.backends.s3.S3Storage",
                "OPTIONS": {
                    "bucket_name": BUCKET,
                    "file_overwrite": False,
                    "default_acl": None,
                    "signature_version": "s3v4",
                    "region_name": "us-east-1",
                },
            }
        }
        yield client


@pytest.fixture
def office(db: None, bucket: Any, _fixed_clock: None, queued: list[str]) -> Office:  # noqa: ARG001  # needed before it
    return open_office()


def opened(office: Office) -> UsageReport:
    report, _ = uploads.create_upload(by=office.licensee, document=file_header(office))
    return report


def put_directly(office: Office, report: UsageReport, number: int, content: bytes) -> int:
    """Ask for an address and PUT the bytes there, as a licensee's program does."""
    address = uploads.part_address(
        by=office.licensee,
        upload_id=report.public_id,
        number=number,
        sha256=hashlib.sha256(content).hexdigest(),
    )
    return requests.put(address.url, data=content, headers=address.headers, timeout=5).status_code


def halves() -> list[bytes]:
    whole = csv_bytes(LINES)
    return [whole[:60], whole[60:]]


def test_parts_go_straight_to_the_store_and_become_the_original(office: Office) -> None:
    report = opened(office)

    answers = [
        put_directly(office, report, number, part) for number, part in enumerate(halves(), start=1)
    ]
    uploads.complete(by=office.licensee, upload_id=report.public_id)
    uploads.check_report(report.pk)

    report = UsageReport.objects.get(pk=report.pk)
    assert answers == [200, 200]
    assert (report.state, report.lines_accepted) == (ReportState.ACCEPTED, 2)
    assert report.original_sha256 == hashlib.sha256(csv_bytes(LINES)).hexdigest()
    assert report.bytes_received == report.size == len(csv_bytes(LINES))
    assert not report.parts.exists()


def test_an_address_holds_for_the_named_bytes_and_for_a_while(office: Office) -> None:
    report = opened(office)
    sha256 = hashlib.sha256(b"part").hexdigest()

    address = uploads.part_address(
        by=office.licensee, upload_id=report.public_id, number=1, sha256=sha256
    )

    checksum = base64.b64encode(hashlib.sha256(b"part").digest()).decode()
    assert address.headers == {"x-amz-checksum-sha256": checksum}
    assert "x-amz-checksum-sha256" in address.url.lower()
    assert "X-Amz-Expires=3600" in address.url


def test_an_upload_is_resumed_by_asking_which_parts_are_there(office: Office) -> None:
    report = opened(office)
    first, second = halves()
    put_directly(office, report, 2, second)

    again = opened(office)
    there = [(part.number, part.size) for part in uploads.parts_of(again)]
    with pytest.raises(PartsMissing, match="part 1"):
        uploads.complete(by=office.licensee, upload_id=report.public_id)
    put_directly(office, report, 1, first)
    completed = uploads.complete(by=office.licensee, upload_id=report.public_id)

    assert again.pk == report.pk
    assert there == [(2, len(second))]
    assert completed.state == ReportState.RECEIVED


def test_a_completion_that_broke_off_after_the_store_had_joined_the_parts_is_finished(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = opened(office)
    put_directly(office, report, 1, csv_bytes(LINES))
    with monkeypatch.context() as broken:
        broken.setattr(uploads, "_complete", lambda _pk: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            uploads.complete(by=office.licensee, upload_id=report.public_id)

    completed = uploads.complete(by=office.licensee, upload_id=report.public_id)

    assert completed.state == ReportState.RECEIVED


def test_parts_the_store_refuses_leave_the_upload_open(office: Office) -> None:
    report = opened(office)
    put_directly(office, report, 1, b"short")
    put_directly(office, report, 2, csv_bytes(LINES))

    with pytest.raises(PartsRefused, match="EntityTooSmall"):
        uploads.complete(by=office.licensee, upload_id=report.public_id)

    assert UsageReport.objects.get(pk=report.pk).state == ReportState.RECEIVING


def test_a_sender_who_cannot_reach_the_store_streams_through_us(office: Office) -> None:
    completed = upload(office, parts=2)
    uploads.check_report(completed.pk)

    assert UsageReport.objects.get(pk=completed.pk).state == ReportState.ACCEPTED


def test_a_streamed_part_with_another_hash_is_not_passed_on(office: Office) -> None:
    report = opened(office)

    with pytest.raises(PartRefused):
        put(office, report, 1, b"")

    assert uploads.parts_of(report) == []


def test_the_api_says_which_way_the_parts_go_and_gives_addresses(office: Office) -> None:
    client = Client(headers=bearer(office.licensee.organisation))
    sha256 = hashlib.sha256(csv_bytes(LINES)).hexdigest()
    body = json.dumps(header(office, sha256=sha256))
    created = client.post("/api/v1/uploads", body, content_type="application/json").json()

    answer = client.post(f"/api/v1/uploads/{created['id']}/parts/1/address?sha256={sha256}")
    address = answer.json()
    requests.put(address["url"], csv_bytes(LINES), headers=address["headers"], timeout=5)
    there = client.get(f"/api/v1/uploads/{created['id']}").json()

    assert created["mode"] == "presigned"
    assert answer.status_code == 200
    assert address["expires_in_seconds"] == 3600
    assert [part["number"] for part in there["parts"]] == [1]


def test_an_abandoned_upload_is_given_up_with_its_parts(
    office: Office, bucket: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = opened(office)
    put_directly(office, report, 1, csv_bytes(LINES))
    orphan = direct.begin("reports/rpt_lost/original.csv")

    monkeypatch.setattr(timezone, "now", lambda: NOON + timedelta(days=60))
    UsageReport.objects.filter(pk=report.pk).update(created_at=NOON)
    given_up = abandoned.give_up_uploads()

    report = UsageReport.objects.get(pk=report.pk)
    assert given_up == 1
    assert (report.state, report.rejection_code) == (ReportState.REJECTED, "upload_abandoned")
    assert bucket.list_multipart_uploads(Bucket=BUCKET).get("Uploads", []) == []
    assert direct.parts("reports/rpt_lost/original.csv", orphan) == []
    assert not evidence.kept(f"reports/{report.public_id}/original.csv")
