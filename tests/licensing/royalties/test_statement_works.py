"""The works of a statement: paged, found by title or identifier, always as few queries."""

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries
from redis.exceptions import RedisError

from licensing.catalogue.models import Identifier, Share, Work
from licensing.royalties import views_works
from tests.licensing.royalties.books import LANTERN, Books
from tests.licensing.royalties.conftest import Enter

QUERIES = 7


def shown(books: Books, client: Client, **asked: str) -> list[tuple[str, int | None]]:
    """Return the titles and parts on a page of aoba's works."""
    statement = books.statement_of(books.aoba)
    page = client.get(reverse("statement-works", args=[statement.public_id]), asked)
    assert page.status_code == 200
    return [(one["row"].work.title, one["row"].net_minor) for one in page.context["rows"]]


def test_works_are_listed_most_used_first_with_what_they_come_to(
    books: Books, browser: Enter
) -> None:
    """Aoba's 364 by 1 : ⅔: 218.4 and 145.6, rounded for reading."""
    books.issued()

    assert shown(books, browser(books.aoba)) == [("The Paper Lantern", 218), ("Winter Ferry", 146)]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("ferry", ["Winter Ferry"]),
        ("domain:momiji.jp", ["Winter Ferry"]),
        ("MOMIJI.jp", ["Winter Ferry"]),
        ("e", ["The Paper Lantern", "Winter Ferry"]),
        ("nothing like it", []),
        ("isbn:1", []),
    ],
)
def test_works_are_found_by_title_or_identifier(
    books: Books, browser: Enter, query: str, found: list[str]
) -> None:
    books.issued()

    assert [title for title, _net in shown(books, browser(books.aoba), q=query)] == found


def test_a_work_of_somebody_else_is_not_found(books: Books, browser: Enter) -> None:
    books.issued()
    statement = books.statement_of(books.birch)

    page = browser(books.birch).get(
        reverse("statement-works", args=[statement.public_id]), {"q": "lantern"}
    )

    assert page.context["rows"] == []


def test_works_come_in_pages(books: Books, browser: Enter, monkeypatch: pytest.MonkeyPatch) -> None:
    books.issued()
    monkeypatch.setattr(views_works, "PER_PAGE", 1)
    client = browser(books.aoba)

    pages = [shown(books, client, page=number) for number in ("1", "2", "9")]

    assert [[title for title, _net in page] for page in pages] == [
        ["The Paper Lantern"],
        ["Winter Ferry"],
        ["Winter Ferry"],
    ]


def test_the_works_of_one_line_are_listed_alone(books: Books, browser: Enter) -> None:
    """October is closed, then the lantern is used half as much: two lines, one a correction."""
    books.closed()
    books.correct(LANTERN | {"quantity": "500000"})
    books.close()
    books.issue()
    client = browser(books.aoba)

    every, second = shown(books, client), shown(books, client, line="2")

    assert len(every) == 4
    assert second == [("Winter Ferry", None), ("The Paper Lantern", None)]
    address = reverse("statement-works", args=[books.statement_of(books.aoba).public_id])
    assert client.get(address, {"line": "3"}).status_code == 404


def test_a_page_costs_the_same_however_many_works_there_are(
    books: Books, browser: Enter, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    lines = [LANTERN]
    for number in range(300):
        made = Work.objects.create(kind="website", title=f"W {number}", registered_by=books.aoba)
        Identifier.objects.create(work=made, scheme="domain", value=f"w{number}.jp")
        Share.objects.create(work=made, holder=books.aoba, weight=1)
        lines.append(LANTERN | {"line_id": f"w{number}", "work": f"domain:w{number}.jp"})
    few = books.table.in_force(books.licence.terms)
    books.issued()
    client = browser(books.aoba)
    address = reverse("statement-works", args=[books.statement_of(books.aoba).public_id])
    with django_assert_num_queries(QUERIES):
        client.get(address)
    many = Books(books.table, few, books.aoba, books.birch)
    many.report(lines, report_id="oct-2")
    many.close()
    many.issue()

    address = reverse("statement-works", args=[many.statement_of(books.aoba).public_id])
    with django_assert_num_queries(QUERIES):
        page = client.get(address)

    assert page.context["page"].paginator.count == 301
    assert len(page.context["rows"]) == views_works.PER_PAGE


def test_works_are_shown_while_nothing_can_be_remembered(
    books: Books, browser: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    books.issued()

    def unreachable(_key: str) -> None:
        raise RedisError("connection refused")

    monkeypatch.setattr("licensing.royalties.detail.cache.get", unreachable)

    assert shown(books, browser(books.aoba)) == [("The Paper Lantern", 218), ("Winter Ferry", 146)]
