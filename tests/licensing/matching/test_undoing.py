"""A decision is undone by another one; both stay on record."""

from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction

from licensing.errors import IllegalMove, InvalidInput, MissingScope
from licensing.parties.roles import Kind as OrganisationKind
from licensing.usage.matching import decisions
from licensing.usage.matching.models import Judging, Kind, MatchDecision
from tests.licensing.deals.table import organisation
from tests.licensing.matching.desk import (
    SHIGURE,
    codes,
    decide,
    item,
    map_to,
    refused,
    reported,
    undo,
    verdicts,
    work,
    work_off,
)
from tests.licensing.royalties.books import Books
from tests.licensing.usage.desk import line


def test_undoing_is_a_row_of_its_own(books: Books) -> None:
    reported(books, [SHIGURE])
    mapping = map_to(books.operator, "shigure.jp", work("Winter Ferry"))

    undone = undo(books.operator, mapping)

    mapping.refresh_from_db()
    assert (undone.kind, undone.undoes, undone.reason) == ("undo", mapping, "It was another site.")
    assert mapping.undone_at == undone.at
    assert item("shigure.jp").status == "open"


def test_what_was_undone_is_decided_anew(books: Books) -> None:
    report = reported(books, [SHIGURE])
    undo(books.operator, map_to(books.operator, "shigure.jp", work("Winter Ferry")))

    map_to(books.operator, "shigure.jp", work("The Paper Lantern"))
    work_off()

    assert verdicts(report) == [("accepted", "", 1)]
    assert list(MatchDecision.objects.order_by("pk").values_list("kind", flat=True)) == [
        "map",
        "undo",
        "map",
    ]


def test_a_report_that_came_after_the_mapping_is_judged_again_when_it_is_undone(
    books: Books,
) -> None:
    reported(books, [SHIGURE])
    mapping = map_to(books.operator, "shigure.jp", work("Winter Ferry"))
    work_off()
    later = reported(
        books, [line("1", work="domain:shigure.jp")], report_id="nov-1", period="2026-11"
    )

    undo(books.operator, mapping)
    work_off()

    assert verdicts(later) == [("quarantined", "work_unknown", 1)]


def test_undoing_twice_is_undoing_once(books: Books) -> None:
    reported(books, [SHIGURE])
    mapping = map_to(books.operator, "shigure.jp", work("Winter Ferry"))

    assert undo(books.operator, mapping) == undo(books.operator, mapping)
    assert MatchDecision.objects.count() == 2


def test_an_undoing_is_not_undone(books: Books) -> None:
    reported(books, [SHIGURE])
    undone = undo(books.operator, map_to(books.operator, "shigure.jp", work("Winter Ferry")))

    with refused(IllegalMove, "already_decided"):
        undo(books.operator, undone)


def test_a_mapping_for_everybody_is_the_operators_to_undo(books: Books) -> None:
    reported(books, [SHIGURE])
    mapping = map_to(books.operator, "shigure.jp", work("Winter Ferry"))

    with refused(IllegalMove, "mapping_for_everybody"):
        undo(books.table.licensor, mapping)


def test_undoing_says_why(books: Books) -> None:
    reported(books, [SHIGURE])
    mapping = map_to(books.operator, "shigure.jp", work("Winter Ferry"))

    with refused(InvalidInput) as raised:
        decisions.undo(by=books.operator, decision_id=mapping.public_id, reason="  ")

    assert codes(raised) == [("reason", "required")]


def test_the_licensee_and_strangers_undo_nothing(books: Books) -> None:
    reported(books, [SHIGURE])
    (mark,) = decide(books.operator, "shigure.jp", kind=Kind.IGNORE)
    rival = organisation("rival", OrganisationKind.COLLECTIVE)

    with refused(MissingScope):
        undo(books.table.licensee, mark)
    with refused(MatchDecision.DoesNotExist):
        undo(type(books.operator).owner_of(rival), mark)


@pytest.mark.parametrize("change", [{"reason": "Another."}, {"name": "domain:x.jp"}], ids=str)
def test_the_database_refuses_to_change_a_decision(books: Books, change: dict[str, str]) -> None:
    reported(books, [SHIGURE])
    map_to(books.operator, "shigure.jp", work("Winter Ferry"))

    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        MatchDecision.objects.update(**change)


def test_the_database_refuses_to_forget_or_revive(books: Books) -> None:
    reported(books, [SHIGURE])
    undo(books.operator, map_to(books.operator, "shigure.jp", work("Winter Ferry")))
    map_to(books.operator, "shigure.jp", work("Winter Ferry"))
    work_off()

    changes: list[Callable[[], int]] = [
        lambda: MatchDecision.objects.all()._raw_delete("default"),  # noqa: SLF001  # past Django's own collector
        lambda: MatchDecision.objects.filter(kind="map").update(undone_at=None),
        lambda: Judging.objects.update(number=7),
    ]
    for change in changes:
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            change()
