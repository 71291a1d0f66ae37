"""Use without permission is recorded: its lines stay quarantined under a code of their own."""

from licensing.errors import IllegalMove
from licensing.usage import receipts
from licensing.usage.matching.models import Kind
from tests.licensing.matching.desk import (
    SHIGURE,
    SNOW,
    decide,
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
from tests.licensing.royalties.books import LANTERN, Books, booked
from tests.licensing.usage.desk import line


def test_lines_marked_as_infringing_stay_quarantined_with_their_own_code(books: Books) -> None:
    new_work("First Snow", "hatsuyuki.jp", books.aoba)
    report = reported(books, [LANTERN, SHIGURE, SNOW])
    books.close()
    before = booked()

    made = decide(books.table.licensor, "shigure.jp", "hatsuyuki.jp", kind=Kind.INFRINGING)
    work_off()

    assert verdicts(report) == [("accepted", "", 1), ("quarantined", "work_infringing", 2)]
    assert receipts.verdicts(report)[1]["reason"] == (
        "The licensor says that this work was used without its permission."
    )
    assert [one.work for one in made] == [None, work("First Snow")]
    assert {item("shigure.jp").status, item("hatsuyuki.jp").status} == {"infringing"}
    books.close()
    assert booked() == before


def test_a_work_marked_as_infringing_is_so_under_every_name(books: Books) -> None:
    snow = new_work("First Snow", "hatsuyuki.jp", books.aoba)
    reported(books, [SNOW])
    decide(books.operator, "hatsuyuki.jp", kind=Kind.INFRINGING)
    work_off()

    by_id = [line("1", work=f"work:{snow.public_id}"), line("2")]
    later = reported(books, by_id, report_id="nov-1", period="2026-11")

    assert verdicts(later) == [("accepted", "", 1), ("quarantined", "work_infringing", 1)]


def test_a_mark_that_is_undone_leaves_the_lines_as_they_were(books: Books) -> None:
    report = reported(books, [SHIGURE])
    (mark,) = decide(books.operator, "shigure.jp", kind=Kind.INFRINGING)
    work_off()

    undo(books.table.licensor, mark)
    work_off()

    assert verdicts(report) == [("quarantined", "work_unknown", 1)]
    assert (item("shigure.jp").status, item("shigure.jp").decision) == ("open", None)


def test_what_is_ignored_only_leaves_the_list(books: Books) -> None:
    report = reported(books, [SHIGURE])

    decide(books.operator, "shigure.jp", kind=Kind.IGNORE)
    work_off()

    assert verdicts(report) == [("quarantined", "work_unknown", 1)]
    assert item("shigure.jp").status == "ignored"
    assert report.judgings.count() == 0


def test_what_is_marked_is_not_mapped_before_the_mark_is_undone(books: Books) -> None:
    reported(books, [SHIGURE])
    decide(books.operator, "shigure.jp", kind=Kind.INFRINGING)
    work_off()

    with refused(IllegalMove, "already_decided"):
        map_to(books.operator, "shigure.jp", work("Winter Ferry"))
