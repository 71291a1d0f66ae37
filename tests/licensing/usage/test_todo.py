from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from licensing.access import Actor
from licensing.parties.roles import Role
from licensing.usage import todo, uploads
from tests.licensing.usage.conftest import Office
from tests.licensing.usage.desk import line
from tests.licensing.usage.rooms import enter
from tests.licensing.usage.sending import send, upload


def asked(actor: Actor) -> list[tuple[str, str, int]]:
    return [(str(task.text), task.tone, task.count) for task in todo.tasks(actor)]


def test_an_ended_month_is_asked_for_until_its_report_is_there(office: Office) -> None:
    # On 2 November; the terms give 20 days.
    task = next(iter(todo.tasks(office.licensee)))
    before = asked(office.licensee)
    send(office, [line("1")])

    assert before == [("Report the use of October 2026 under “Backlist for Vista 2”", "warning", 1)]
    assert task.until == datetime(2026, 11, 20, 23, 59, 59, tzinfo=ZoneInfo("Asia/Tokyo"))
    assert asked(office.licensee) == []


def test_a_report_of_no_use_and_one_being_received_answer_the_month(office: Office) -> None:
    upload(office, [line("1")])

    assert asked(office.licensee) == []


def test_a_late_month_is_critical(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    late = datetime(2026, 11, 21, 9, 0, tzinfo=ZoneInfo("Asia/Tokyo"))
    monkeypatch.setattr(timezone, "now", lambda: late)

    assert [tone for _text, tone, _count in asked(office.licensee)] == ["critical"]


def test_lines_that_were_not_accepted_are_asked_for_until_a_correction_comes(
    office: Office,
) -> None:
    send(office)
    before = asked(office.licensee)
    correction = [line("3", quantity="7"), line("4", quantity="2")]
    send(office, correction, report_id="oct-1c", type="correction", corrects="oct-1")

    assert before == [("Fix the lines of oct-1 that were not accepted", "warning", 2)]
    assert asked(office.licensee) == []


@pytest.mark.parametrize(
    ("cadence", "today", "months"),
    [
        ("month", date(2026, 12, 1), [date(2026, 11, 1), date(2026, 10, 1)]),
        ("quarter", date(2026, 12, 31), []),
        ("quarter", date(2027, 1, 1), [date(2026, 12, 1), date(2026, 11, 1), date(2026, 10, 1)]),
        ("year", date(2027, 1, 1), [date(2026, 12, 1), date(2026, 11, 1), date(2026, 10, 1)]),
    ],
)
def test_months_are_asked_for_when_their_accounting_period_is_over(
    office: Office, cadence: str, today: date, months: list[date]
) -> None:
    # The term begins in October 2026.
    office.licence.terms["reporting"] = {"cadence": cadence, "due_days": 20}

    assert [month for month, _due in todo.months_to_report(office.licence, today)] == months


def test_terms_without_reporting_ask_for_nothing(office: Office) -> None:
    del office.licence.terms["reporting"]

    assert list(todo.months_to_report(office.licence, date(2027, 1, 1))) == []


def test_nobody_else_is_asked(office: Office) -> None:
    send(office)

    for actor in (office.table.licensor, office.table.operator, office.table.outsider):
        assert asked(actor) == []
    shown = enter(office.licensee, Role.VIEWER).get(reverse("home"))
    assert shown.context["tasks"] == []


def test_lately_tells_both_sides_of_a_report(office: Office) -> None:
    send(office)

    for actor in (office.table.licensor, office.licensee):
        told = [(str(event.text), event.state) for event in todo.events(actor, 5)]
        assert told == [("oct-1 of October 2026", "accepted")]
    assert list(todo.events(office.table.outsider, 5)) == []


def test_a_report_rejected_as_a_whole_is_to_be_sent_again(office: Office) -> None:
    report = upload(office, [line("1")], quantity={"token": "11"})
    uploads.check_report(report.pk)

    assert asked(office.licensee) == [
        ("Report the use of October 2026 under “Backlist for Vista 2”", "warning", 1),
        ("Send oct-1 again: it was rejected as a whole", "critical", 1),
    ]
