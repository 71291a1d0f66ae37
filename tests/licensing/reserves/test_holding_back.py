"""A reserve: held back from every part, used up by corrections first, released on its day.

Of the month worked by hand aoba's part is 364 and birch's 73; 10 % are 36.4 and 7.3, so 36 and 7
are held until the last of January and 328 and 66 are payable.
"""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from ledger.journal import Purpose
from ledger.models import Entry
from licensing.royalties import printing, reserving, tasks, verify
from licensing.royalties.models import Charge, Period, Run
from licensing.royalties.reserve import held_minor, release_on
from tests.concurrency import together
from tests.licensing.advances.paid import pay
from tests.licensing.royalties.books import (
    FERRY,
    LANTERN,
    TERMS,
    Books,
    open_books,
    parts,
    picture,
)
from tests.licensing.royalties.conftest import NOON

RELEASE = datetime(2027, 1, 31, 12, 0, tzinfo=ZoneInfo("Asia/Tokyo"))
TENTH = Decimal("0.1")


def reserved(books: Books, **more: object) -> Books:
    """Sign a licence that holds a tenth for three months and go on with that."""
    reserve = {"rate": "0.1", "months": 3}
    return replace(books, licence=books.table.in_force(TERMS | {"reserve": reserve} | more))


def held(books: Books) -> tuple[int, int]:
    """Return what is held for aoba and for birch."""
    return (
        books.balance(Purpose.RESERVE, books.aoba),
        books.balance(Purpose.RESERVE, books.birch),
    )


def earned(books: Books) -> tuple[int, int]:
    """Return what aoba and birch earned and can be paid."""
    return (
        books.balance(Purpose.EARNED, books.aoba),
        books.balance(Purpose.EARNED, books.birch),
    )


def test_a_tenth_of_each_part_is_held_and_the_rest_is_payable(books: Books) -> None:
    books = reserved(books)

    books.closed()

    assert (held(books), earned(books)) == ((36, 7), (328, 66))
    assert [(slug, net) for _, slug, _, _, _, net in parts(Charge.objects.get())] == [
        ("kyodaku", 15),
        ("quill-press", 48),
        ("aoba", 328),
        ("birch", 66),
    ]
    assert list(verify.findings()) == []


def test_the_statement_goes_from_gross_to_net_past_the_reserve(books: Books) -> None:
    books = reserved(books)

    books.issued()

    stated = books.statement_of(books.aoba)
    assert (stated.gross_minor, stated.reserve_minor, stated.net_minor) == (417, 36, 328)
    assert stated.content is not None
    assert (stated.content["reserve_minor"], stated.content["net_minor"]) == (36, 328)
    assert books.balance(Purpose.PAYABLE, books.aoba) == 328


def test_a_correction_takes_from_the_reserve_before_anything_payable(books: Books) -> None:
    """A tenth of the ferry less: 475, fees 14 and 45, rest 416 by 16 : 3 is 350 and 66.

    Aoba keeps the 328 it was given and 22 stay in reserve; birch its 66 and nothing. Without the
    ferry it is 250, fees 8 and 24, rest 218: more is missing than was held.
    """
    books = reserved(books)
    books.closed()

    books.correct(FERRY | {"quantity": "900000"})
    books.close()

    assert held(books) == (22, 0)
    assert earned(books) == (328, 66)

    books.correct(FERRY | {"quantity": "0"}, report_id="oct-1-c2")
    books.close()

    assert held(books) == (0, 0)
    assert earned(books) == (218, 0)
    assert list(verify.findings()) == []


