"""A report that has not come is reminded of, then demanded; one that comes answers.

The licence was signed on 2 November, so October is due on the 22nd: reminders from the 17th.
"""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from ledger.documents import rendering
from ledger.documents.models import Document
from licensing.access import Actor
from licensing.deals.models import Deal
from licensing.errors import IllegalMove, InvalidInput, MissingScope
from licensing.parties.roles import Kind
from licensing.usage import services as usage
from licensing.usage.models import UsageReport
from licensing.usage.notices import services
from licensing.usage.notices.models import Notice, NoticeMove
from tests.licensing.deals.table import organisation, terms
from tests.licensing.royalties.books import LANTERN, Books
from tests.licensing.royalties.conftest import NOON
from tests.licensing.usage.conftest import Office
from tests.licensing.usage.sending import body

REMINDED, DUE, OVERDUE = date(2026, 11, 17), date(2026, 11, 22), date(2026, 11, 23)


def issued() -> list[tuple[str, str, str]]:
    """Return what was issued: stage, state, deadline."""
    rows = Notice.objects.order_by("pk").values_list("stage", "state", "deadline_on")
    return [(stage, state, f"{deadline:%m-%d}") for stage, state, deadline in rows]


def report_nothing(books: Books) -> UsageReport:
    """Declare that nothing was used in October."""
    sent = body(Office(books.table, books.licence), [], type="zero")
    report, _ = usage.submit_json(by=books.table.licensee, body=sent)
    services.settle(books.licence)
    return report


def report_october(books: Books) -> UsageReport:
    """Report October, as the job does that follows."""
    report = books.report([LANTERN])
    services.settle(books.licence)
    return report


def test_a_reminder_comes_before_the_due_day_and_a_formal_notice_after_it(books: Books) -> None:
    del books
    services.issue_due(date(2026, 11, 16))
    assert issued() == []

    services.issue_due(REMINDED)
    services.issue_due(DUE)
    assert issued() == [("reminder", "standing", "11-22")]

    services.issue_due(OVERDUE)
    assert issued() == [("reminder", "standing", "11-22"), ("formal", "standing", "12-07")]
    notice = Notice.objects.get(stage="formal")
    assert (notice.missing, notice.due_on) == (["2026-10"], DUE)


def test_each_is_issued_once_however_often_the_job_runs(books: Books) -> None:
    del books
    for day in (REMINDED, REMINDED, OVERDUE, OVERDUE, date(2026, 11, 30)):
        services.issue_due(day)

    assert [stage for stage, _state, _deadline in issued()] == ["reminder", "formal"]
    assert Document.objects.filter(kind="notice").count() == 2


def test_a_report_in_time_asks_for_nothing(books: Books) -> None:
    report_october(books)

    services.issue_due(OVERDUE)

    assert issued() == []


@pytest.mark.parametrize("answer", [report_october, report_nothing])
def test_a_report_answers_what_asked_for_it(books: Books, answer: object) -> None:
    services.issue_due(REMINDED)
    services.issue_due(OVERDUE)

    report = answer(books)  # type: ignore[operator]  # one of the two above

    assert {state for _stage, state, _deadline in issued()} == {"answered"}
    notice = Notice.objects.get(stage="formal")
    move = NoticeMove.objects.get(notice=notice)
    assert (notice.answer, move.move, move.by) == (report, "answer", None)


def test_a_report_of_another_month_answers_nothing(books: Books) -> None:
    services.issue_due(OVERDUE)

    books.report([LANTERN], report_id="nov-1", period="2026-11")
    services.settle(books.licence)

    assert issued() == [("formal", "standing", "12-07")]


def test_a_quarter_is_answered_by_its_last_month(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    quarterly = terms(reporting={"cadence": "quarter", "due_days": 10})
    licence = books.table.in_force(quarterly)
    monkeypatch.setattr(timezone, "now", lambda: NOON + timedelta(days=70))
    services.issue_due(date(2027, 1, 11))
    notice = Notice.objects.get(licence=licence)
    office = Office(books.table, licence)

    states = []
    for month in ("2026-10", "2026-11", "2026-12"):
        sent = body(office, [], type="zero", period=month, report_id=f"q-{month}")
        usage.submit_json(by=books.table.licensee, body=sent)
        services.settle(licence)
        notice.refresh_from_db()
        states.append(notice.state)

    assert notice.missing == ["2026-10", "2026-11", "2026-12"]
    assert states == ["standing", "standing", "answered"]


def test_a_licence_that_was_ended_is_not_asked_any_more(books: Books) -> None:
    services.issue_due(OVERDUE)
    Deal.objects.filter(pk=books.licence.deal_id).update(state="terminated")

    services.issue_due(date(2026, 11, 24))

    assert issued() == [("formal", "withdrawn", "12-07")]
    assert NoticeMove.objects.get().reason == services.NO_LONGER_DUE


def test_a_notice_is_withdrawn_with_a_reason_and_not_issued_again(books: Books) -> None:
    services.issue_due(OVERDUE)
    notice = Notice.objects.get()

    services.withdraw(
        by=books.table.licensor, notice_id=notice.public_id, reason="Agreed by telephone."
    )
    services.issue_due(date(2026, 11, 24))

    assert issued() == [("formal", "withdrawn", "12-07")]
    move = NoticeMove.objects.get()
    assert (move.move, move.reason, move.by) == (
        "withdraw",
        "Agreed by telephone.",
        books.collective,
    )


def test_who_may_not_withdraw_and_what_is_settled_stays(books: Books) -> None:
    services.issue_due(OVERDUE)
    notice = Notice.objects.get().public_id
    rival = Actor.owner_of(organisation("rival", Kind.COLLECTIVE))

    with pytest.raises(MissingScope):
        services.withdraw(by=books.table.licensee, notice_id=notice, reason="x")
    with pytest.raises(Notice.DoesNotExist):
        services.withdraw(by=rival, notice_id=notice, reason="x")
    with pytest.raises(InvalidInput):
        services.withdraw(by=books.operator, notice_id=notice, reason=" ")
    assert issued() == [("formal", "standing", "12-07")]
    report_october(books)
    with pytest.raises(IllegalMove):
        services.withdraw(by=books.operator, notice_id=notice, reason="Too late.")
    assert issued() == [("formal", "answered", "12-07")]


def test_the_notice_is_printed_in_both_languages(books: Books) -> None:
    del books
    services.issue_due(OVERDUE)

    for document in Document.objects.filter(kind="notice").order_by("language"):
        assert rendering.render(document_id=document.pk), document.failure

    rendered = Document.objects.filter(kind="notice", state="rendered")
    assert sorted(rendered.values_list("language", "page_count")) == [("en", 1), ("ja", 1)]


@pytest.mark.parametrize("change", [{"deadline_on": date(2027, 1, 1)}, {"missing": []}], ids=str)
def test_the_database_refuses_to_change_what_was_demanded(
    books: Books, change: dict[str, object]
) -> None:
    del books
    services.issue_due(OVERDUE)

    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        Notice.objects.update(**change)
