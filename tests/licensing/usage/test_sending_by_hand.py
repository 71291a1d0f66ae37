import gzip
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from licensing.usage import uploads
from licensing.usage.models import ReportState, UsageReport
from tests.licensing.usage.conftest import Office
from tests.licensing.usage.desk import csv_bytes, line, sha256
from tests.licensing.usage.rooms import enter
from tests.licensing.usage.sending import LINES, picture, send


@pytest.fixture
def client(office: Office) -> Client:
    return enter(office.licensee)


def answers(office: Office, content: bytes | None = csv_bytes(LINES), **changes: str) -> Any:
    """Return what the form sends; no content is no file chosen."""
    said: dict[str, Any] = {
        "licence": office.licence.public_id,
        "period": "2026-10",
        "type": "original",
        "refers_to": "",
        "family": "vista",
        "version": "2",
        "report_id": "by-hand-1",
    }
    if content is not None:
        said["file"] = SimpleUploadedFile("lines.csv", content)
    return said | changes


def test_lines_quantities_and_hash_are_counted_from_the_file(
    office: Office, client: Client
) -> None:
    response = client.post(reverse("new-report"), answers(office))

    report = UsageReport.objects.get()
    assert response["Location"] == reverse("report", args=[report.public_id])
    assert report.state == ReportState.ACCEPTED
    assert report.declared_lines == 4
    assert report.declared_quantity == {"token": "1000009.5"}
    assert report.declared_sha256 == sha256(csv_bytes(LINES))
    assert report.lines_accepted == 2
    assert report.submitted_by is not None


def test_gzip_is_told_by_its_first_bytes(office: Office, client: Client) -> None:
    client.post(reverse("new-report"), answers(office, gzip.compress(csv_bytes(LINES))))

    report = UsageReport.objects.get()
    assert (report.compression, report.declared_lines) == ("gzip", 4)
    assert report.sha256 == sha256(csv_bytes(LINES))


def test_sending_the_form_twice_sends_one_report(office: Office, client: Client) -> None:
    client.post(reverse("new-report"), answers(office))
    before = picture()

    response = client.post(reverse("new-report"), answers(office), follow=True)

    assert "nothing was added" in response.content.decode()
    assert picture() == before


def test_a_large_file_is_judged_by_a_job(
    office: Office,
    client: Client,
    settings: Settings,
    queued: list[str],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    settings.SMALL_REPORT_LINES = 3

    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("new-report"), answers(office))

    report = UsageReport.objects.get()
    assert report.state == ReportState.RECEIVED
    assert "licensing.usage.tasks.check_report" in queued
    uploads.check_report(report.pk)
    report.refresh_from_db()
    assert report.state == ReportState.ACCEPTED


def test_an_upload_that_broke_off_is_completed_under_its_name(
    office: Office, client: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.SMALL_REPORT_LINES = 3
    with monkeypatch.context() as broken:
        broken.setattr(uploads, "put_part", _break_off)
        with pytest.raises(ConnectionError):
            client.post(reverse("new-report"), answers(office))

    client.post(reverse("new-report"), answers(office))

    assert UsageReport.objects.get().state == ReportState.RECEIVED


def _break_off(**_said: object) -> None:
    raise ConnectionError


def test_a_month_without_use_needs_no_file(office: Office, client: Client) -> None:
    client.post(reverse("new-report"), answers(office, None, type="zero"))

    report = UsageReport.objects.get()
    assert (report.type, report.state, report.declared_lines) == ("zero", "accepted", 0)


def test_a_correction_names_its_report(office: Office, client: Client) -> None:
    first = send(office)
    shown = client.get(f"{reverse('new-report')}?about={first.public_id}&type=correction")

    client.post(
        reverse("new-report"),
        answers(office, csv_bytes([line("3")]), type="correction", refers_to="oct-1"),
    )

    assert shown.context["form"].initial["refers_to"] == "oct-1"
    correction = UsageReport.objects.get(report_id="by-hand-1")
    assert (correction.refers_to, correction.lines_accepted) == (first, 1)


@pytest.mark.parametrize(
    ("content", "changes", "field"),
    [
        (None, {}, "file"),
        (csv_bytes(LINES), {"type": "zero"}, "file"),
        (csv_bytes(LINES), {"type": "correction"}, "refers_to"),
        (csv_bytes(LINES), {"version": ""}, "version"),
        (csv_bytes(LINES), {"licence": "lic_elsewhere"}, "licence"),
        (csv_bytes(LINES), {"period": "2026-13"}, "period"),
        (csv_bytes(LINES), {"report_id": ""}, "report_id"),
    ],
)
def test_what_is_wrong_is_told_beside_its_field(
    office: Office, client: Client, content: bytes | None, changes: dict[str, str], field: str
) -> None:
    response = client.post(reverse("new-report"), answers(office, content, **changes))

    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert not UsageReport.objects.exists()


def test_a_file_that_cannot_be_read_is_refused_with_its_lines(
    office: Office, client: Client
) -> None:
    content = b"line_id,work,use,unit,quantity\n1,domain:kaede.jp,ai-train,token,10\n2,short\n"

    response = client.post(reverse("new-report"), answers(office, content))

    assert response.status_code == 422
    assert "line 2" in response.content.decode()
    assert not UsageReport.objects.exists()


def test_another_file_under_the_same_name_is_refused(office: Office, client: Client) -> None:
    client.post(reverse("new-report"), answers(office))
    before = picture()

    response = client.post(reverse("new-report"), answers(office, csv_bytes([line("1")])))

    assert response.status_code == 422
    assert "sent before with other content" in response.content.decode()
    assert picture() == before


def test_a_file_beyond_the_pages_bound_is_led_to_the_api(
    office: Office, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("licensing.usage.forms.MOST_BYTES", 10)

    response = client.post(reverse("new-report"), answers(office))

    assert list(response.context["form"].errors) == ["file"]
    assert "/api/v1/uploads" in response.content.decode()


def test_without_a_licence_there_is_nothing_to_report_under(office: Office) -> None:
    response = enter(office.table.outsider).get(reverse("new-report"))

    assert "No licence to report under" in response.content.decode()


def test_a_unit_that_is_no_word_is_told_above_the_form(office: Office, client: Client) -> None:
    response = client.post(
        reverse("new-report"), answers(office, csv_bytes([line("1", unit="Tokens!")]))
    )

    assert response.status_code == 422
    assert response.context["form"].non_field_errors() == [
        "quantity.Tokens!: A unit is a word such as token."
    ]
    assert not UsageReport.objects.exists()
