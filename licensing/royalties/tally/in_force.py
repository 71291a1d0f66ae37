"""Opening the lines in force of a licence and period: corrections applied, owners beside them."""

# ruff: noqa: S608 -- every inserted value is a constant of ours or goes through `quoted`

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from licensing import evidence
from licensing.evidence import Engine, quoted
from licensing.royalties.tally import reach
from licensing.royalties.tally.lines import PeriodLines
from licensing.territories import WORLD

LINES = """
    CREATE TABLE no_lines (
        line_no BIGINT, line_id VARCHAR, work VARCHAR, work_id BIGINT, "use" VARCHAR, unit VARCHAR,
        quantity DECIMAL(30, 6), territory VARCHAR, language VARCHAR, media VARCHAR,
        verdict VARCHAR, filename VARCHAR
    )
"""


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


@contextmanager
def opened(  # noqa: PLR0913  # what there is to read, each by name
    reports: Sequence[ReportFile],
    shares: Path | None,
    folder: Path,
    *,
    beside: Sequence[Path] = (),
    points: Path | None = None,
    unstated: str = WORLD,
) -> Iterator[PeriodLines]:
    """Open the reports in force of a licence and period.

    ``shares`` is Parquet of ``work_id, payee, weight, weight_total, territory``, ``points`` of
    ``work_id, points``; ``beside`` are the details of earlier closes that measures ask.
    ``unstated`` is where a line was used that does not say where. Corrections are applied here:
    of the accepted and quarantined lines that share a root and a line id, the latest counts
    alone, and one of quantity 0 removes. A rejected line of a correction changes nothing.
    """
    given = [path for path in (shares, points) if path is not None]
    reads = [*(report.path for report in reports), *given, *beside]
    with evidence.engine(folder, reads) as engine:
        _list(engine, reports)
        _attach(engine, reports)
        _point(engine, points)
        by_country = reach.attach(engine, shares)
        if by_country:
            reach.place(engine, unstated)
        yield PeriodLines(engine, by_country=by_country)


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


def _attach(engine: Engine, reports: Sequence[ReportFile]) -> None:
    """Make the view ``in_force``."""
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
