"""What of each work divides a price, and how the lines are asked for it."""

# ruff: noqa: S608 -- every inserted value is a constant of ours or goes through `quoted`

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from licensing.evidence import quoted
from licensing.territories import WORLD

# Quantities have at most six decimals, so this many parts make every one of them whole.
PARTS_PER_UNIT = 1_000_000

Kind = tuple[str, str]
"""A use and a unit."""


Stated = tuple[str, ...]
"""What a line states of the dimensions that are asked about; '' where it is silent."""


@dataclass(frozen=True, slots=True)
class Measure:
    """What of each work divides a price.

    ``kinds`` are the uses and units that count; None is all of them. ``times`` weighs lines by
    what they state of ``dimensions``, in whole numbers of one proportion; empty counts every line
    alike, otherwise what it does not name counts nothing. With ``each_work`` every work that was
    used counts one, however much of it was used, and with ``points`` as many as the work has.
    ``seen`` are details of earlier closes: the works of ``seen_price`` in them were paid for
    before and count no more.
    """

    kinds: Collection[Kind] | None = None
    times: Mapping[Stated, int] = field(default_factory=dict)
    dimensions: tuple[str, ...] = ()
    each_work: bool = False
    points: bool = False
    seen: tuple[Path, ...] = ()
    seen_price: str = ""


EVERYTHING = Measure()


def of_kinds(kinds: Collection[Kind] | None) -> str:
    """Return the condition that a line is of one of these uses and units."""
    if kinds is None:
        return "true"
    pairs = ", ".join(f"({quoted(use)}, {quoted(unit)})" for use, unit in sorted(kinds))
    return f'("use", unit) IN ({pairs})' if pairs else "false"


def used(measure: Measure, *, alone: bool = False, by_country: bool = False) -> str:
    """Return the SELECT of each work's quantity, lines, and parts in whole millionths.

    It reads ``by_work``; ``alone`` says that no work has two rows there that the measure counts.
    With ``by_country`` a work has a row for each territory whose shares stand for some use of it;
    where the work counts once, ``territories`` says among how many that is divided.
    """
    kept = f"FROM by_work WHERE {of_kinds(measure.kinds)} AND {unseen(measure)}"
    parts = f"CAST(quantity * {PARTS_PER_UNIT} AS HUGEINT)"
    if measure.times:
        parts = f"{parts} * {_times(measure)}"
    key, place = ("work_id, standing",) * 2
    if not by_country:
        key, place = "work_id", f"work_id, {quoted(WORLD)} AS standing"
    if alone:
        works = f"SELECT {place}, quantity, lines, {parts} AS parts {kept}"
    else:
        works = f"""
            SELECT {place}, sum(quantity) AS quantity, CAST(sum(lines) AS BIGINT) AS lines,
                   sum({parts}) AS parts
            {kept} GROUP BY {key}
        """
    if measure.each_work:
        return _each(measure, works, by_country=by_country)
    return f"SELECT *, 1::BIGINT AS territories FROM ({works})"


def _each(measure: Measure, works: str, *, by_country: bool) -> str:
    """Return the SELECT of works that were used at all, counting one or their points."""
    each = "points" if measure.points else "1"
    joined = "LEFT JOIN points USING (work_id)" if measure.points else ""
    territories = "count(*) OVER (PARTITION BY work_id)" if by_country else "1::BIGINT"
    return f"""
        SELECT work_id, standing, quantity, lines, {territories} AS territories,
               CAST({PARTS_PER_UNIT} AS HUGEINT) * {each} AS parts
        FROM ({works}) {joined} WHERE quantity > 0
    """


def unseen(measure: Measure) -> str:
    """Return the condition that a line's work was not paid for before."""
    return f"work_id NOT IN ({seen(measure)})" if measure.seen else "true"


def seen(measure: Measure) -> str:
    """Return the SELECT of the works that earlier closes divided the price among."""
    paths = ", ".join(quoted(path.resolve()) for path in measure.seen)
    return (
        f"SELECT work_id FROM read_parquet([{paths}], union_by_name = true) "
        f"WHERE price_id = {quoted(measure.seen_price)}"
    )


def _times(measure: Measure) -> str:
    cases = " ".join(
        f"WHEN {_states(measure.dimensions, stated)} THEN CAST({int(often)} AS HUGEINT)"
        for stated, often in sorted(measure.times.items())
    )
    return f"CASE {cases} ELSE 0 END"


def _states(dimensions: Sequence[str], values: Sequence[str]) -> str:
    pairs = zip(dimensions, values, strict=True)
    return " AND ".join(f"{name} = {quoted(value)}" for name, value in pairs)
