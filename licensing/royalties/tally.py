"""What was used in a period, counted from the lines of its reports, and who shares in it.

DuckDB joins Parquet with Parquet: a hundred million lines become a handful of tallies and one row
per payee and weight total. Sums are 128-bit integers and an overflow is an error, never a wrap.
"""

# ruff: noqa: S608 -- every inserted value is a constant of ours or goes through `quoted`

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from licensing import evidence
from licensing.errors import LicensingError
from licensing.evidence import Engine, Overflow, quoted
from licensing.royalties.allocation import SUSPENSE, Numerator
from licensing.royalties.rates import DIMENSIONS, Tally

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


class TooMuch(LicensingError):
    """Quantities and weights multiply to more than 128 bits can hold."""

    code = "quantity_overflow"
    status = 422


@dataclass(frozen=True, slots=True)
class ReportFile:
    """The judged lines of one report in force.

    ``root`` is the report whose lines a chain of corrections is about (itself for a report that
    corrects none); ``sequence`` is 0 for it and rises with each correction accepted.
    """

    report: str
    root: str
    sequence: int
    path: Path
    model_family: str = ""
    model_version: str = ""


@dataclass(frozen=True, slots=True)
class Count:
    """What one combination of use, unit and stated dimensions was used; '' is not stated."""

    use: str
    unit: str
    territory: str
    language: str
    media: str
    generation: str
    quantity: Decimal
    lines: int

    @property
    def tally(self) -> Tally:
        """The count as rating takes it; what is not stated is None."""
        stated = {name: getattr(self, name) or None for name in DIMENSIONS}
        return Tally(self.use, self.unit, self.quantity, **stated)


@dataclass(frozen=True, slots=True)
class UsedLine:
    """A usage line as it counts now, with the report that holds it."""

    report: str
    line_no: int
    line_id: str
    work: str
    use: str
    unit: str
    territory: str
    quantity: Decimal


