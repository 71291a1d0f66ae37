"""How far a decision reaches: names beyond the bound, questions about permission, any order."""

from collections.abc import Callable
from itertools import permutations

import pytest

from licensing.permissions.answers import Question, answer
from licensing.royalties import verify
from licensing.usage.matching import sums
from licensing.usage.matching.models import Kind, MatchDecision
from tests.licensing.matching.desk import (
    SHIGURE,
    SNOW,
    decide,
    grant,
    item,
    map_to,
    new_work,
    reported,
    undo,
    verdicts,
    work,
    work_off,
)
from tests.licensing.royalties.books import FERRY, LANTERN, OCTOBER, Books, booked
from tests.licensing.usage.desk import line

RAIN = line("5", work="domain:ame.jp", quantity="70000")
Decide = Callable[[Books], MatchDecision]
DECISIONS: dict[str, Decide] = {
    "map": lambda books: map_to(books.operator, "shigure.jp", work("Winter Ferry")),
    "grant": lambda books: grant(books.operator, "hatsuyuki.jp"),
    "mark": lambda books: decide(books.operator, "ame.jp", kind=Kind.INFRINGING)[0],
}


def test_a_mapping_reaches_reports_that_hold_the_name_beyond_the_bound(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second report keeps its largest name alone, which is another."""
    monkeypatch.setattr(sums, "MOST_NAMES", 1)
    reported(books, [SHIGURE])
    crowded = [line("1", work="domain:shigure.jp", quantity="1"), RAIN]
    later = reported(books, crowded, report_id="nov-1", period="2026-11")
    assert item("shigure.jp").reports == 1

    map_to(books.operator, "shigure.jp", work("Winter Ferry"))
    work_off()

    assert verdicts(later) == [("accepted", "", 1), ("quarantined", "work_unknown", 1)]


@pytest.mark.parametrize("undone", list(permutations(DECISIONS)), ids="-".join)
def test_decisions_undone_in_any_order_leave_the_books_as_they_were(
    books: Books, undone: tuple[str, ...]
) -> None:
    new_work("First Snow", "hatsuyuki.jp", books.aoba)
    report = reported(books, [LANTERN, FERRY, SHIGURE, SNOW, RAIN])
    books.close()
    before, judged = booked(), verdicts(report)
    made = {}
    for name, make in DECISIONS.items():
        made[name] = make(books)
        work_off()
        books.close()

    for name in undone:
        undo(books.operator, made[name])
        work_off()
        books.close()

    assert (booked(), verdicts(report)) == (before, judged)
    assert list(verify.findings()) == []


def test_whoever_asks_may_train_on_a_granted_work(books: Books) -> None:
    new_work("First Snow", "hatsuyuki.jp", books.aoba)
    reported(books, [SNOW])
    question = Question("ai-train", "vista", "2", "JP", OCTOBER)

    def answered() -> str:
        licensee = books.table.licensee.organisation
        (one,) = answer(licensee, ["domain:hatsuyuki.jp"], question)
        return one.word

    assert answered() == "not_licensed"
    grant(books.operator, "hatsuyuki.jp")
    assert answered() == "licensed"
