"""Charges divided where works have shares of their own for a country.

Every case charges 500 for two million tokens; 437 are left after the fees. aoba owns the Lantern
and, with birch, 2 : 1 of the Ferry; what is declared for Japan is added to that.
"""

import hashlib
from typing import Any

import pytest
from django.urls import reverse

from ledger.journal import Purpose
from licensing.catalogue.models import Share, Work
from licensing.parties.models import Organisation
from licensing.parties.roles import Kind
from licensing.royalties import tasks, verify
from licensing.royalties.models import Charge, Period, PeriodState
from tests.licensing.deals.table import mandate, organisation, terms
from tests.licensing.royalties.books import FERRY, LANTERN, TERMS, Books, parts
from tests.licensing.royalties.conftest import Enter

JAPAN = FERRY | {"quantity": "500000", "territory": "JP"}
AMERICA = FERRY | {"line_id": "3", "quantity": "300000", "territory": "US"}
SILENT = FERRY | {"line_id": "4", "quantity": "200000"}
MONTH = [LANTERN, JAPAN, AMERICA, SILENT]
POOL = {"id": "p", "model": "pool", "amount": "5.00"}
ONLY_JAPAN = terms()["grant"] | {"territory": ["JP"]}


@pytest.fixture(autouse=True)
def cedar(books: Books) -> Organisation:
    """Make the one who is declared for Japan; the collective acts for it too."""
    made = organisation("cedar", Kind.LICENSOR, "Cedar")
    mandate(made, books.collective, "ai-train")
    return made


def declare(title: str, territory: str = "JP", whole: int | None = None, **weights: int) -> None:
    """Declare shares of a work for a country, beside those it has."""
    work = Work.objects.get(title=title)
    work.weight_total = whole
    work.save()
    for slug, weight in weights.items():
        holder = Organisation.objects.get(slug=slug)
        Share.objects.create(work=work, holder=holder, weight=weight, territory=territory)


def divided(books: Books, lines: list[dict[str, str]]) -> dict[str, int]:
    """Report, close and prove; return what each payee has, net, of the one charge of 500."""
    if lines:
        books.report(lines)
    books.close()
    charge = Charge.objects.get()
    assert (charge.amount_minor, list(verify.findings())) == (500, [])
    return {slug: net for role, slug, *_, net in parts(charge) if role in {"payee", "suspense"}}


def test_each_line_is_divided_by_the_shares_that_stand_where_it_was_used(books: Books) -> None:
    """Cedar has Japan's 500,000; aoba and birch 2 : 1 of the others and of the silent 200,000.

    8 : 1 : 3 of 437 are 291.33, 36.42 and 109.25; the cent left over goes to birch.
    """
    declare("Winter Ferry", cedar=1)

    assert divided(books, MONTH) == {"aoba": 291, "birch": 37, "cedar": 109}


def test_a_grant_of_one_country_says_where_silent_lines_were_used(books: Books) -> None:
    """All of the Ferry is cedar's, half of 437."""
    declare("Winter Ferry", cedar=1)
    books = books.agreed(grant=ONLY_JAPAN)

    found = divided(books, [LANTERN, JAPAN, SILENT | {"quantity": "500000"}])

    assert found == {"aoba": 219, "cedar": 218}


@pytest.mark.parametrize(
    ("grant", "found"),
    [(TERMS["grant"], {"aoba": 364, "birch": 73}), (ONLY_JAPAN, {"aoba": 219, "cedar": 218})],
    ids=["world", "Japan"],
)
def test_what_falls_due_without_use_goes_to_whose_shares_stand_for_the_grant(
    books: Books, grant: dict[str, Any], found: dict[str, int]
) -> None:
    declare("Winter Ferry", cedar=1)

    assert divided(books.agreed(prices=[POOL], grant=grant), []) == found


def test_the_declared_whole_is_that_of_each_territory(books: Books) -> None:
    """Of 3, cedar has 1 in Japan: 166,666⅔, and 333,333⅓ wait. aoba 8 : birch 1 : cedar 1 : 2."""
    declare("Winter Ferry", whole=3, cedar=1)

    assert divided(books, MONTH) == {"aoba": 291, "birch": 37, "cedar": 36, "": 73}


