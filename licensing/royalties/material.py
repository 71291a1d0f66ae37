"""What a period is rated from, opened from the evidence for a close and again for `verify`."""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from licensing import evidence
from licensing.deals import terms as contract
from licensing.deals.models import Licence
from licensing.royalties import earlier, periods, points, rates, tally
from licensing.royalties.earlier import NOTHING_EARLIER, Earlier
from licensing.royalties.indices.readings import Reading, as_indices
from licensing.royalties.models import Close, Period
from licensing.royalties.tally import PeriodLines
from licensing.territories import WORLD, where_unstated
from licensing.usage.matching import coverage
from licensing.usage.models import UsageReport


@dataclass(frozen=True, slots=True)
class Repertoire:
    """The works a licence covers: how many, who shares in those owned, and their points.

    ``shares`` and ``points`` are Parquet; points are None where the key asks for none.
    ``unstated`` is the territory of use that states none.
    """

    works: int
    shares: Path
    points: Path | None = None
    unstated: str = WORLD

    @property
    def files(self) -> list[Path]:
        """What there is to read."""
        return [path for path in (self.shares, self.points) if path is not None]


@dataclass(frozen=True, slots=True)
class Material:
    """Everything a period is rated from, open for questions."""

    terms: contract.Terms
    span: periods.Span
    lines: PeriodLines
    repertoire: Repertoire
    earlier: Earlier = NOTHING_EARLIER
    indices: rates.Indices = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MadeFrom:
    """What a close is made from: reports, works granted since signature, shares, closes before.

    And the readings of the indices that its prices follow.
    """

    reports: tuple[UsageReport, ...]
    granted: tuple[str, ...]
    basis_key: str
    before: tuple[Close, ...]
    readings: tuple[Reading, ...] = ()


def span_of(period: Period) -> periods.Span:
    """Return a period's first and last day."""
    return periods.Span(period.starts_on, period.ends_on)


def opened(
    stack: ExitStack, licence: Licence, span: periods.Span, made_from: MadeFrom, folder: Path
) -> Material:
    """Open the evidence of a close, for rating it first or again, until the stack closes."""
    terms = contract.parse(licence.terms)
    shares = stack.enter_context(evidence.local_path(made_from.basis_key))
    covered = stack.enter_context(coverage.with_granted(licence, made_from.granted))
    laid = points.lay(terms, covered.works, folder)
    files = list(report_files(stack, made_from.reports))
    carried_in = earlier.gather(stack, terms, span, made_from.before)
    beside = [path for paths in carried_in.details.values() for path in paths]
    unstated = where_unstated(terms.grant.territory)
    lines = stack.enter_context(
        tally.opened(files, shares, folder, beside=beside, points=laid, unstated=unstated)
    )
    repertoire = Repertoire(covered.count, shares, laid, unstated)
    indices = as_indices(made_from.readings)
    return Material(terms, span, lines, repertoire, carried_in, indices)


def counted_by(close: Close) -> list[UsageReport]:
    """Return the reports of a close with the lines it counted; they may be judged anew since."""
    counted = {one["report"]: one["lines"] for one in close.reports}
    found = UsageReport.objects.select_related("root").in_bulk(counted, field_name="public_id")
    for name, report in found.items():
        report.lines_key = counted[name]
    return [found[name] for name in counted if name in found]


def report_files(stack: ExitStack, reports: Iterable[UsageReport]) -> Iterator[tally.ReportFile]:
    """Yield the judged lines of reports, each open until the stack closes; zero has none."""
    for report in reports:
        if report.lines_key:
            yield tally.ReportFile(
                report.public_id,
                (report.root or report).public_id,
                report.sequence,
                stack.enter_context(evidence.local_path(report.lines_key)),
                report.model_family,
                report.model_version,
            )
