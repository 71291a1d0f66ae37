"""Strict reading of a report's lines and a verdict for each, as vectorised SQL over text.

DuckDB reads every field as text in one fixed dialect and types are proved, never guessed. Lines
pass twice through the engine: once to prove them, once to match them to works; nothing here loops
over lines, so a hundred million are a matter of disk and not of memory. Whatever the format was,
the same rules judge it: a small report passes once, through one statement made of them.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from pathlib import Path

from licensing import evidence
from licensing.evidence import Engine, quoted
from licensing.usage import judging, proving, small_reports
from licensing.usage.formats import Held, Plain
from licensing.usage.grant import GrantView
from licensing.usage.header import Header
from licensing.usage.judging import Catalogue, Total
from licensing.usage.refusal import ReportRefused
from licensing.usage.small_reports import Counted, Covered, Known
from licensing.usage.vocabulary import Verdict


def unwatched(_lines: int) -> None:
    """Follow no progress."""


@dataclass(frozen=True, slots=True)
class IntakeResult:
    """What a check found. The totals sum to what was received."""

    lines_path: Path
    sha256: str
    lines: int
    quantity: Mapping[str, Decimal]
    totals: tuple[Total, ...]
    counted: tuple[Counted, ...] | None = None
    """What a receipt is priced from, where the lines were few enough to tell."""
    judged_through: int = 0
    """The latest match decision that the verdicts know of."""

    def count(self, verdict: Verdict) -> int:
        """Return how many lines got a verdict."""
        return sum(total.lines for total in self.totals if total.verdict is verdict)


@dataclass(frozen=True, slots=True)
class Inputs:
    """Everything a check depends on besides the lines themselves."""

    header: Header
    grant: GrantView
    works: Path | Covered
    """The works that the licence covers: Parquet with their ``work_id``, or, for lines that are
    held, what says which of a few works these are."""
    catalogue: Catalogue
    step: Callable[[int], None] = unwatched
    """Told how many lines are done, for a progress bar."""
    infringing: frozenset[str] = frozenset()
    """Normalised names of works that were used without permission."""


def check(source: Plain | Held, inputs: Inputs, folder: Path) -> IntakeResult:
    """Judge every line and write ``lines.parquet`` into ``folder``.

    Raises `ReportRefused` for what makes the report unusable as a whole: lines that cannot be
    read, and control totals that disagree.
    """
    if isinstance(source, Held):
        return _check_held(source, inputs, folder)
    header, works = inputs.header, inputs.works
    if not isinstance(works, Path):
        raise TypeError("The lines of a file are joined with works in a file.")
    if header.sha256 and header.sha256 != source.sha256:
        raise ReportRefused(
            "sha256_disagrees", f"The header says {header.sha256}; the lines have {source.sha256}."
        )
    with evidence.engine(folder, reads=[source.path, works]) as engine:
        lines = proving.stage(engine, source, inputs.grant, folder / "staged.parquet")
        inputs.step(lines // 2)
        quantity = proving.received(engine)
        proving.compare(header, lines, quantity, lambda: _doubtful(engine))
        judging.match(engine, inputs.catalogue, works, folder / "index.csv")
        judging.mark_infringing(engine, inputs.catalogue, inputs.infringing)
        path = folder / "lines.parquet"
        judging.judge(engine, path)
        totals = judging.totals(engine, path)
    inputs.step(lines)
    return IntakeResult(path, source.sha256, lines, quantity, totals)


def _doubtful(engine: Engine) -> proving.Doubtful:
    return engine.execute(proving.DOUBTFUL).fetchall()


def _check_held(lines: Held, inputs: Inputs, folder: Path) -> IntakeResult:
    """Judge lines that came as JSON, of which the sender hashes what was sent and not a file."""
    works = inputs.works
    covered = partial(_covered, works, folder) if isinstance(works, Path) else works
    known = Known(inputs.grant, inputs.catalogue, covered, inputs.infringing)
    path = folder / "lines.parquet"
    sums = small_reports.judge(lines, inputs.header, known, path)
    inputs.step(sums.lines)
    return IntakeResult(
        path, inputs.header.sha256, sums.lines, sums.quantity, sums.totals, sums.counted
    )


def _covered(works: Path, folder: Path, asked: Collection[int]) -> Collection[int]:
    """Return which of some works a file lists."""
    with evidence.engine(folder, [works]) as engine:
        rows = engine.execute(
            f"SELECT work_id FROM read_parquet({quoted(works)}) "  # noqa: S608  # our own path
            "WHERE list_contains($1::BIGINT[], work_id)",
            [list(asked)],
        ).fetchall()
    return {work for (work,) in rows}