class PeriodLines:
    """The lines in force of one licence and period, open for questions."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._counted: dict[str, list[Count]] = {}

    def counts(self, asked: Collection[str] = DIMENSIONS) -> list[Count]:
        """Return exact quantities by use, unit and what lines state, in that order.

        Only the dimensions ``asked`` for are told apart; the others are ''. The lines are read
        once, however often this is asked.
        """
        told = ", ".join(name if name in asked else f"'' AS {name}" for name in DIMENSIONS)
        if told not in self._counted:
            rows = self._ask(
                f"""
                SELECT "use", unit, {told}, sum(quantity), count(*)
                FROM in_force GROUP BY ALL ORDER BY ALL
                """
            )
            self._counted[told] = [Count(*row) for row in rows]
        return self._counted[told]

    def tallies(self, asked: Collection[str] = DIMENSIONS) -> list[Tally]:
        """Return the counts as rating takes them."""
        return [count.tally for count in self.counts(asked)]

    def lines(self, asked: Collection[str] = DIMENSIONS) -> int:
        """Return how many lines are counted."""
        return sum(count.lines for count in self.counts(asked))

    def works_used(self, measure: Measure = EVERYTHING) -> int:
        """Return how many distinct works were used at all and were not paid for before."""
        return int(
            self._ask(
                f"""
                SELECT count(DISTINCT work_id) FROM in_force
                WHERE quantity > 0 AND {_of(measure.kinds)} AND {_unseen(measure)}
                """
            )[0][0]
        )

    def works_seen(self, measure: Measure) -> int:
        """Return how many distinct works earlier closes divided the price of a measure among."""
        if not measure.seen:
            return 0
        return int(self._ask(f"SELECT count(DISTINCT work_id) FROM ({_seen(measure)})")[0][0])

    def lay_out(self, prices: Mapping[str, Measure]) -> None:
        """Work out what each payee's part of each price is made of: a row per payee and work.

        It is kept for `numerators` and `write_detail`. Raises `TooMuch`.
        """
        selects = [
            f"""
            SELECT {quoted(price_id)} AS price_id, coalesce(payee, {quoted(SUSPENSE)}) AS payee,
                   used.work_id, quantity, coalesce(weight, 1) AS weight,
                   coalesce(weight_total, 0) AS weight_total,
                   parts * coalesce(weight, 1) AS numerator, lines
            FROM ({_used(measure)}) AS used LEFT JOIN shares ON shares.work_id = used.work_id
            """
            for price_id, measure in sorted(prices.items(), key=lambda one: one[0])
        ]
        rows = " UNION ALL ".join(selects) or NO_DETAIL
        self._ask(f"CREATE OR REPLACE TABLE detail AS {rows}")

    def numerators(self, price_id: str) -> list[Numerator]:
        """Return Σ quantity × weight per payee and weight total, in millionths of a unit.

        Works that nobody owns come as suspense with weight total 0. A price that was not laid out
        has none. Raises `TooMuch`.
        """
        rows = self._ask(
            f"""
            SELECT payee, weight_total, sum(numerator)
            FROM detail WHERE price_id = {quoted(price_id)} GROUP BY ALL ORDER BY ALL
            """
        )
        return [Numerator(payee, int(total), int(numerator)) for payee, total, numerator in rows]

    def write_detail(self, path: Path) -> None:
        """Write what was laid out as Parquet, so that a figure is followed to the lines of a work.

        Columns: ``price_id, payee, work_id, quantity, weight, weight_total, numerator, lines``. A
        payee's rows stand together, those that weigh most first, as a statement shows them.
        Raises `TooMuch`.
        """
        self._ask(
            f"""
            COPY (
                SELECT * REPLACE (CAST(numerator AS DECIMAL(38, 0)) AS numerator) FROM detail
                ORDER BY price_id, payee, numerator // greatest(weight_total, 1) DESC, work_id
            ) TO {quoted(path)} (FORMAT parquet, COMPRESSION zstd)
            """
        )

    def lines_of(
        self, work_id: int, kinds: Collection[Kind] | None = None, *, most: int = 500
    ) -> list[UsedLine]:
        """Return the lines of a work as they count, by report and line, ``most`` at the most."""
        rows = self._ask(
            f"""
            SELECT report, line_no, line_id, work, "use", unit, territory, quantity
            FROM in_force WHERE work_id = {int(work_id)} AND {_of(kinds)}
            ORDER BY report, line_no LIMIT {int(most)}
            """
        )
        return [UsedLine(*row) for row in rows]

    def write_lines_of(self, path: Path, payee: str, uses: Collection[str], unit: str) -> None:
        """Write the lines in force of a payee's works as CSV, with the payee's share of each.

        Only those of some uses and, unless it is empty, of one unit; as reports hold them.
        """
        of_unit = f"AND unit = {quoted(unit)}" if unit else ""
        named = ", ".join(quoted(use) for use in sorted(uses))
        self._ask(
            f"""
            COPY (
                SELECT report, line_no, line_id, work, "use", unit, territory, quantity,
                       weight, weight_total
                FROM in_force JOIN shares ON shares.work_id = in_force.work_id
                WHERE payee = {quoted(payee)} AND "use" IN ({named}) {of_unit}
                ORDER BY report, line_no
            ) TO {quoted(path)} (FORMAT csv, HEADER)
            """
        )

    def _ask(self, statement: str) -> list[tuple[Any, ...]]:
        try:
            return self._engine.execute(statement).fetchall()
        except Overflow as error:
            raise TooMuch(f"The quantities of this period cannot be multiplied: {error}") from error


@contextmanager
def opened(
    reports: Sequence[ReportFile],
    shares: Path | None,
    folder: Path,
    *,
    beside: Sequence[Path] = (),
    points: Path | None = None,
) -> Iterator[PeriodLines]:
    """Open the reports in force of a licence and period.

    ``shares`` is Parquet of ``work_id, payee, weight, weight_total``, ``points`` of ``work_id,
    points``; ``beside`` are the details of earlier closes that measures ask. Corrections are
    applied here: of the accepted and quarantined lines that share a root and a line id, the latest
    counts alone, and one of quantity 0 removes. A rejected line of a correction changes nothing.
    """
    given = [path for path in (shares, points) if path is not None]
    reads = [*(report.path for report in reports), *given, *beside]
    with evidence.engine(folder, reads) as engine:
        _list(engine, reports)
        _attach(engine, reports, shares)
        _point(engine, points)
        yield PeriodLines(engine)


def _list(engine: Engine, reports: Iterable[ReportFile]) -> None:
    engine.execute(
        """
        CREATE TABLE reports (
            path VARCHAR, report VARCHAR, root VARCHAR, sequence INTEGER,
            family VARCHAR, version VARCHAR
        )
        """
    )
    for one in reports:
        engine.execute(
            "INSERT INTO reports VALUES ($1, $2, $3, $4, $5, $6)",
            [
                str(one.path.resolve()),
                one.report,
                one.root,
                one.sequence,
                one.model_family,
                one.model_version,
            ],
        )


NO_DETAIL = """
    SELECT '' AS price_id, '' AS payee, 0::BIGINT AS work_id, 0::DECIMAL(38, 6) AS quantity,
           0::BIGINT AS weight, 0::BIGINT AS weight_total, 0::HUGEINT AS numerator,
           0::BIGINT AS lines
    WHERE false