def test_too_much_claimed_in_one_country_blocks_that_country_alone(books: Books) -> None:
    declare("Winter Ferry", whole=3, cedar=3, birch=1)

    assert divided(books, MONTH) == {"aoba": 291, "birch": 37, "": 109}


def test_a_use_that_no_share_reaches_waits_in_suspense(books: Books) -> None:
    """Of the Lantern only Japan is known; the million of it was used elsewhere."""
    Share.objects.filter(work__title="The Paper Lantern").update(territory="JP")

    found = divided(books, [LANTERN | {"territory": "US"}, FERRY])

    assert found == {"aoba": 146, "birch": 73, "": 218}


def test_a_work_that_counts_once_is_divided_among_where_it_was_used(books: Books) -> None:
    """The Ferry counts as much as the Lantern: half of it is Japan's. 437 by 8 : 1 : 3."""
    declare("Winter Ferry", cedar=1)
    books = books.agreed(distribution={"key": "equal_per_work"})

    found = divided(books, [LANTERN, JAPAN, SILENT | {"quantity": "500000"}])

    assert found == {"aoba": 291, "birch": 37, "cedar": 109}


def test_a_corrected_territory_moves_the_money(books: Books, cedar: Organisation) -> None:
    """From Japan to America: 5 : 1 as without cedar, and cedar's 109 is taken back."""
    declare("Winter Ferry", cedar=1)
    books.report(MONTH)
    books.close()

    books.correct(JAPAN | {"territory": "US"})
    books.close()

    correction = Charge.objects.latest("pk")
    assert correction.amount_minor == 0
    assert {slug: net for role, slug, *_, net in parts(correction) if role == "payee"} == {
        "aoba": 364 - 291,
        "birch": 73 - 37,
        "cedar": -109,
    }
    assert books.balance(Purpose.EARNED, cedar) == 0
    assert list(verify.findings()) == []


def test_a_share_for_a_country_opens_a_period_in_which_money_waits(
    books: Books, cedar: Organisation
) -> None:
    Share.objects.filter(work__title="Winter Ferry").update(territory="FR")
    assert divided(books, MONTH)[""] == 218
    tasks.reopen_settled()
    assert Period.objects.get().state == PeriodState.CLOSED

    declare("Winter Ferry", cedar=1)
    tasks.reopen_settled()
    books.close()

    assert books.balance(Purpose.EARNED, cedar) == 109
    assert books.balance(Purpose.SUSPENSE) == 109
    assert list(verify.findings()) == []


def test_a_statement_names_the_territory_whose_shares_stand(books: Books, browser: Enter) -> None:
    """Cedar has 1 of 4 in Japan beside aoba: both of aoba's parts of the Ferry are listed."""
    declare("Winter Ferry", cedar=1, aoba=3)
    books.report(MONTH)
    books.close()
    books.issue()
    statement = books.statement_of(books.aoba)

    page = browser(books.aoba).get(reverse("statement-works", args=[statement.public_id]))

    listed = [one["row"].work for one in page.context["rows"]]
    assert [(one.title, one.weight, one.weight_total, one.territory) for one in listed] == [
        ("The Paper Lantern", 1, 1, "WW"),
        ("Winter Ferry", 3, 4, "JP"),
        ("Winter Ferry", 2, 3, "WW"),
    ]
    assert page.content.decode().count("Japan") == 1
    # 1,000,000 : 375,000 : 333,333⅓ of what aoba has.
    net = statement.net_minor
    assert [one["row"].net_minor for one in page.context["rows"]] == [
        round(net * weighs / 41) for weighs in (24, 9, 8)
    ]


def test_only_a_country_changes_how_shares_hash(books: Books) -> None:
    """So a period closed before shares were told apart by territory is not opened by that."""
    lantern, ferry = Work.objects.order_by("pk")
    rows = f"{lantern.pk},aoba,1,\n{ferry.pk},aoba,2,\n{ferry.pk},birch,1,\n"

    world = books.closed()
    declare("Winter Ferry", cedar=1)
    japan = books.close()

    assert world.basis_sha256 == hashlib.sha256(rows.encode()).hexdigest()
    rows += f"{ferry.pk},cedar,1,,JP\n"
    assert japan.basis_sha256 == hashlib.sha256(rows.encode()).hexdigest()
