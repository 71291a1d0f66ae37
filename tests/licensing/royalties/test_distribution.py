"""How a charge is divided among works before the shares of each work divide it on.

Every case charges 500; 437 are left after the fees. aoba owns the Lantern, and the Ferry with
birch 2 : 1.
"""

from typing import Any

import pytest

from licensing.catalogue.models import Work
from licensing.royalties import verify
from licensing.royalties.models import Charge
from tests.licensing.royalties.books import FERRY, LANTERN, PRICE, Books, parts
from tests.licensing.royalties.test_windows import lantern

POOL = {"id": "p", "model": "pool", "amount": "5.00"}
FACTORED = PRICE | {"unit_price": "1.00"}


def divided(books: Books, lines: list[dict[str, str]]) -> dict[str, int]:
    """Report, close and prove; return what each payee has, net, of the one charge of 500."""
    books.report(lines)
    books.close()
    charge = Charge.objects.get()
    assert (charge.amount_minor, list(verify.findings())) == (500, [])
    return {slug: net for role, slug, *_, net in parts(charge) if role in {"payee", "suspense"}}


def by_points(*rules: dict[str, Any], **others: Any) -> dict[str, Any]:
    return {"key": "points", "points": list(rules)} | others


def test_works_used_count_the_same_however_much_of_each(books: Books) -> None:
    """1,999,999 : 1 by usage, 1 : 1 by work: 5 : 1 among the owners, as in the month by hand."""
    books = books.agreed(distribution={"key": "equal_per_work"})

    found = divided(books, [LANTERN | {"quantity": "1999999"}, FERRY | {"quantity": "1"}])

    assert found == {"aoba": 364, "birch": 73}


def test_a_work_that_was_not_used_has_no_part(books: Books) -> None:
    """Only the Ferry: 437 by 2 : 1 is 291.33 and 145.67."""
    books = books.agreed(distribution={"key": "equal_per_work"})

    found = divided(books, [LANTERN | {"quantity": "0"}, FERRY | {"quantity": "2000000"}])

    assert found == {"aoba": 291, "birch": 146}


def test_a_named_work_has_its_own_points_and_others_those_of_their_kind(books: Books) -> None:
    """The Ferry has 9 and the Lantern, a website, 1: birch has 3 of 10, 131.1 of 437."""
    ferry = Work.objects.get(title="Winter Ferry").public_id
    books = books.agreed(
        prices=[POOL],
        distribution=by_points(
            {"works": [ferry], "points": 9}, {"kinds": ["website"], "points": 1}, otherwise=7
        ),
    )

    found = divided(books, [*lantern("5"), FERRY])

    assert found == {"aoba": 306, "birch": 131}


def test_points_divide_every_licensed_work_where_nothing_was_used(books: Books) -> None:
    """The Lantern 1 by `otherwise`, the Ferry 9: as where both were used."""
    ferry = Work.objects.get(title="Winter Ferry").public_id
    books = books.agreed(
        prices=[POOL],
        distribution=by_points({"works": [ferry], "points": 9}, otherwise=1),
    )
    books.close()

    charge = Charge.objects.get()
    assert {slug: net for role, slug, *_, net in parts(charge) if role == "payee"} == {
        "aoba": 306,
        "birch": 131,
    }
    assert list(verify.findings()) == []


def test_works_without_points_leave_their_pool_in_suspense(books: Books) -> None:
    books = books.agreed(prices=[POOL], distribution=by_points({"kinds": ["film"], "points": 3}))

    assert divided(books, [LANTERN, FERRY]) == {"": 437}


@pytest.mark.parametrize(
    ("when", "stated"),
    [
        ({"language": ["zh"]}, {"language": "zh-Hant"}),
        ({"language": ["zh-hant"]}, {"language": "ZH-HANT"}),
        ({"media": ["video"]}, {"media": "video"}),
        ({"language": ["ja"], "media": ["video"]}, {"language": "ja", "media": "video"}),
    ],
    ids=["language", "case of a language", "medium", "both"],
)
def test_what_a_line_states_weighs_the_price_and_its_division(
    books: Books, when: dict[str, list[str]], stated: dict[str, str]
) -> None:
    """A million that match count four times, and a million beside them once: 5 × 1.00.

    The Ferry has four fifths of 437, birch a third of that: 4 of 15, 116.53.
    """
    books = books.priced(FACTORED | {"factors": [{"when": when, "times": "4"}]})

    found = divided(books, [LANTERN | {"language": "en", "media": "text"}, FERRY | stated])

    assert found == {"aoba": 320, "birch": 117}


def test_a_generation_counts_for_the_versions_under_it(books: Books) -> None:
    """The report is for vista 2: 2 million count 2.5 times, 5 × 1.00."""
    factors = [
        {"when": {"generation": ["2"]}, "times": "2.5"},
        {"when": {"generation": ["20", "1"]}, "times": "9"},
    ]
    books = books.priced(FACTORED | {"factors": factors})

    assert divided(books, [LANTERN, FERRY]) == {"aoba": 364, "birch": 73}
