"""However lines fall, what is laid out is what adding them up one by one comes to."""

from collections import Counter
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from licensing import evidence
from licensing.evidence import quoted
from licensing.royalties import tally
from licensing.royalties.allocation import Numerator
from licensing.royalties.tally import Measure, Stated
from tests.licensing.tally.lines import Row, report, row, shares

OWNERS = [(1, "kaede", 2), (1, "momiji", 1), (2, "kaede", 1), (3, "suspense", 4)]
TOTALS = {1: 3, 2: 1, 3: 4}
TIMES: dict[Stated, int] = {("JP",): 3, ("",): 1}
MEASURES = {
    "everything": Measure(),
    "one kind": Measure({("ai-train", "token")}),
    "two kinds": Measure({("ai-train", "token"), ("search", "page")}),
    "weighed": Measure({("ai-train", "token")}, times=TIMES, dimensions=("territory",)),
    "each work": Measure({("ai-train", "token"), ("search", "page")}, each_work=True),
}

quantities = st.decimals(0, 10**18, places=6, allow_nan=False)
rows = st.lists(
    st.builds(
        lambda work, quantity, use, unit, territory: row(
            "1", work, str(quantity), use=use, unit=unit, territory=territory
        ),
        st.integers(1, 4),
        quantities | st.just(Decimal(0)),
        st.sampled_from(["ai-train", "search"]),
        st.sampled_from(["token", "page"]),
        st.sampled_from(["", "JP", "FR"]),
    ),
    min_size=1,
    max_size=12,
)


def by_hand(lines: list[Row], measure: Measure) -> list[Numerator]:
    """Add millionths line by line, in whole numbers."""
    parts: Counter[int] = Counter()
    for _, work, use, unit, quantity, territory, *_ in lines:
        if work is not None and (measure.kinds is None or (use, unit) in measure.kinds):
            often = measure.times.get((territory,), 0) if measure.times else 1
            parts[work] += int(Decimal(quantity) * 1_000_000) * often
    if measure.each_work:
        parts = Counter({work: 1_000_000 for work, number in parts.items() if number})
    sums: Counter[tuple[str, int]] = Counter()
    for work, number in parts.items():
        owners = [(payee, weight) for owned, payee, weight in OWNERS if owned == work]
        for payee, weight in owners or [("suspense", 1)]:
            sums[payee, TOTALS.get(work, 0)] += number * weight
    return [Numerator(*key, number) for key, number in sorted(sums.items()) if number]


@settings(max_examples=20, deadline=None)
@given(lines=rows)
def test_sums_by_work_are_what_adding_lines_up_comes_to(lines: list[Row]) -> None:
    with evidence.workplace() as folder:
        detail = folder / "detail.parquet"
        with tally.opened([report(folder, lines)], shares(folder, OWNERS), folder) as opened:
            counted = opened.counts(["territory", "generation"])
            opened.lay_out(MEASURES)
            opened.write_detail(detail)
            found = {price: opened.numerators(price) for price in MEASURES}
            summed = opened.counts(["territory"])
        order = written(detail, folder)

    for price, measure in MEASURES.items():
        assert [one for one in found[price] if one.numerator] == by_hand(lines, measure)
    assert summed == [replace(one, generation="") for one in counted]
    assert order == sorted(order)


def written(detail: Path, folder: Path) -> list[tuple[str, str, int, int]]:
    """Return what rows are ordered by, as they stand."""
    with evidence.engine(folder) as engine:
        return engine.execute(
            "SELECT price_id, payee, -(numerator // greatest(weight_total, 1)), work_id "  # noqa: S608  # our own path
            f"FROM read_parquet({quoted(detail)})"
        ).fetchall()
