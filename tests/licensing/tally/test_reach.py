"""Whose shares reach a use: those declared for its country, otherwise the world-wide ones."""

from collections import defaultdict
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from licensing import evidence
from licensing.royalties import tally
from licensing.royalties.allocation import Numerator
from licensing.royalties.material import Repertoire
from licensing.royalties.rating import equally
from licensing.royalties.tally import EVERYTHING, Measure
from tests.licensing.tally.lines import Row, report, row, shares, shares_by_country

M = 1_000_000
EACH = Measure(each_work=True)

# The lantern is domestic in Japan and foreign elsewhere, the ferry is kaede's anywhere, and of
# the atlas only Japan is known.
LANTERN, FERRY, ATLAS = 1, 2, 3
OWNERS = [
    (LANTERN, "domestic", 1, "JP"),
    (LANTERN, "foreign", 1, "WW"),
    (FERRY, "kaede", 1, "WW"),
    (ATLAS, "momiji", 1, "JP"),
]
USED = [
    row("1", LANTERN, "3", territory="JP"),
    row("2", LANTERN, "5", territory="US"),
    row("3", LANTERN, "7"),
    row("4", FERRY, "11", territory="JP"),
    row("5", ATLAS, "2", territory="JP"),
    row("6", ATLAS, "13", territory="US"),
]

Owner = tuple[int, str, int, str]
Use = tuple[int, int, str]


def divided(
    folder: Path,
    lines: Sequence[Row],
    owners: Sequence[Owner],
    measure: Measure = EVERYTHING,
    unstated: str = "WW",
) -> list[Numerator]:
    given_lines, given_shares = report(folder, lines), shares_by_country(folder, owners)
    with tally.opened([given_lines], given_shares, folder, unstated=unstated) as opened:
        opened.lay_out({"price": measure})
        return opened.numerators("price")


@pytest.mark.parametrize(
    ("unstated", "domestic", "foreign"), [("WW", 3, 12), ("JP", 10, 5), ("US", 3, 12)]
)
def test_the_shares_of_a_country_stand_in_place_of_the_world_wide_ones(
    tmp_path: Path, unstated: str, domestic: int, foreign: int
) -> None:
    """3 in Japan, 5 in the United States, and 7 where a line without a territory counts."""
    assert divided(tmp_path, USED, OWNERS, unstated=unstated) == [
        Numerator("domestic", 1, domestic * M),
        Numerator("foreign", 1, foreign * M),
        Numerator("kaede", 1, 11 * M),
        Numerator("momiji", 1, 2 * M),
        Numerator("suspense", 0, 13 * M),
    ]


def test_a_work_that_counts_once_is_divided_among_where_it_was_used(tmp_path: Path) -> None:
    """The lantern half and half, though Japan used less; half of the atlas has no owner."""
    assert divided(tmp_path, USED, OWNERS, EACH) == [
        Numerator("domestic", 2, M),
        Numerator("foreign", 2, M),
        Numerator("kaede", 1, M),
        Numerator("momiji", 2, M),
        Numerator("suspense", 2, M),
    ]


def test_a_work_that_nobody_used_is_divided_as_a_use_that_states_no_territory(
    tmp_path: Path,
) -> None:
    kept = shares_by_country(tmp_path, OWNERS)

    anywhere = equally(Repertoire(works=4, shares=kept))
    in_japan = equally(Repertoire(works=4, shares=kept, unstated="JP"))

    assert anywhere == [
        Numerator("foreign", 1, 1),
        Numerator("kaede", 1, 1),
        Numerator("suspense", 0, 2),
    ]
    assert in_japan == [
        Numerator("domestic", 1, 1),
        Numerator("kaede", 1, 1),
        Numerator("momiji", 1, 1),
        Numerator("suspense", 0, 1),
    ]


def test_a_basis_of_before_territories_is_world_wide(tmp_path: Path) -> None:
    kept = shares(tmp_path, [(LANTERN, "domestic", 1), (FERRY, "kaede", 1)])

    with tally.opened([report(tmp_path, USED[:4])], kept, tmp_path, unstated="JP") as lines:
        lines.lay_out({"price": EVERYTHING})
        found = lines.numerators("price")

    assert found == [Numerator("domestic", 1, 15 * M), Numerator("kaede", 1, 11 * M)]
    assert equally(Repertoire(works=2, shares=kept, unstated="JP")) == [
        Numerator("domestic", 1, 1),
        Numerator("kaede", 1, 1),
    ]