"""
LINES = """
    CREATE TABLE no_lines (
        line_no BIGINT, line_id VARCHAR, work VARCHAR, work_id BIGINT, "use" VARCHAR, unit VARCHAR,
        quantity DECIMAL(30, 6), territory VARCHAR, language VARCHAR, media VARCHAR,
        verdict VARCHAR, filename VARCHAR
    )
"""


def _attach(engine: Engine, reports: Sequence[ReportFile], shares: Path | None) -> None:
    """Make the views ``in_force`` and ``shares``."""
    engine.execute(LINES)
    paths = ", ".join(quoted(report.path.resolve()) for report in reports)
    source = f"read_parquet([{paths}], filename = true)" if reports else "no_lines"
    engine.execute(
        f"""
        CREATE VIEW every_line AS
        SELECT line_no, line_id, work, work_id, "use", unit, quantity, territory, language, media,
               verdict, report, root, sequence, version AS generation
        FROM {source} AS line JOIN reports ON reports.path = line.filename
        """
    )
    if any(report.sequence for report in reports):
        _correct(engine)
    else:
        engine.execute("CREATE VIEW in_force AS FROM every_line WHERE verdict = 'accepted'")
    owners = (
        f"read_parquet({quoted(shares)})"
        if shares is not None
        else "(SELECT 0 AS work_id, '' AS payee, 0 AS weight, 0 AS weight_total WHERE false)"
    )
    engine.execute(f"CREATE VIEW shares AS FROM {owners}")


def _point(engine: Engine, points: Path | None) -> None:
    """Make the view ``points``; a work that has none of its own is not in it."""
    source = (
        f"read_parquet({quoted(points)})"
        if points is not None
        else "(SELECT 0 AS work_id, 0 AS points WHERE false)"
    )
    engine.execute(f"CREATE VIEW points AS FROM {source}")


def _correct(engine: Engine) -> None:
    """Let the latest line of each root and line id stand for it; roots untouched stay as read."""
    engine.execute(
        """
        CREATE TABLE corrected AS
        SELECT root, line_id, max(sequence) AS latest FROM every_line
        WHERE sequence > 0 AND verdict <> 'rejected' GROUP BY ALL
        """
    )
    engine.execute(
        """
        CREATE VIEW in_force AS
        SELECT every_line.* FROM every_line
        LEFT JOIN corrected
            ON corrected.root = every_line.root AND corrected.line_id = every_line.line_id
        WHERE verdict = 'accepted' AND coalesce(latest, 0) = sequence
          AND NOT (sequence > 0 AND quantity = 0)
        """
    )


def _of(kinds: Collection[Kind] | None) -> str:
    """Return the condition that a line is of one of these uses and units."""
    if kinds is None:
        return "true"
    pairs = ", ".join(f"({quoted(use)}, {quoted(unit)})" for use, unit in sorted(kinds))
    return f'("use", unit) IN ({pairs})' if pairs else "false"


def _used(measure: Measure) -> str:
    """Return the SELECT of each work's quantity, and of its parts in whole millionths."""
    parts = f"CAST(sum(quantity) * {PARTS_PER_UNIT} AS HUGEINT)"
    if measure.times:
        parts = f"sum(CAST(quantity * {PARTS_PER_UNIT} AS HUGEINT) * {_times(measure)})"
    if measure.each_work:
        each = "any_value(points)" if measure.points else "1"
        parts = f"CAST({PARTS_PER_UNIT} AS HUGEINT) * {each}"
    joined = "LEFT JOIN points USING (work_id)" if measure.points else ""
    having = "HAVING sum(quantity) > 0" if measure.each_work else ""
    return f"""
        SELECT work_id, sum(quantity) AS quantity, count(*) AS lines, {parts} AS parts
        FROM in_force {joined} WHERE {_of(measure.kinds)} AND {_unseen(measure)}
        GROUP BY work_id {having}
    """


def _unseen(measure: Measure) -> str:
    return f"work_id NOT IN ({_seen(measure)})" if measure.seen else "true"


def _seen(measure: Measure) -> str:
    paths = ", ".join(quoted(path.resolve()) for path in measure.seen)
    return (
        f"SELECT work_id FROM read_parquet([{paths}]) WHERE price_id = {quoted(measure.seen_price)}"
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