def test_a_reserve_is_released_on_its_day_in_that_months_run(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    books = reserved(books)
    books.issued()
    period = Period.objects.get()
    assert list(reserving.due(date(2027, 1, 30))) == []
    assert reserving.liquidate(period.pk) == []
    assert [(one.amount_minor, one.release_on) for one in reserving.held_for(books.aoba)] == [
        (36, date(2027, 1, 31))
    ]
    monkeypatch.setattr(timezone, "now", lambda: RELEASE)

    tasks.liquidate_due_reserves()
    tasks.liquidate(period.pk)
    tasks.liquidate(period.pk)

    assert Run.objects.get(state="draft").month == date(2027, 1, 1)
    books.issue()
    assert held(books) == (0, 0)
    stated = books.statement_of(books.aoba)
    assert (stated.gross_minor, stated.reserve_minor, stated.net_minor) == (0, -36, 36)
    assert stated.content is not None
    assert [line["kind"] for line in stated.content["lines"]] == ["liquidation"]
    assert printing.unrecouped(stated.content) is None
    assert printing.waterfall(stated.content)[1:] == [
        {"step": "liquidation", "amount_minor": 36},
        {"step": "earned", "amount_minor": 36, "kind": "total"},
    ]
    assert books.balance(Purpose.PAYABLE, books.aoba) == 364
    released = Entry.objects.get(cause="reserve_released")
    assert released.effective_on == date(2027, 1, 31)
    assert list(verify.findings()) == []


def test_nothing_is_held_of_what_is_booked_after_the_release(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    books = reserved(books)
    books.closed()
    monkeypatch.setattr(timezone, "now", lambda: RELEASE)
    reserving.liquidate(Period.objects.get().pk)

    books.report([LANTERN], report_id="oct-late")
    books.close()

    assert (held(books), earned(books)) == ((0, 0), (583, 73))
    assert list(verify.findings()) == []


def test_a_correction_on_the_day_before_the_job_ran_leaves_nothing_to_release(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    books = reserved(books)
    books.closed()
    monkeypatch.setattr(timezone, "now", lambda: RELEASE)

    books.correct(LANTERN | {"quantity": "0"}, FERRY | {"quantity": "0"})
    books.close()
    before = picture()

    assert (held(books), earned(books)) == ((0, 0), (0, 0))
    assert reserving.liquidate(Period.objects.get().pk) == []
    assert picture() == before


def test_what_is_released_recoups_an_advance_first(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    """394 of 400 are recouped while 43 are held; of the 43 released 6 are recouped."""
    books = reserved(books, advance={"amount": "4.00", "release": "on_receipt"})
    pay(books)
    books.closed()
    assert books.balance(Purpose.UNRECOUPED, books.collective) == 6
    monkeypatch.setattr(timezone, "now", lambda: RELEASE)

    for period in reserving.due(date(2027, 1, 31)):
        reserving.liquidate(period.pk)

    assert books.balance(Purpose.UNRECOUPED, books.collective) == 0
    assert sum(earned(books)) == 37
    assert list(verify.findings()) == []


def test_what_is_released_after_an_advance_is_used_up_moves_nothing_that_was_recouped(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    """October gives 394 of the 400, a second lantern's month the other 6; nothing is left.

    Without an order of its own October's 43 would be recouped and November's 6 given back, and
    the licensee would get a credit note and an invoice of what it owed all the time.
    """
    books = reserved(books, advance={"amount": "4.00", "release": "on_receipt"})
    pay(books)
    books.closed()
    books.report([LANTERN], report_id="nov-1", period="2026-11")
    books.close(date(2026, 11, 1))
    recouped = Charge.objects.filter(kind="recoupment").order_by("pk")
    assert [one.amount_minor for one in recouped] == [-394, -6]
    monkeypatch.setattr(timezone, "now", lambda: RELEASE)

    for period in reserving.due(date(2027, 1, 31)):
        reserving.liquidate(period.pk)

    assert [one.amount_minor for one in recouped.all()] == [-394, -6]
    assert held(books) == (22, 0)
    assert list(verify.findings()) == []


def test_verify_names_a_reserve_that_is_not_what_its_closes_say(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    books = reserved(books)
    monkeypatch.setattr(reserving, "differences", lambda *_args: {})
    books.closed()

    assert list(verify.findings()) == [
        f"{books.licence.public_id} 2026-10 tokens aoba: 0 held in reserve, should be 36 minor",
        f"{books.licence.public_id} 2026-10 tokens birch: 0 held in reserve, should be 7 minor",
    ]


def test_the_day_of_release_is_the_last_of_its_month() -> None:
    assert release_on(date(2026, 10, 31), 3) == date(2027, 1, 31)
    assert release_on(date(2026, 10, 31), 4) == date(2027, 2, 28)
    assert release_on(date(2026, 12, 31), 12) == date(2027, 12, 31)


@given(
    st.lists(st.integers(-(10**12), 10**12), min_size=1, max_size=6),
    st.decimals(0, 1, places=4),
)
def test_what_is_held_and_what_is_given_are_always_the_part(nets: list[int], rate: Decimal) -> None:
    """Whatever corrections come, nothing below zero is held and never more than the rate."""
    given_minor = 0
    for net in nets:
        reserve = held_minor(net_minor=net, given_minor=given_minor, rate=rate)
        assert 0 <= reserve <= max(net, 0) * rate + Decimal("0.5")
        assert reserve == 0 or net - reserve >= given_minor
        given_minor = net - reserve
    last = held_minor(net_minor=nets[-1], given_minor=given_minor, rate=Decimal(0))
    assert last == 0


@pytest.mark.django_db(transaction=True)
def test_of_two_who_release_a_reserve_at_once_one_does(
    monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    del settings
    monkeypatch.setattr(timezone, "now", lambda: NOON)
    monkeypatch.setattr("config.jobs.send", lambda _task, _arguments: None)
    books = reserved(open_books())
    books.closed()
    period = Period.objects.get()
    monkeypatch.setattr(timezone, "now", lambda: RELEASE)

    released = together(
        lambda: len(reserving.liquidate(period.pk)), lambda: len(reserving.liquidate(period.pk))
    )

    assert sorted(released, key=str) == [0, 2]
    assert (held(books), earned(books)) == ((0, 0), (364, 73))
