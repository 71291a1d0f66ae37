"""What of a report's kept lines found no licensed work, summed by identifier in DuckDB.

A report and its corrections are summed together: of the lines that share a line id the latest
counts alone, as it does in a close.
"""

# ruff: noqa: S608 -- every inserted value is a constant of ours or goes through `quoted`

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Final

from licensing import evidence
from licensing.evidence import Engine
from licensing.usage.judging import UNLICENSED
from licensing.usage.layout import kept_lines
from licensing.usage.models import UsageReport
from licensing.usage.proving import texts
from licensing.usage.registered import RegisteredWorks

# How many identifiers are kept for each report; what lies beyond is counted.
MOST_NAMES: Final = 10_000
CODES: Final = UNLICENSED | {"work_infringing"}


@dataclass(slots=True)
class Sum:
    """The lines of one report under one identifier; an empty code says that they are accepted."""

    code: str
    work_id: int | None
    uses: dict[tuple[str, str], tuple[int, Decimal]] = field(default_factory=dict)

    @property
    def lines(self) -> int:
        """How many lines there are."""
        return sum(lines for lines, _ in self.uses.values())

    def add(self, use: str, unit: str, lines: int, quantity: Decimal) -> None:
        """Add the lines of one spelling."""
        before, sum_before = self.uses.get((use, unit), (0, Decimal(0)))
        self.uses[use, unit] = before + lines, sum_before + quantity


@dataclass(slots=True)
class Found:
    """One report's sums by normalised identifier, the largest, and how many more there are."""

    sums: dict[str, Sum] = field(default_factory=dict)
    more: int = 0


def of_chain(
    chain: Sequence[UsageReport], *, mapped: Collection[str], decided: Mapping[int, bool]
) -> dict[int, Found]:
    """Sum a report and its corrections, each under its own number.

    Beside what found no licensed work these are the lines that a decision let in: under an
    identifier in ``mapped``, or of a work that ``decided`` says was granted (the works of mappings
    stand there too, so that their lines are looked at).
    """
    found = {report.pk: Found() for report in chain}
    files = [report for report in chain if report.lines_key]
    if not files:
        return found
    with ExitStack() as stack:
        folder = stack.enter_context(evidence.workplace())
        paths = [stack.enter_context(evidence.local_path(one.lines_key)) for one in files]
        duck = stack.enter_context(evidence.engine(folder, paths))
        duck.execute("CREATE TABLE reports (path VARCHAR, report BIGINT, sequence INTEGER)")
        for path, one in zip(paths, files, strict=True):
            duck.execute(
                "INSERT INTO reports VALUES ($1, $2, $3)",
                [str(path.resolve()), one.pk, one.sequence],
            )
        _sum(duck, [path.resolve() for path in paths], decided)
        cursor = duck.cursor()
        cursor.execute("FROM kept")
        while rows := cursor.fetchmany(MOST_NAMES):
            _merge(found, rows, mapped, decided)
        for report, more in duck.execute("FROM beyond").fetchall():
            found[report].more = more
    return found


def _sum(duck: Engine, paths: Sequence[Path], decided: Mapping[int, bool]) -> None:
    works = ", ".join(str(int(work)) for work in sorted(decided)) or "NULL"
    duck.execute(
        f"""
        CREATE VIEW every_line AS SELECT line.*, report, sequence
        FROM {kept_lines(duck, paths)} AS line JOIN reports ON reports.path = line.filename
        """
    )
    latest = "0"
    if duck.execute("SELECT max(sequence) FROM reports").fetchall()[0][0]:
        duck.execute(
            """
            CREATE TABLE corrected AS
            SELECT line_id, max(sequence) AS latest FROM every_line
            WHERE sequence > 0 AND verdict <> 'rejected' GROUP BY ALL
            """
        )
        latest = "coalesce((SELECT latest FROM corrected AS c WHERE c.line_id = l.line_id), 0)"
    duck.execute(
        f"""
        CREATE TABLE summed AS
        SELECT report, work, work_id, code, "use", unit, count(*) AS lines,
               sum(quantity) AS quantity
        FROM every_line AS l
        WHERE (code IN ({texts(CODES)}) OR code = '' AND work_id IN ({works}))
          AND sequence = {latest} AND NOT (sequence > 0 AND quantity = 0)
        GROUP BY ALL
        """
    )
    duck.execute(
        """
        CREATE TABLE placed AS
        SELECT report, work, row_number() OVER (PARTITION BY report ORDER BY whole DESC, work)
            AS place
        FROM (SELECT report, work, sum(quantity) AS whole FROM summed GROUP BY ALL)
        """
    )
    duck.execute(
        f"""
        CREATE VIEW kept AS
        SELECT summed.* FROM summed JOIN placed USING (report, work) WHERE place <= {MOST_NAMES}
        """
    )
    duck.execute(
        f"CREATE VIEW beyond AS SELECT report, count(*) FROM placed WHERE place > {MOST_NAMES} "
        "GROUP BY ALL"
    )


def _merge(
    found: dict[int, Found],
    rows: Sequence[tuple[int, str, int | None, str, str, str, int, Decimal]],
    mapped: Collection[str],
    decided: Mapping[int, bool],
) -> None:
    """Bring spellings of one identifier together; an accepted line needs a decision to be here."""
    names: dict[str, str] = defaultdict(str)
    for report, work, work_id, code, use, unit, lines, quantity in rows:
        if work not in names:
            names[work] = RegisteredWorks().normalised(work) or work
        name = names[work]
        if not code and name not in mapped and not decided.get(work_id or 0):
            continue
        one = found[report].sums.setdefault(name, Sum(code, work_id))
        one.add(use, unit, lines, quantity)
