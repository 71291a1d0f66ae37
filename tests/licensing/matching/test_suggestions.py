"""Which works are offered for an identifier: those whose name is like it, the likeliest first."""

import pytest

from licensing.usage.matching import finding
from tests.licensing.matching.desk import item, new_work, reported
from tests.licensing.royalties.books import Books
from tests.licensing.usage.desk import line


@pytest.mark.parametrize(
    ("reported_as", "registered_as"),
    [
        ("www.hatsuyuki.jp", "hatsuyuki.jp"),
        ("hatsuyuki.com", "hatsuyuki.jp"),
        ("shop.hatsuyuki.jp", "hatsuyuki.jp"),
        ("hatsuyuki.jp:8080", "hatsuyuki.jp"),
    ],
)
def test_a_host_is_like_its_other_spellings(
    books: Books, reported_as: str, registered_as: str
) -> None:
    new_work("First Snow", registered_as, books.aoba)
    new_work("Elsewhere", "somewhere-else.jp", books.aoba)
    reported(books, [line("1", work=f"domain:{reported_as}")])

    offered = finding.suggested(books.operator, item(reported_as))

    assert [one.work.title for one in offered] == ["First Snow"]


def test_a_title_is_like_the_host_that_spells_it(books: Books) -> None:
    new_work("Hatsuyuki", "", books.aoba)
    reported(books, [line("1", work="domain:hatsuyuki.jp")])

    assert [one.work.title for one in finding.suggested(books.operator, item("hatsuyuki.jp"))] == [
        "Hatsuyuki"
    ]


def test_an_ending_that_all_share_makes_nothing_alike(books: Books) -> None:
    new_work("Elsewhere", "elsewhere.example", books.aoba)
    reported(books, [line("1", work="domain:mirror-41.example")])

    assert finding.suggested(books.operator, item("mirror-41.example")) == []
