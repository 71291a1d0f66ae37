from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from licensing.usage import reading, uploads
from licensing.usage.models import UsageReport
from tests.licensing.usage.conftest import Office
from tests.licensing.usage.desk import csv_bytes, line
from tests.licensing.usage.rooms import enter
from tests.licensing.usage.sending import LINES, file_header, put, send, upload


def page(client: Client, report: UsageReport) -> str:
    response = client.get(reverse("report", args=[report.public_id]))
    assert response.status_code == 200
    return response.content.decode()


def text_of(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return b"".join(response.streaming_content).decode()  # type: ignore[attr-defined]  # a file's answer


def test_the_list_adds_up_in_lines_and_in_quantity(office: Office) -> None:
    send(office)

    shown = enter(office.licensee).get(reverse("reports")).context["lines"][0]

    # Line 4 has the unknown use "train": rejected. Line 3's work is not in the catalogue.
    assert [(part.name, part.lines, part.quantity) for part in shown.parts] == [
        ("received", 4, [("token", "1000009.5", "")]),
        ("accepted", 2, [("token", "1000000.5", "100.00")]),
        ("quarantined", 1, [("token", "7", "0.00")]),
        ("rejected", 1, [("token", "2", "0.00")]),
    ]


def test_tabs_and_filters_narrow_the_list(office: Office) -> None:
    send(office)
    send(office, [line("1")], report_id="sep-1", period="2026-09")
    client = enter(office.table.licensor)

    def listed(query: str) -> list[str]:
        response = client.get(f"{reverse('reports')}?{query}")
        return [shown.report.report_id for shown in response.context["lines"]]

    assert listed("") == ["sep-1", "oct-1"]
    assert listed("month=2026-10") == ["oct-1"]
    assert listed("month=2026-13") == ["sep-1", "oct-1"]
    # The term begins in October: the line of September is held.
    assert listed("state=to-fix") == ["sep-1", "oct-1"]
    assert listed("state=rejected") == []
    assert listed(f"licence={office.licence.public_id}&month=2026-09") == ["sep-1"]
    assert listed("licence=lic_elsewhere") == []


def test_an_empty_list_tells_a_licensee_how_to_begin(office: Office) -> None:
    shown = enter(office.licensee).get(reverse("reports")).content.decode()
    read = enter(office.table.licensor).get(reverse("reports")).content.decode()

    assert "Send your first report" in shown
    assert "/api/v1/reports" in shown
    assert office.licence.public_id in shown
    assert "No usage reports yet" in read
    assert "curl" not in read


def test_the_list_asks_as_often_for_ten_reports_as_for_one(
    office: Office, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = enter(office.licensee)
    send(office)
    with CaptureQueriesContext(connection) as one:
        client.get(reverse("reports"))
    for number in range(9):
        send(office, [line("1")], report_id=f"more-{number}")

    with django_assert_num_queries(len(one)):
        client.get(reverse("reports"))


def test_a_report_says_why_lines_were_not_accepted_and_what_to_do(office: Office) -> None:
    shown = page(enter(office.licensee), send(office))

    assert "No work in the catalogue carries this identifier." in shown
    assert "The use is not a known one." in shown
    assert "Correct lines" in shown


def test_the_licensor_and_the_operator_read_and_change_nothing(office: Office) -> None:
    report = send(office)

    for actor in (office.table.licensor, office.table.operator):
        client = enter(actor)
        assert "Correct lines" not in page(client, report)
        assert client.get(reverse("new-report")).status_code == 403


def test_an_outsider_finds_no_report(office: Office) -> None:
    report = send(office)
    client = enter(office.table.outsider)

    addresses = [
        reverse(name, args=[report.public_id])
        for name in ("report", "report-progress", "report-lines", "report-original")
    ]

    assert [client.get(address).status_code for address in addresses] == [404] * 4
    assert Client().get(addresses[0]).status_code == 302


def test_lines_and_the_original_are_handed_out(office: Office) -> None:
    report = send(office)
    client = enter(office.table.licensor)
    lines = reverse("report-lines", args=[report.public_id])

    held = text_of(client, f"{lines}?verdict=quarantined").splitlines()
    original = text_of(client, reverse("report-original", args=[report.public_id]))

    assert len(held) == 2
    assert held[1].startswith("3,domain:nobody.jp,ai-train,token,7,")
    assert '"report_id": "oct-1"' in original
    assert client.get(f"{lines}?verdict=lost").status_code == 404


def test_a_report_being_checked_shows_how_far_it_is(office: Office) -> None:
    report = upload(office)
    client = enter(office.licensee)

    waiting = page(client, report)
    polled = client.get(reverse("report-progress", args=[report.public_id]))
    uploads.check_report(report.pk)
    done = client.get(reverse("report-progress", args=[report.public_id]))

    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in waiting
    assert "hx-get" in polled.content.decode()
    assert "HX-Refresh" not in polled
    assert done["HX-Refresh"] == "true"
    assert "refresh" not in page(client, report)


def test_a_report_rejected_as_a_whole_names_the_lines(office: Office) -> None:
    content = csv_bytes([line("1"), line("2", quantity="ten")])
    document = file_header(office, [line("1"), line("2", quantity="ten")], lines=2)
    document["quantity"] = {"token": "20"}
    report, _ = uploads.create_upload(by=office.licensee, document=document)
    put(office, report, 1, content)
    uploads.complete(by=office.licensee, upload_id=report.public_id)
    uploads.check_report(report.pk)

    response = enter(office.licensee).get(reverse("report", args=[report.public_id]))

    refusal = response.context["refusal"]
    assert refusal["code"] == "quantity_disagrees"
    assert [fault["where"] for fault in refusal["faults"]] == ["line 2"]
    assert "line 2" in response.content.decode()


def test_a_replaced_report_leads_to_the_one_in_its_place(office: Office) -> None:
    first = send(office)
    second = send(office, [line("1")], report_id="oct-2", type="replacement", replaces="oct-1")
    first.refresh_from_db()

    shown = page(enter(office.licensee), first)

    assert "another took its place" in shown
    assert reverse("report", args=[second.public_id]) in shown


def test_control_totals_stand_beside_what_was_found(office: Office) -> None:
    report = upload(office)
    before = [(one.name, one.found) for one in reading.controls(report)]
    uploads.check_report(report.pk)
    report.refresh_from_db()

    after = [(one.name, one.declared, one.found, one.agrees) for one in reading.controls(report)]

    digest = report.declared_sha256
    assert before == [("lines", None), ("quantity", None), ("sha256", None)]
    assert after == [
        ("lines", len(LINES), 4, True),
        ("quantity", "1000009.5", "1000009.5", True),
        ("sha256", digest, digest, True),
    ]


def test_what_is_not_kept_yet_cannot_be_handed_out(office: Office) -> None:
    report = upload(office)
    client = enter(office.licensee)

    for name in ("report-original", "report-lines"):
        assert client.get(reverse(name, args=[report.public_id])).status_code == 404


def test_whoever_closes_periods_is_led_to_them(office: Office) -> None:
    report = send(office)

    assert reverse("periods") in page(enter(office.table.operator), report)
    assert "Accounting periods it affects" not in page(enter(office.licensee), report)
