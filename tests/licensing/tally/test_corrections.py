from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from licensing.royalties import tally
from licensing.royalties.tally import ReportFile
from tests.licensing.tally.lines import report, row


def counted(folder: Path, *reports: ReportFile) -> dict[str, Decimal]:
    with tally.opened(reports, None, folder) as lines:
        return {one.line_id: one.quantity for one in lines.lines_of(1)}


def test_a_correction_replaces_by_line_id_and_zero_removes(tmp_path: Path) -> None:
    first = report(tmp_path, [row("1"), row("2"), row("3")])
    second = report(tmp_path, [row("1", quantity="4"), row("2", quantity="0")], "b", "a", 1)

    assert counted(tmp_path, first, second) == {"1": Decimal(4), "3": Decimal(10)}


def test_the_latest_of_several_corrections_counts(tmp_path: Path) -> None:
    first = report(tmp_path, [row("1"), row("2")])
    second = report(tmp_path, [row("1", quantity="0"), row("2", quantity="5")], "b", "a", 1)
    third = report(tmp_path, [row("1", quantity="6")], "c", "a", 2)

    assert counted(tmp_path, third, first, second) == {"1": Decimal(6), "2": Decimal(5)}


def test_a_correction_may_add_a_line_and_heal_a_quarantined_one(tmp_path: Path) -> None:
    first = report(tmp_path, [row("1"), row("2", None, "8", verdict="quarantined")])
    second = report(tmp_path, [row("2", quantity="8"), row("9", quantity="1")], "b", "a", 1)

    assert counted(tmp_path, first, second) == {
        "1": Decimal(10),
        "2": Decimal(8),
        "9": Decimal(1),
    }


def test_a_quarantined_line_of_a_correction_holds_back_what_it_replaces(tmp_path: Path) -> None:
    first = report(tmp_path, [row("1"), row("2")])
    second = report(
        tmp_path,
        [row("1", None, "9", verdict="quarantined"), row("2", None, "9", verdict="rejected")],
        "b",
        "a",
        1,
    )

    assert counted(tmp_path, first, second) == {"2": Decimal(10)}


def test_a_correction_touches_no_other_report(tmp_path: Path) -> None:
    first = report(tmp_path, [row("1")])
    other = report(tmp_path, [row("1", quantity="3")], "other")
    second = report(tmp_path, [row("1", quantity="0")], "b", "a", 1)

    assert counted(tmp_path, first, other, second) == {"1": Decimal(3)}


QUANTITIES = st.dictionaries(
    st.sampled_from("12345"), st.integers(min_value=0, max_value=99), max_size=5
)


@settings(max_examples=15, deadline=None)
@given(QUANTITIES.filter(bool), st.lists(QUANTITIES.filter(bool), max_size=3))
def test_corrections_leave_what_a_person_would_reckon(
    first: dict[str, int], corrections: list[dict[str, int]]
) -> None:
    expected = dict(first)
    for correction in corrections:
        expected |= correction
    corrected = {line_id for correction in corrections for line_id in correction}
    expected = {key: value for key, value in expected.items() if value or key not in corrected}

    with TemporaryDirectory() as name:
        folder = Path(name)
        reports = [
            report(
                folder,
                [row(key, quantity=str(value)) for key, value in lines.items()],
                f"r{sequence}",
                "r0",
                sequence,
            )
            for sequence, lines in enumerate([first, *corrections])
        ]

        assert counted(folder, *reports) == {key: Decimal(v) for key, v in expected.items()}