def test_works_paid_for_are_read_from_details_of_before_territories_too(tmp_path: Path) -> None:
    kept = shares_by_country(tmp_path, OWNERS)
    new, old = tmp_path / "new.parquet", tmp_path / "old.parquet"
    with tally.opened([report(tmp_path, USED[:1])], kept, tmp_path) as lines:
        lines.lay_out({"price": EACH})
        lines.write_detail(new)
    with evidence.engine(tmp_path) as engine:
        engine.execute(
            f"COPY (SELECT * EXCLUDE (territory) REPLACE ({FERRY} AS work_id) "  # noqa: S608  # our own paths
            f"FROM '{new}') TO '{old}' (FORMAT parquet)"
        )
    for before in ((old, new), (new, old)):
        measure = Measure(each_work=True, seen=before, seen_price="price")
        with tally.opened([report(tmp_path, USED)], kept, tmp_path, beside=before) as lines:
            assert (lines.works_seen(measure), lines.works_used(measure)) == (2, 1)


def test_the_lines_behind_a_part_are_those_where_the_share_stands(tmp_path: Path) -> None:
    kept, path = shares_by_country(tmp_path, OWNERS), tmp_path / "lines.csv"

    with tally.opened([report(tmp_path, USED)], kept, tmp_path) as lines:
        lines.write_lines_of(path, "foreign", {"ai-train"}, "token")

    assert path.read_text().splitlines() == [
        "report,line_no,line_id,work,use,unit,territory,quantity,weight,weight_total",
        "a,2,2,domain:x,ai-train,token,US,5.000000,1,1",
        'a,3,3,domain:x,ai-train,token,"",7.000000,1,1',
    ]


PLACES = st.sampled_from(["WW", "JP", "US", "FR"])
HELD = st.lists(
    st.tuples(
        st.integers(1, 3), st.sampled_from(["aoba", "birch", "cedar"]), st.integers(1, 9), PLACES
    ),
    min_size=1,
    max_size=12,
    unique_by=lambda one: (one[0], one[1], one[3]),
)
LINES = st.lists(
    st.tuples(st.integers(1, 3), st.integers(0, 10**6), st.sampled_from(["", "JP", "US"])),
    min_size=1,
    max_size=12,
)


def weights(found: Sequence[Numerator]) -> dict[str, Fraction]:
    total: dict[str, Fraction] = defaultdict(Fraction)
    for one in found:
        total[one.payee] += Fraction(one.numerator, one.weight_total or 1)
    return {payee: weight for payee, weight in total.items() if weight}


@settings(max_examples=10, deadline=None)
@given(
    held=HELD,
    used=LINES,
    unstated=PLACES,
    measure=st.sampled_from([EVERYTHING, EACH]),
    shuffle=st.randoms(use_true_random=False),
)
def test_parts_sum_to_the_whole_in_any_order_and_countries_without_use_change_nothing(
    held: list[Owner],
    used: list[Use],
    unstated: str,
    measure: Measure,
    shuffle: Random,
) -> None:
    lines = [
        row(str(number), work, str(quantity), territory=territory)
        for number, (work, quantity, territory) in enumerate(used)
    ]
    with TemporaryDirectory() as name:
        folder = Path(name).resolve()
        once = weights(divided(folder, lines, held, measure, unstated))
        shuffle.shuffle(lines)
        again = weights(divided(folder, lines, held[::-1], measure, unstated))
        elsewhere = [*held, (1, "dogwood", 5, "BR"), (2, "dogwood", 1, "BR")]
        beside = weights(divided(folder, lines, elsewhere, measure, unstated))

    works = {work for work, quantity, _ in used if quantity}
    whole = len(works) if measure is EACH else sum(quantity for _, quantity, _ in used)
    assert sum(once.values()) == whole * M
    assert once == again == beside
