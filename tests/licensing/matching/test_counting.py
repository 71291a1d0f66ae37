"""What finds no licensed work is summed by identifier across reports, never a row per line."""

import pytest

from licensing.usage.matching import sums
from licensing.usage.matching.models import Sighting, Unmatched
from licensing.usage.models import UsageReport
from tests.licensing.matching.desk import SHIGURE, SNOW, item, new_work, reported, work_off
from tests.licensing.royalties.books import LANTERN, Books
from tests.licensing.usage.desk import line


def test_identifiers_are_summed_across_reports_and_spellings(books: Books) -> None:
    """400,000 + 100,000 + 50 tokens; each report's stake alone: 100 and 25 cents."""
    new_work("First Snow", "hatsuyuki.jp", books.aoba)
    reported(books)
    again = [
        line("1", work="domain:SHIGURE.jp", quantity="100000"),
        line("2", work="domain:shigure.jp.", quantity="50"),
    ]
    reported(books, again, report_id="nov-1", period="2026-11")

    found = item("shigure.jp")
    assert (found.status, found.work, found.reports, found.lines) == ("open", None, 2, 3)
    assert found.quantity == {"token": "500050"}
    assert found.stake_minor == 100 + 25
    snow = item("hatsuyuki.jp")
    assert snow.work is not None
    assert (snow.work.title, snow.lines, snow.stake_minor) == ("First Snow", 1, 150)
    assert Sighting.objects.count() == 3


def test_accepted_lines_leave_no_trace_in_the_queue(books: Books) -> None:
    reported(books, [LANTERN])

    assert not Unmatched.objects.exists()


def test_beyond_the_largest_only_their_number_is_kept(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sums, "MOST_NAMES", 2)
    lines = [line(n, work=f"domain:site-{n}.jp", quantity=str(n)) for n in range(1, 6)]

    report = reported(books, lines)

    assert sorted(Unmatched.objects.values_list("name", flat=True)) == [
        "domain:site-4.jp",
        "domain:site-5.jp",
    ]
    report.refresh_from_db()
    assert report.unmatched_more == 3


def test_a_correction_takes_its_line_out_of_the_queue(books: Books) -> None:
    reported(books, [LANTERN, SHIGURE])
    books.correct(SHIGURE | {"work": "domain:momiji.jp"})
    work_off()

    found = item("shigure.jp")
    assert (found.status, found.lines, found.reports, found.stake_minor) == ("open", 0, 0, None)


def test_a_replacement_takes_the_whole_report_out_of_the_queue(books: Books) -> None:
    reported(books, [LANTERN, SHIGURE, SNOW])
    reported(books, [LANTERN, SNOW], report_id="oct-2", type="replacement", replaces="oct-1")

    assert item("shigure.jp").lines == 0
    assert item("hatsuyuki.jp").lines == 1


def test_counting_twice_changes_nothing(books: Books) -> None:
    report = reported(books)
    before = list(Unmatched.objects.order_by("pk").values())
    UsageReport.objects.filter(pk=report.pk).update(counted_key="")

    work_off()

    assert list(Unmatched.objects.order_by("pk").values()) == before


def test_what_no_price_counts_has_no_stake(books: Books) -> None:
    """A fixed amount takes any unit, and one line more or less costs nothing."""
    flat = books.priced({"id": "access", "model": "flat", "amount": "10", "due": "each_period"})

    reported(flat, [SHIGURE])

    assert item("shigure.jp").stake_minor is None
