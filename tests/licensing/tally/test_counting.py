from decimal import Decimal
from pathlib import Path

import pytest

from licensing import evidence
from licensing.royalties import tally
from licensing.royalties.allocation import Numerator
from licensing.royalties.rates import Tally
from licensing.royalties.tally import Measure
from tests.licensing.tally.lines import report, row, shares


def numerators(lines: tally.PeriodLines, measure: Measure) -> list[Numerator]:
    """Lay one price out by a measure, and return what divides it."""
    lines.lay_out({"price": measure})
    return lines.numerators("price")


M = 1_000_000


def test_only_accepted_lines_are_counted_exactly_by_kind(tmp_path: Path) -> None:
    first = report(
        tmp_path,
        [
            row("1", 1, "9223372036854775808"),
            row("2", 2, "0.000001"),
            row("3", 1, "5", territory="JP"),
            row("4", None, "7", verdict="quarantined"),
            row("5", 1, "3", unit="page"),
        ],
    )
    second = report(tmp_path, [row("1", 1, "1")], "b")

    with tally.opened([first, second], None, tmp_path) as lines:
        assert lines.tallies() == [
            Tally("ai-train", "page", Decimal(3), generation="2"),
            Tally("ai-train", "token", Decimal("9223372036854775809.000001"), generation="2"),
            Tally("ai-train", "token", Decimal(5), territory="JP", generation="2"),
        ]
        assert lines.tallies(["territory"])[2] == Tally(
            "ai-train", "token", Decimal(5), territory="JP"
        )
        assert [(c.unit, c.territory, c.lines) for c in lines.counts()] == [
            ("page", "", 1),
            ("token", "", 3),
            ("token", "JP", 1),
        ]
        assert lines.lines() == 5
        assert lines.works_used() == 2
        assert lines.works_used(Measure({("ai-train", "page")})) == 1


def test_a_period_without_reports_counts_nothing(tmp_path: Path) -> None:
    with tally.opened([], None, tmp_path) as lines:
        assert lines.tallies() == []
        assert numerators(lines, Measure()) == []
        assert lines.works_used() == 0
        lines.lay_out({})
        lines.write_detail(tmp_path / "detail.parquet")


def test_payees_share_by_quantity_and_weight_in_exact_millionths(tmp_path: Path) -> None:
    # Work 1 (2:1 of kaede and momiji) 30 tokens; work 2 (all kaede) 0.5; work 3 nobody's, 4.
    lines_file = report(tmp_path, [row("1", 1, "30"), row("2", 2, "0.5"), row("3", 3, "4")])
    owners = shares(tmp_path, [(1, "kaede", 2), (1, "momiji", 1), (2, "kaede", 1)])

    with tally.opened([lines_file], owners, tmp_path) as lines:
        found = numerators(lines, Measure())

    assert found == [
        Numerator("kaede", 1, M // 2),
        Numerator("kaede", 3, 60 * M),
        Numerator("momiji", 3, 30 * M),
        Numerator("suspense", 0, 4 * M),
    ]


def test_a_price_divides_only_what_it_counts(tmp_path: Path) -> None:
    lines_file = report(
        tmp_path, [row("1", 1, "3"), row("2", 1, "5", unit="page"), row("3", 1, "7", use="search")]
    )
    owners = shares(tmp_path, [(1, "kaede", 1)])

    with tally.opened([lines_file], owners, tmp_path) as lines:
        pages = numerators(lines, Measure({("ai-train", "page")}))
        either = numerators(lines, Measure({("ai-train", "page"), ("search", "token")}))
        none = numerators(lines, Measure(set()))

    assert pages == [Numerator("kaede", 1, 5 * M)]
    assert either == [Numerator("kaede", 1, 12 * M)]
    assert none == []


def test_lines_weigh_by_what_they_state_and_works_count_once(tmp_path: Path) -> None:
    lines_file = report(
        tmp_path,
        [
            row("1", 1, "2", territory="JP", language="ja"),
            row("2", 1, "4", territory="FR", language="ja"),
            row("3", 1, "8", media="video"),
            row("4", 2, "0"),
        ],
    )
    owners = shares(tmp_path, [(1, "kaede", 1), (2, "momiji", 1)])

    with tally.opened([lines_file], owners, tmp_path) as lines:
        weighed = numerators(
            lines, Measure(times={("JP",): 3, ("",): 1}, dimensions=("territory",))
        )
        both = numerators(
            lines,
            Measure(times={("ja", ""): 2, ("", "video"): 5}, dimensions=("language", "media")),
        )
        each = numerators(lines, Measure(each_work=True))

    assert [one for one in weighed if one.numerator] == [Numerator("kaede", 1, 14 * M)]
    assert [one for one in both if one.numerator] == [Numerator("kaede", 1, 52 * M)]
    assert each == [Numerator("kaede", 1, M)]


def test_a_product_beyond_128_bits_is_refused(tmp_path: Path) -> None:
    # 10^24 in millionths is 10^30; times a weight of 10^9 it passes 1.7 × 10^38.
    lines_file = report(tmp_path, [row("1", 1, "9" * 24)])
    owners = shares(tmp_path, [(1, "kaede", 10**9)])

    with tally.opened([lines_file], owners, tmp_path) as lines, pytest.raises(tally.TooMuch):
        numerators(lines, Measure())


def test_detail_sums_to_the_numerators_and_leads_to_the_lines(tmp_path: Path) -> None:
    lines_file = report(
        tmp_path, [row("1", 1, "30"), row("2", 1, "3"), row("3", 2, "2"), row("4", 3, "1")]
    )
    owners = shares(tmp_path, [(1, "kaede", 2), (1, "momiji", 1), (2, "kaede", 1)])
    detail = tmp_path / "detail.parquet"

    with tally.opened([lines_file], owners, tmp_path) as lines:
        lines.lay_out({"tokens": Measure({("ai-train", "token")}), "all": Measure()})
        lines.write_detail(detail)
        followed = lines.lines_of(1)

    with evidence.engine(tmp_path, [detail]) as engine:
        found = engine.execute(
            "SELECT payee, work_id, quantity, weight, weight_total, numerator, lines "
            "FROM read_parquet(?) WHERE price_id = 'tokens'",
            [str(detail)],
        ).fetchall()
    assert found == [
        ("kaede", 1, Decimal(33), 2, 3, 66 * M, 2),
        ("kaede", 2, Decimal(2), 1, 1, 2 * M, 1),
        ("momiji", 1, Decimal(33), 1, 3, 33 * M, 2),
        ("suspense", 3, Decimal(1), 1, 0, M, 1),
    ]
    assert [(one.report, one.line_no, one.line_id, one.quantity) for one in followed] == [
        ("a", 1, "1", Decimal(30)),
        ("a", 2, "2", Decimal(3)),
    ]
