"""Closing a period: the month worked by hand, what repeats, and what is refused."""

from decimal import Decimal

import pytest
from django.core.exceptions import ObjectDoesNotExist

from ledger.journal import Purpose
from ledger.models import Entry
from licensing.claims import Claimable, claim
from licensing.errors import IllegalMove
from licensing.royalties import booking, closing
from licensing.royalties.booking import PayeeUnknown
from licensing.royalties.closing import StillChecking
from licensing.royalties.models import Charge, Close, Period, PeriodState, Run, Statement
from licensing.usage.models import UsageReport
from tests.concurrency import Elsewhere
from tests.licensing.royalties.books import OCTOBER, Books, booked, parts, picture


def test_a_month_is_charged_and_divided_to_the_last_cent(books: Books) -> None:
    close = books.closed()

    charge = Charge.objects.get()
    assert (charge.price_id, charge.unit) == ("tokens", "token")
    assert charge.quantity == Decimal(2_000_000)
    assert (charge.amount_minor, charge.rated_minor, charge.corrects) == (500, 500, None)
    assert parts(charge) == [
        ("operator_fee", "kyodaku", 15, 0, 0, 15),
        ("collective_fee", "quill-press", 48, 0, 0, 48),
        ("payee", "aoba", 417, 13, 40, 364),
        ("payee", "birch", 83, 2, 8, 73),
    ]
    assert close.lines_rated == 2


def test_the_journal_holds_the_charge_in_one_entry(books: Books) -> None:
    books.closed()

    entry = Entry.objects.get()
    assert entry.key == f"charge:{books.licence.public_id}:2026-10:tokens:1"
    assert entry.effective_on.isoformat() == "2026-10-31"
    assert books.balance(Purpose.ACCRUED, books.licence.licensee) == 500
    assert books.balance(Purpose.EARNED, books.aoba) == 364
    assert books.balance(Purpose.EARNED, books.birch) == 73
    assert books.balance(Purpose.EARNED, books.collective) == 48
    assert sum(booked().values()) == 0
    assert sorted(booked().values()) == [-364, -73, -48, -15, 500]


def test_a_close_drafts_one_statement_for_each_party(books: Books) -> None:
    books.closed()

    run = Run.objects.get()
    drawn = Statement.objects.order_by("payee__slug")
    assert (run.month, run.number, run.state) == (OCTOBER, 1, "draft")
    assert [(one.payee.slug, one.gross_minor, one.net_minor) for one in drawn] == [
        ("aoba", 417, 364),
        ("birch", 83, 73),
        ("quill-press", 48, 48),
    ]


def test_a_close_keeps_what_it_was_made_from(books: Books) -> None:
    report = books.report()
    close = books.close()

    period = Period.objects.get()
    assert close.number == 1
    assert close.reports == [
        {"report": report.public_id, "sha256": report.sha256, "lines": report.lines_key}
    ]
    assert (period.state, period.closed_at) == (PeriodState.CLOSED, close.closed_at)
    assert period.steps_done == period.steps_total == 4


def test_a_second_message_for_a_closed_period_does_nothing(books: Books) -> None:
    close = books.closed()
    before = picture()

    assert closing.close_period(close.period_id) is None

    assert picture() == before


def test_closing_again_without_a_change_books_nothing(books: Books) -> None:
    books.closed()
    booked_before, statements_before = booked(), list(Statement.objects.values())
    period = Period.objects.get()

    closing.request_close(by=books.operator, period_id=period.public_id)
    again = closing.close_period(period.pk)

    assert again is not None
    assert again.number == 2
    assert Charge.objects.count() == 1
    assert Entry.objects.count() == 1
    assert booked() == booked_before
    assert list(Statement.objects.values()) == statements_before


def test_a_period_that_another_worker_holds_is_left_alone(books: Books) -> None:
    books.report()
    period = books.due()
    before = picture()
    other = Elsewhere()
    holding = claim(Claimable.PERIOD, period.pk)

    try:
        assert other.do(holding.__enter__)
        assert closing.close_period(period.pk) is None
        assert picture() == before
    finally:
        other.do(lambda: holding.__exit__(None, None, None))
        other.close()

    assert closing.close_period(period.pk) is not None


def test_a_worker_killed_before_it_books_leaves_nothing_but_files(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    books.report()
    period = books.due()

    with monkeypatch.context() as patched:
        patched.setattr(booking, "book", _killed)
        with pytest.raises(KeyboardInterrupt):
            closing.close_period(period.pk)

    assert Period.objects.get().state == PeriodState.CLOSING
    assert not Close.objects.exists()
    assert not Charge.objects.exists()
    assert booked() == {}
    assert closing.close_period(period.pk) is not None
    assert Charge.objects.get().amount_minor == 500


def _killed(*_arguments: object) -> None:
    raise KeyboardInterrupt


def test_a_report_that_comes_in_while_rating_is_rated_too(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    books.report()
    period = books.due()
    rated = closing.rate_period
    times: list[int] = []

    def rate_then_receive(rating: Period) -> booking.RatedPeriod:
        whole = rated(rating)
        if not times:
            books.report(report_id="oct-2")
        times.append(len(whole.inputs.reports))
        return whole

    monkeypatch.setattr(closing, "rate_period", rate_then_receive)
    close = closing.close_period(period.pk)

    assert times == [1, 2]
    assert close is not None
    assert len(close.reports) == 2
    assert Charge.objects.get().amount_minor == 1_000


def test_a_period_with_nothing_reported_closes_at_nothing(books: Books) -> None:
    close = books.close()

    assert (close.reports, close.lines_rated) == ([], 0)
    assert booked() == {}
    assert not Run.objects.exists()


def test_a_close_waits_for_a_report_that_is_being_checked(books: Books) -> None:
    report = books.report()
    UsageReport.objects.filter(pk=report.pk).update(state="checking")
    period = closing.note_change(books.licence, OCTOBER)
    before = picture()

    with pytest.raises(StillChecking, match="2026-10"):
        closing.request_close(by=books.operator, period_id=period.public_id)

    assert picture() == before


def test_a_period_that_is_being_closed_cannot_be_asked_for_again(books: Books) -> None:
    books.report()
    period = books.due()
    before = picture()

    with pytest.raises(IllegalMove, match="being closed already"):
        closing.request_close(by=books.operator, period_id=period.public_id)

    assert picture() == before


def test_an_outsider_finds_no_period_to_close(books: Books) -> None:
    books.report()
    period = closing.note_change(books.licence, OCTOBER)
    before = picture()

    with pytest.raises(ObjectDoesNotExist):
        closing.request_close(by=books.table.outsider, period_id=period.public_id)

    assert picture() == before


def test_a_close_that_cannot_be_booked_opens_the_period_with_the_reason(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    books.report()
    period = books.due()

    def nobody(_parties: object, slug: str) -> None:
        raise PayeeUnknown(f"A share names {slug!r}, which is no organisation.")

    monkeypatch.setattr("licensing.royalties.booking._Parties.organisation", nobody)
    assert closing.close_period(period.pk) is None

    refused = Period.objects.get()
    assert refused.state == PeriodState.OPEN
    assert refused.failure == "A share names 'aoba', which is no organisation."
    assert not Close.objects.exists()
    assert booked() == {}
