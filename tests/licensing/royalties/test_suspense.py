"""What belongs to nobody, or is claimed too often, waits in suspense with its age.

The ferry is aoba's 2 and birch's 1. Of a whole of 6 they own half of it, so with the lantern aoba
has 1⅓ million of the 2 million tokens, birch ⅙ and nobody ½: 8 : 1 : 3. Of 437 that is 291.33,
36.42 and 109.25; the cent left over goes to the largest remainder, birch.
"""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from ledger.journal import Purpose
from licensing.access import Actor
from licensing.catalogue import contests, services
from licensing.catalogue.models import Work
from licensing.parties.roles import Kind
from licensing.royalties import closing, reopening, suspense, tasks, verify
from licensing.royalties.booking import RatedPeriod
from licensing.royalties.models import Period, PeriodState
from tests.concurrency import Elsewhere
from tests.licensing.deals.table import organisation
from tests.licensing.royalties.books import Books, open_books, picture
from tests.licensing.royalties.conftest import NOON, Enter

LONG_AGO = date(2026, 1, 1)
LATER = datetime(2027, 2, 8, 12, 0, tzinfo=ZoneInfo("Asia/Tokyo"))


def ferry() -> Work:
    return Work.objects.get(title="Winter Ferry")


def own(books: Books, whole: int | None, starts_on: date = LONG_AGO, **shares: int) -> None:
    """Record the ferry's owners as the operator does."""
    services.set_shares(
        by=books.operator,
        work_id=ferry().public_id,
        shares=shares,
        starts_on=starts_on,
        weight_total=whole,
    )


def standing(books: Books) -> tuple[int, int, int]:
    """Return what aoba and birch earned and what waits."""
    return (
        books.balance(Purpose.EARNED, books.aoba),
        books.balance(Purpose.EARNED, books.birch),
        books.balance(Purpose.SUSPENSE),
    )


def test_what_shares_leave_of_a_declared_whole_waits(books: Books) -> None:
    own(books, 6, aoba=2, birch=1)

    books.closed()

    assert standing(books) == (291, 37, 109)
    assert list(verify.findings()) == []


def test_weights_without_a_declared_whole_are_the_whole(books: Books) -> None:
    own(books, None, aoba=2, birch=1)

    books.closed()

    assert standing(books) == (364, 73, 0)


def test_a_work_of_which_too_much_is_claimed_is_paid_to_nobody(books: Books) -> None:
    """Half of the month's use: 218.5 each of 437, the cent to who sorts first."""
    cedar = organisation("cedar", Kind.LICENSOR, "Cedar")

    contests.claim_share(
        by=Actor.owner_of(cedar), work_id=ferry().public_id, weight=1, starts_on=LONG_AGO
    )
    books.closed()

    assert ferry().weight_total == 3
    assert standing(books) == (219, 0, 218)
    assert list(verify.findings()) == []


def test_recording_the_owners_opens_the_period_and_closing_it_pays_them(books: Books) -> None:
    own(books, 6, aoba=2, birch=1)
    books.issued()
    tasks.reopen_settled()
    assert Period.objects.get().state == PeriodState.CLOSED
    own(books, 3, date(2026, 1, 2), aoba=2, birch=1)

    tasks.reopen_settled()

    assert Period.objects.get().state == PeriodState.OPEN
    books.close()
    assert books.balance(Purpose.SUSPENSE) == 0
    assert books.balance(Purpose.EARNED, books.aoba) == 364 - 291
    assert books.balance(Purpose.EARNED, books.birch) == 73 - 37
    assert suspense.waiting(date(2026, 11, 2)) == []
    assert list(verify.findings()) == []


def test_what_waits_has_an_age_and_a_page_by_it(
    books: Books, browser: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    own(books, 6, aoba=2, birch=1)
    books.closed()
    monkeypatch.setattr(timezone, "now", lambda: LATER)

    page = browser(books.operator.organisation).get(reverse("suspense")).content.decode()

    (one,) = suspense.waiting(date(2027, 2, 8))
    assert (one.age_days, one.amount_minor, one.currency) == (100, 109, "USD")
    assert "91 to 365 days" in page
    assert "$1.09" in page
    assert "Backlist for Vista 2" in page


def test_nothing_in_suspense_is_said_so_and_payees_do_not_see_the_page(
    books: Books, browser: Enter
) -> None:
    assert browser(books.aoba).get(reverse("suspense")).status_code == 404

    page = browser(books.operator.organisation).get(reverse("suspense"))

    assert "Nothing waits in suspense" in page.content.decode()


def test_reopening_a_period_under_way_leaves_it(books: Books) -> None:
    own(books, 6, aoba=2, birch=1)
    books.report()
    period = books.due()
    before = picture()

    reopening.reopen(period.pk)

    assert picture() == before


@pytest.mark.django_db(transaction=True)
def test_a_period_that_is_being_closed_is_not_opened_under_the_close(
    monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    """The sweep found it settled, and finance asked for the close in the meantime."""
    del settings
    monkeypatch.setattr(timezone, "now", lambda: NOON)
    monkeypatch.setattr("config.jobs.send", lambda _task, _arguments: None)
    books = open_books()
    own(books, 6, aoba=2, birch=1)
    books.closed()
    own(books, 3, date(2026, 1, 2), aoba=2, birch=1)
    (found,) = suspense.settled(date(2026, 11, 2))
    reopening.reopen(found.pk)
    books.due()
    seen: list[str] = []
    elsewhere = Elsewhere()

    def meanwhile(period: Period) -> RatedPeriod:
        rated = rate(period)
        seen.append(elsewhere.do(lambda: reopening.reopen(found.pk)).state)
        return rated

    rate = closing.rate_period
    monkeypatch.setattr(closing, "rate_period", meanwhile)
    closing.close_period(found.pk)
    elsewhere.close()

    assert seen == ["closing"]
    assert Period.objects.get().state == PeriodState.CLOSED
    assert list(suspense.settled(date(2026, 11, 2))) == []
    assert standing(books) == (364, 73, 0)
    assert list(verify.findings()) == []
