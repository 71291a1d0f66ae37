"""A known work that the licence does not cover is let in from a day on; the snapshot stays.

Granting First Snow (aoba alone) adds 600,000 tokens to the month worked by hand:

    charge      2,600,000 × 2.50 / 1,000,000 = 6.50 USD = 650 cents
    collective  9.5 % = 61.75 → 62       operator  3 % = 19.5 → 20       rest 568
    aoba        1,000,000 + 666,666⅔ + 600,000 = 2,266,666⅔      birch 333,333⅓
    568 by these: 495.18 : 72.82, the cent left over to birch: 495 : 73
"""

from dataclasses import replace
from datetime import date

import pytest

from ledger.journal import Purpose
from licensing.errors import IllegalMove, InvalidInput
from licensing.parties.roles import Kind as OrganisationKind
from licensing.royalties import closing, verify
from licensing.royalties.models import Period
from licensing.usage.matching.decisions import AlreadyDecided, NotLicensable
from licensing.usage.matching.models import MatchDecision
from tests.licensing.deals.table import organisation
from tests.licensing.matching.desk import (
    SHIGURE,
    SNOW,
    codes,
    grant,
    item,
    map_to,
    new_work,
    refused,
    reported,
    undo,
    verdicts,
    work,
    work_off,
)
from tests.licensing.royalties.books import FERRY, LANTERN, OCTOBER, PRICE, TERMS, Books, booked
from tests.licensing.usage.desk import line


def test_a_grant_books_exactly_the_difference_and_undoing_it_brings_the_books_back(
    books: Books,
) -> None:
    new_work("First Snow", "hatsuyuki.jp", books.aoba)
    report = reported(books, [LANTERN, FERRY, SNOW])
    frozen = (books.licence.snapshot_sha256, books.licence.snapshot_works)
    books.close()
    before = booked()

    granted = grant(books.table.licensor, "hatsuyuki.jp")
    work_off()
    assert verdicts(report) == [("accepted", "", 3)]
    books.close()
    assert books.balance(Purpose.ACCRUED, books.table.licensee.organisation) == 650
    assert books.balance(Purpose.EARNED, books.aoba) == 495
    assert books.balance(Purpose.EARNED, books.birch) == 73
    assert books.balance(Purpose.EARNED, books.collective) == 62
    assert books.balance(Purpose.FEES, "operator") == 20
    books.licence.refresh_from_db()
    assert (books.licence.snapshot_sha256, books.licence.snapshot_works) == frozen

    undo(books.table.licensor, granted)
    work_off()
    books.close()
    assert booked() == before
    assert list(verify.findings()) == []


def test_a_grant_counts_from_the_month_in_which_it_begins(books: Books) -> None:
    new_work("First Snow", "hatsuyuki.jp", books.aoba)
    october = reported(books, [SNOW])
    november = reported(books, [SNOW], report_id="nov-1", period="2026-11")

    grant(books.operator, "hatsuyuki.jp", date(2026, 11, 30))
    work_off()

    assert verdicts(october) == [("quarantined", "work_not_granted", 1)]
    assert verdicts(november) == [("accepted", "", 1)]
    assert item("hatsuyuki.jp").status == "granted"


def test_a_granted_work_counts_among_the_works_licensed(books: Books) -> None:
    """Two works at 1.00 USD, then three; the period is stale although no line says so."""
    per_work = books.priced(
        {"id": "titles", "model": "per_work", "amount": "1", "count": "licensed"}, PRICE
    )
    new_work("First Snow", "hatsuyuki.jp", books.aoba)
    reported(per_work, [SNOW], report_id="nov-1", period="2026-11")
    per_work.close(OCTOBER)
    assert per_work.balance(Purpose.ACCRUED, books.table.licensee.organisation) == 200

    grant(books.operator, "hatsuyuki.jp")
    work_off()
    october = Period.objects.get(starts_on=OCTOBER)
    assert closing.is_stale(october)
    per_work.close(OCTOBER)

    assert per_work.balance(Purpose.ACCRUED, books.table.licensee.organisation) == 300
    assert list(verify.findings()) == []


def test_a_work_is_granted_under_every_name_it_was_reported_under(books: Books) -> None:
    snow = new_work("First Snow", "hatsuyuki.jp", books.aoba)
    by_id = line("5", work=f"work:{snow.public_id}")
    report = reported(books, [SNOW, by_id])

    grant(books.operator, "hatsuyuki.jp")
    work_off()

    assert verdicts(report) == [("accepted", "", 2)]


def test_the_same_grant_again_is_the_same_decision_and_another_day_is_refused(
    books: Books,
) -> None:
    new_work("First Snow", "hatsuyuki.jp", books.aoba)
    reported(books, [SNOW])
    first = grant(books.operator, "hatsuyuki.jp")
    work_off()

    assert grant(books.operator, "hatsuyuki.jp") == first
    with refused(AlreadyDecided):
        grant(books.operator, "hatsuyuki.jp", date(2026, 11, 1))


def test_a_work_that_not_every_owner_lets_be_licensed_is_not_granted(books: Books) -> None:
    stranger = organisation("cedar", OrganisationKind.LICENSOR)
    new_work("First Snow", "hatsuyuki.jp", stranger)
    reported(books, [SNOW])

    with refused(NotLicensable):
        grant(books.operator, "hatsuyuki.jp")


def test_what_no_work_is_known_as_is_mapped_before_it_is_granted(books: Books) -> None:
    reported(books, [SHIGURE])

    with refused(IllegalMove, "work_unknown"):
        grant(books.operator, "shigure.jp")


@pytest.mark.parametrize("day", [date(2026, 9, 30), date(2029, 10, 1)], ids=str)
def test_nothing_is_granted_outside_the_term(books: Books, day: date) -> None:
    new_work("First Snow", "hatsuyuki.jp", books.aoba)
    reported(books, [SNOW])

    with refused(InvalidInput) as raised:
        grant(books.operator, "hatsuyuki.jp", day)

    assert codes(raised) == [("starts_on", "out_of_term")]


def test_what_the_licence_covers_is_mapped_and_not_granted_again(books: Books) -> None:
    reported(books, [SHIGURE])

    made = map_to(books.operator, "shigure.jp", work("Winter Ferry"), starts_on=OCTOBER)

    assert made.kind == "map"
    assert not MatchDecision.objects.filter(kind="grant").exists()


def test_a_work_that_the_terms_exclude_is_not_granted(books: Books) -> None:
    """The licence was signed when the work was known, and its terms leave it out."""
    snow = new_work("First Snow", "hatsuyuki.jp", books.aoba)
    excluding = TERMS["grant"] | {"works": {"select": "repertoire", "exclude": [snow.public_id]}}
    signed = replace(books, licence=books.table.in_force(TERMS | {"grant": excluding}))
    reported(signed, [SNOW])

    with refused(NotLicensable):
        grant(books.operator, "hatsuyuki.jp")
