"""Strict reading of a report's lines and a verdict for each, as vectorised SQL over text.

DuckDB reads every field as text in one fixed dialect and types are proved, never guessed. Lines
pass twice through the engine: once to prove them, once to match them to works; nothing here loops
over lines, so a hundred million are a matter of disk and not of memory. Whatever the format was,
the same statements judge it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from licensing import evidence
from licensing.usage import judging, proving
from licensing.usage.formats import Plain
from licensing.usage.grant import GrantView
from licensing.usage.header import Header
from licensing.usage.judging import Catalogue, Total
from licensing.usage.refusal import ReportRefused
from licensing.usage.vocabulary import Verdict


def unwatched(_lines: int) -> None:
    """Follow no progress."""


@dataclass(frozen=True, slots=True)
class IntakeResult:
    """What a check found. The totals sum to what was received."""

    lines_path: Path
    sha256: str
    size: int
    lines: int
    quantity: Mapping[str, Decimal]
    totals: tuple[Total, ...]
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
    works: Path
    """Parquet of the works that the licence covers: ``work_id``."""
    catalogue: Catalogue
    checks_sha256: bool = True
    step: Callable[[int], None] = unwatched
    """Told how many lines are done, for a progress bar."""
    infringing: frozenset[str] = frozenset()
    """Normalised names of works that were used without permission."""


def check(source: Plain, inputs: Inputs, folder: Path) -> IntakeResult:
    """Judge every line and write ``lines.parquet`` into ``folder``.

    Raises `ReportRefused` for what makes the report unusable as a whole: lines that cannot be
    read, and control totals that disagree.
    """
    header = inputs.header
    if inputs.checks_sha256 and header.sha256 and header.sha256 != source.sha256:
        raise ReportRefused(
            "sha256_disagrees", f"The header says {header.sha256}; the lines have {source.sha256}."
        )
    with evidence.engine(folder, reads=[source.path, inputs.works]) as engine:
        lines = proving.stage(engine, source, inputs.grant, folder / "staged.parquet")
        inputs.step(lines // 2)
        quantity = proving.received(engine)
        proving.compare(engine, header, lines, quantity)
        judging.match(engine, inputs.catalogue, inputs.works, folder / "index.csv")
        judging.mark_infringing(engine, inputs.catalogue, inputs.infringing)
        path = folder / "lines.parquet"
        judging.judge(engine, path)
        totals = judging.totals(engine, path)
    inputs.step(lines)
    return IntakeResult(path, source.sha256, source.size, lines, quantity, totals)
