"""What the parties are told of a report whose lines are all as they should be.

The licence asks for a report within 20 days of a month's end. It was signed on 2 November, so
October, which was over then, is due by the 22nd.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from licensing.usage import overlaps, tasks
from licensing.usage.models import TO_COMPARE, Overlap, UsageReport
from licensing.usage.receipts import receipt
from licensing.usage.remarks import remarks
from tests.factories import bearer
from tests.licensing.usage.conftest import Office
from tests.licensing.usage.desk import line
from tests.licensing.usage.sending import send, upload

MORE = [line("1", quantity="1000000"), line("9", quantity="3")]


def at(monkeypatch: pytest.MonkeyPatch, day: int, hour: int = 12) -> None:
    moment = datetime(2026, 11, day, hour, tzinfo=ZoneInfo("Asia/Tokyo"))
    monkeypatch.setattr(timezone, "now", lambda: moment)


def compared(*reports: UsageReport) -> None:
    for report in reports:
        overlaps.compare(report.pk)


def told(report: UsageReport) -> list[tuple[str, str]]:
    return [(one.code, one.reason) for one in remarks(report)]


def test_a_report_of_the_last_day_is_not_late(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(monkeypatch, 22, hour=23)

    assert told(send(office)) == []


def test_a_report_after_the_day_it_was_due_is_late(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(monkeypatch, 25, hour=0)

    report = send(office)

    expected = "It came 3 days after the day it was due, 22 November 2026."
    assert told(report) == [("report_late", expected)]
    assert report.lines_accepted == 2


def test_the_day_is_that_of_tokyo(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    at(monkeypatch, 23, hour=0)

    assert told(send(office)) == [
        ("report_late", "It came 1 day after the day it was due, 22 November 2026.")
    ]


def test_a_correction_is_never_late(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    send(office)
    at(monkeypatch, 28)

    changed = send(office, MORE[:1], report_id="oct-1b", type="correction", corrects="oct-1")

    assert told(changed) == []


def test_a_file_sent_again_under_another_name_is_seen_on_both_sides(office: Office) -> None:
    first, second = send(office), send(office, report_id="again")

    compared(first, second)

    # The fourth line is rejected and counts in neither.
    assert told(first) == [("report_overlaps", "3 lines are in again as well, word for word.")]
    assert told(second) == [("report_overlaps", "3 lines are in oct-1 as well, word for word.")]
    pair = Overlap.objects.get()
    assert (pair.report, pair.other, pair.lines) == (second, first, 3)


def test_only_lines_that_say_the_same_overlap(office: Office) -> None:
    first = send(office)
    second = send(
        office, [*MORE, line("2", work="domain:momiji.jp", quantity="0.6")], report_id="b"
    )

    compared(second, first)

    assert told(second) == [("report_overlaps", "1 line is in oct-1 as well, word for word.")]


def test_a_report_is_compared_with_every_other_of_its_month(office: Office) -> None:
    reports = [
        send(office, MORE[:1], report_id="a"),
        send(office, MORE, report_id="b"),
        send(office, MORE[1:], report_id="c"),
    ]

    compared(*reversed(reports))

    found = Overlap.objects.values_list("report__report_id", "other__report_id", "lines")
    assert set(found) == {("b", "a", 1), ("c", "b", 1)}


@pytest.mark.parametrize(
    "other",
    [
        {"model": {"family": "vista", "version": "3"}},
        {"period": "2026-09"},
    ],
    ids=["another model", "another month"],
)
def test_reports_of_another_model_or_month_do_not_overlap(
    office: Office, other: dict[str, object]
) -> None:
    first, second = send(office), send(office, report_id="b", **other)

    compared(first, second)

    assert not Overlap.objects.exists()


def test_an_overlap_ends_when_one_of_the_two_is_replaced(office: Office) -> None:
    first, second = send(office), send(office, report_id="again")
    compared(first, second)

    fixed = send(office, MORE[1:], report_id="fixed", type="replacement", replaces="again")
    compared(fixed)

    first.refresh_from_db()
    assert (told(first), told(fixed)) == ([], [])


def test_a_report_is_compared_once_and_the_sweep_finds_those_whose_message_was_lost(
    office: Office,
    queued: list[str],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        first, uploaded = send(office), upload(office, report_id="big")
    assert "licensing.usage.tasks.compare_report" in queued
    queued.clear()

    with django_capture_on_commit_callbacks(execute=True):
        tasks.compare_waiting_reports()
    compared(first, first, uploaded)

    assert queued == ["licensing.usage.tasks.compare_report"]
    assert not UsageReport.objects.filter(TO_COMPARE).exists()
    uploaded.refresh_from_db()
    assert uploaded.compared_at is None


def test_a_pair_is_kept_once_and_never_the_other_way_round(office: Office) -> None:
    first, second = send(office), send(office, report_id="again")
    compared(first, second)

    for pair in ({"report": second, "other": first}, {"report": first, "other": second}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Overlap.objects.create(lines=1, **pair)


def test_the_receipt_the_page_and_the_api_say_it(
    office: Office, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = send(office)
    at(monkeypatch, 24)
    second = send(office, report_id="again")
    compared(first, second)
    headers = bearer(office.licensee.organisation)

    made = receipt(second)["remarks"]
    answered = client.get(f"/api/v1/reports/{second.public_id}", headers=headers).json()

    assert [(one["code"], one["report"]) for one in made] == [
        ("report_late", None),
        ("report_overlaps", first.public_id),
    ]
    assert "quantity 0" in made[1]["suggestion"]
    assert answered["remarks"] == made
