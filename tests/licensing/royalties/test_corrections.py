"""Late reports, corrections and replacements: each books the difference, and nothing else."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from ledger.journal import Purpose
from ledger.models import Entry
from licensing.catalogue.models import Share
from licensing.royalties import closing
from licensing.royalties.models import Allocation, Charge, Period, PeriodState, Run, Statement
from tests.licensing.royalties.books import FERRY, LANTERN, OCTOBER, Books, booked, parts
from tests.licensing.usage.desk import line

DECEMBER = datetime(2026, 12, 10, 12, 0, tzinfo=ZoneInfo("Asia/Tokyo"))


def test_a_late_report_opens_the_period_and_books_the_difference(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One million tokens of the lantern, aoba's alone, come late: 250 cents more.

    Charge 750: collective 71.25 → 71, operator 22.5 → 23, rest 656. Weights 8 : 1 (2⅔ : ⅓): aoba
    583.11, birch 72.89 → 583, 73. Booked before: 15, 48, 364, 73.
    """
    books.closed()
    monkeypatch.setattr(timezone, "now", lambda: DECEMBER)
    books.report([LANTERN], report_id="oct-late")
    period = closing.note_change(books.licence, OCTOBER)
    reopened = period.state

    closing.request_close(by=books.operator, period_id=period.public_id)
    closing.close_period(period.pk)

    assert reopened == PeriodState.OPEN
    first, second = Charge.objects.order_by("sequence")
    assert (second.amount_minor, second.rated_minor, second.corrects) == (250, 750, first)
    assert [(role, slug, net) for role, slug, _, _, _, net in parts(second)] == [
        ("operator_fee", "kyodaku", 8),
        ("collective_fee", "quill-press", 23),
        ("payee", "aoba", 219),
        ("payee", "birch", 0),
    ]
    assert books.balance(Purpose.EARNED, books.aoba) == 583
    assert books.balance(Purpose.EARNED, books.birch) == 73
    assert Entry.objects.latest("pk").effective_on.isoformat() == "2026-12-10"


def test_a_correction_to_nothing_ends_in_a_journal_at_zero(books: Books) -> None:
    books.closed()
    books.correct(LANTERN | {"quantity": "0"}, FERRY | {"quantity": "0"})
    books.close()

    assert [charge.amount_minor for charge in Charge.objects.order_by("sequence")] == [500, -500]
    assert booked() == {}
    assert Entry.objects.count() == 2


def test_a_correction_back_and_forth_books_the_same_as_never(books: Books) -> None:
    books.closed()
    before = booked()
    books.correct(LANTERN | {"quantity": "7"})
    books.close()
    assert booked() != before

    books.correct(LANTERN, report_id="oct-1-c2")
    books.close()

    assert booked() == before
    assert sum(charge.amount_minor for charge in Charge.objects.all()) == 500


def test_a_correction_after_the_statements_goes_into_a_run_of_its_own(books: Books) -> None:
    books.issued()
    books.correct(FERRY | {"quantity": "0"})
    books.close()

    first, second = Run.objects.order_by("number")
    assert (first.state, second.state) == ("issued", "draft")
    supplement = Statement.objects.get(run=second, payee=books.birch)
    assert (supplement.gross_minor, supplement.net_minor) == (-83, -73)


def test_a_correction_before_the_statements_adds_to_the_draft(books: Books) -> None:
    books.closed()
    books.correct(FERRY | {"quantity": "0"})
    books.close()

    assert Run.objects.count() == 1
    drafted = books.statement_of(books.birch)
    assert (drafted.lines.count(), drafted.net_minor) == (2, 0)


def test_reports_noted_twice_keep_the_period_as_it_is(books: Books) -> None:
    books.closed()

    closing.note_change(books.licence, OCTOBER)
    closing.note_change(books.licence, OCTOBER)

    assert Period.objects.get().state == PeriodState.CLOSED


def test_a_report_that_no_close_has_seen_is_found_by_the_sweep(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = books.report()
    assert list(closing.unnoted()) == [first]
    books.close()
    assert list(closing.unnoted()) == []

    monkeypatch.setattr(timezone, "now", lambda: DECEMBER)
    late = books.report([line("9")], report_id="oct-late")

    assert list(closing.unnoted()) == [late]


def test_usage_of_a_work_nobody_owns_waits_in_suspense(books: Books) -> None:
    """Without shares in force nobody is paid: 500 less 15 and 48 waits as 437."""
    books.report()
    for share in Share.objects.all():
        share.ends_on = OCTOBER
        share.starts_on = OCTOBER
        share.save()

    books.close()

    assert Allocation.objects.get(role="suspense").amount_minor == 437
    assert books.balance(Purpose.SUSPENSE) == 437
    assert not Statement.objects.filter(payee=books.aoba).exists()
