import base64
import gzip
import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from licensing.usage import uploads
from licensing.usage.models import UsageReport
from tests.factories import bearer
from tests.licensing.usage.conftest import Office
from tests.licensing.usage.desk import csv_bytes, line
from tests.licensing.usage.sending import LINES, body, header, picture, send, upload

REPORTS = "/api/v1/reports"
UPLOADS = "/api/v1/uploads"


@pytest.fixture
def licensee(office: Office) -> Client:
    return Client(headers=bearer(office.licensee.organisation))


def post(client: Client, path: str, content: bytes, **headers: str) -> Any:
    return client.post(path, content, content_type="application/json", headers=headers)


def text_of(response: Any) -> str:
    """Read a download to its end, which is what closes its file."""
    return b"".join(response.streaming_content).decode()


def status_of(client: Client, path: str) -> int:
    response = client.get(path)
    if response.streaming:
        text_of(response)
    return response.status_code


def test_a_report_posted_as_json_is_answered_with_its_receipt(
    office: Office, licensee: Client
) -> None:
    first = post(licensee, REPORTS, body(office))
    again = post(licensee, REPORTS, body(office))
    other = post(licensee, REPORTS, body(office, [line("1")]))

    assert (first.status_code, again.status_code, other.status_code) == (201, 200, 409)
    assert first.json()["lines"] == {
        "received": 4,
        "accepted": 2,
        "quarantined": 1,
        "rejected": 1,
    }
    assert again.json()["id"] == first.json()["id"]
    assert other.json()["code"] == "report_conflict"
    assert licensee.get(f"{REPORTS}/{first.json()['id']}").json()["state"] == "accepted"


@pytest.mark.parametrize(
    ("spoil", "status", "code"),
    [
        (lambda _text: b"{", 400, "malformed_json"),
        (lambda text: text.replace(b'"period"', b'"month"'), 400, "header_invalid"),
        (lambda text: text.replace(b'"2026-10"', b'"2026-12"'), 400, "header_invalid"),
        (lambda text: text.replace(b'"lines": 4', b'"lines": 5'), 422, "lines_disagree"),
        (lambda text: text.replace(b'"lic_', b'"lic_x'), 404, "not_found"),
        (lambda text: text.replace(b'"unit"', b'"units"'), 422, "columns_wrong"),
        (lambda _text: b"[]", 400, "header_invalid"),
        (lambda text: text.replace(b'"header"', b'"head"'), 400, "header_invalid"),
        (lambda text: text[:-1] + b', "extra": 1}', 400, "header_invalid"),
    ],
)
def test_a_report_that_cannot_be_taken_is_a_problem_that_names_the_reason(
    office: Office,
    licensee: Client,
    spoil: Callable[[bytes], bytes],
    status: int,
    code: str,
) -> None:
    answer = post(licensee, REPORTS, spoil(body(office)))

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer["Content-Type"] == "application/problem+json"
    assert picture() == [[], [], []]


def test_a_body_too_large_is_refused_before_it_is_read(
    office: Office, licensee: Client, settings: Settings
) -> None:
    settings.SMALL_REPORT_BYTES = 100

    answer = post(licensee, REPORTS, body(office))

    assert (answer.status_code, answer.json()["code"]) == (413, "report_too_large")


def test_reports_are_seen_by_both_sides_and_the_operator_and_nobody_else(
    office: Office,
) -> None:
    report = send(office)
    seen = {}
    for name in ("licensee", "licensor", "operator", "outsider"):
        client = Client(headers=bearer(getattr(office.table, name).organisation))
        listed = client.get(REPORTS).json()["data"]
        paths = ["", "/lines", "/original"]
        answers = [status_of(client, f"{REPORTS}/{report.public_id}{path}") for path in paths]
        seen[name] = ([one["id"] for one in listed], answers)

    known = ([report.public_id], [200, 200, 200])
    assert seen == {
        "licensee": known,
        "licensor": known,
        "operator": known,
        "outsider": ([], [404, 404, 404]),
    }


def test_a_licensor_may_read_and_not_write(office: Office) -> None:
    licensor = Client(headers=bearer(office.table.licensor.organisation))

    assert post(licensor, REPORTS, body(office)).status_code == 403
    assert post(licensor, UPLOADS, b"{}").status_code == 403
    assert Client().get(REPORTS).status_code == 401


def test_the_list_is_narrowed_by_licence_state_and_name(office: Office, licensee: Client) -> None:
    send(office)
    upload(office, report_id="oct-2")

    def ids(query: str) -> list[str]:
        return [one["report_id"] for one in licensee.get(f"{REPORTS}?{query}").json()["data"]]

    assert ids("") == ["oct-2", "oct-1"]
    assert ids("state=received") == ["oct-2"]
    assert ids("report_id=oct-1") == ["oct-1"]
    assert ids(f"licence={office.licence.public_id}") == ["oct-2", "oct-1"]
    assert ids("licence=lic_other") == []


def test_lines_are_downloaded_by_verdict_with_reason_and_suggestion(
    office: Office, licensee: Client
) -> None:
    report = send(office)

    csv = text_of(licensee.get(f"{REPORTS}/{report.public_id}/lines?verdict=quarantined&as=csv"))
    as_json = json.loads(
        text_of(licensee.get(f"{REPORTS}/{report.public_id}/lines?verdict=rejected&as=json"))
    )
    as_they_came = json.loads(text_of(licensee.get(f"{REPORTS}/{report.public_id}/lines")))

    assert csv.splitlines()[0] == (
        "line_id,work,use,unit,quantity,territory,language,media,note,verdict,code,reason,"
        "suggestion"
    )
    assert csv.splitlines()[1].startswith(
        '3,domain:nobody.jp,ai-train,token,7,"","","","",quarantined,work_unknown,'
    )
    assert [(one["line_id"], one["quantity"], one["code"]) for one in as_json] == [
        ("4", "2", "use_unknown")
    ]
    assert [one["quantity"] for one in as_they_came] == ["1000000", "0.5", "7", "2"]


def test_a_download_that_means_nothing_is_refused(office: Office, licensee: Client) -> None:
    report = send(office)
    waiting = upload(office, report_id="oct-2")

    def status(path: str) -> int:
        return licensee.get(f"{REPORTS}/{path}").status_code

    assert status(f"{report.public_id}/lines?verdict=lost") == 400
    assert status(f"{report.public_id}/lines?as=xml") == 400
    assert status(f"{waiting.public_id}/lines") == 409
    assert status(f"{waiting.public_id}/original") == 404


def test_a_file_is_uploaded_in_parts_resumed_completed_and_followed(
    office: Office, licensee: Client
) -> None:
    content = gzip.compress(csv_bytes(LINES))
    halves = [content[:50], content[50:]]
    digest = hashlib.sha256(csv_bytes(LINES)).hexdigest()
    opened = header(office, sha256=digest) | {"compression": "gzip"}
    made = post(licensee, UPLOADS, json.dumps(opened).encode())
    address = f"{UPLOADS}/{made.json()['id']}"

    in_query = licensee.put(
        f"{address}/parts/1?sha256={hashlib.sha256(halves[0]).hexdigest()}", halves[0]
    )
    resumed = post(licensee, UPLOADS, json.dumps(opened).encode())
    encoded = base64.b64encode(hashlib.sha256(halves[1]).digest()).decode()
    in_header = licensee.put(
        f"{address}/parts/2", halves[1], headers={"Content-Digest": f"sha-256=:{encoded}:"}
    )
    there = licensee.get(address).json()
    completed = post(licensee, f"{address}/complete", b"")
    uploads.check_report(UsageReport.objects.get().pk)
    followed = licensee.get(completed["Location"])

    assert (made.status_code, resumed.status_code) == (201, 200)
    assert (in_query.status_code, in_header.status_code) == (200, 200)
    assert [part["number"] for part in resumed.json()["parts"]] == [1]
    assert [part["size"] for part in there["parts"]] == [50, len(halves[1])]
    assert completed.status_code == 202
    assert followed.json()["state"] == "accepted"
    assert post(licensee, f"{address}/complete", b"").status_code == 200


@pytest.mark.parametrize("named", ["", "?sha256=xyz", "?sha256=" + "0" * 64])
def test_a_part_must_name_its_hash_and_have_it(
    office: Office, licensee: Client, named: str
) -> None:
    digest = hashlib.sha256(csv_bytes(LINES)).hexdigest()
    made = post(licensee, UPLOADS, json.dumps(header(office, sha256=digest)).encode())
    before = picture()

    answer = licensee.put(
        f"{UPLOADS}/{made.json()['id']}/parts/1{named}",
        b"part",
        headers={"Content-Digest": "sha-256=:!!:"},
    )

    assert (answer.status_code, answer.json()["code"]) == (422, "part_refused")
    assert picture() == before


def test_an_upload_header_that_is_no_object_is_refused(licensee: Client) -> None:
    assert post(licensee, UPLOADS, b"[]").status_code == 400
    assert post(licensee, UPLOADS, b"{}").json()["code"] == "header_invalid"
    assert picture() == [[], [], []]
