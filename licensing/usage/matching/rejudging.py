"""Judging a report again after a decision: its kept lines get the verdicts they would get today.

Kept lines hold every field as it was proved, so only what depends on works is judged anew: what
else is wrong with a line stays wrong. The lines judged before stay where they are, because closes
were made from them. Lock order: licence, report.
"""

# ruff: noqa: S608 -- every inserted value is a constant of ours or goes through `quoted`

from dataclasses import dataclass
from pathlib import Path

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from config.jobs import announce, enqueue_on_commit
from licensing import evidence
from licensing.claims import Claimable, claim
from licensing.deals.models import Licence
from licensing.evidence import quoted
from licensing.usage import judging, keeping
from licensing.usage.judging import Total
from licensing.usage.layout import kept_lines
from licensing.usage.matching import coverage, standing
from licensing.usage.matching.models import Judging
from licensing.usage.matching.sums import CODES
from licensing.usage.models import ReportState, UsageReport
from licensing.usage.proving import texts
from licensing.usage.registered import RegisteredWorks

# Codes that depend on nothing but works, and the one that is found anew among all lines.
OPEN_AGAIN = CODES | {"", "line_id_duplicate"}


@dataclass(frozen=True, slots=True)
class Judged:
    """The lines as judged now, where they are kept, and what they were judged by."""

    lines_key: str
    totals: tuple[Total, ...]
    through: int


def judge_again(report_pk: int) -> None:
    """Judge a report again if that is asked for; safe to repeat, and after a crash."""
    with claim(Claimable.REPORT, report_pk) as free:
        if not free:
            return
        report = UsageReport.objects.select_related("licence").get(pk=report_pk)
        if not report.is_judged_again:
            return
        if report.lines_key:
            _keep(report, _judged(report))
        else:
            _done(report)


def _judged(report: UsageReport) -> Judged:
    licence = report.licence
    known = standing.of(licence)
    catalogue = RegisteredWorks(licence.licensor_id)
    with (
        evidence.workplace() as folder,
        evidence.local_path(report.lines_key) as lines,
        coverage.covered(licence, standing.last_day(report.period)) as covered,
        evidence.engine(folder, [lines, covered.works]) as engine,
    ):
        _stage(engine, lines)
        judging.match(engine, catalogue, covered.works, folder / "index.csv")
        judging.mark_infringing(engine, catalogue, known.infringing)
        path = folder / "lines.parquet"
        judging.judge(engine, path)
        totals = judging.totals(engine, path)
        key = report.lines_key
        if _differ(engine, lines, path):
            key = evidence.put_addressed(f"reports/{report.public_id}/lines", ".parquet", path).key
    return Judged(key, totals, known.through)


def _differ(engine: evidence.Engine, before: Path, after: Path) -> bool:
    """Whether any line got another verdict or work; files may differ in how they are written."""
    rows = engine.execute(
        f"""
        SELECT count(*) FROM read_parquet({quoted(after)}) AS now
        JOIN read_parquet({quoted(before.resolve())}) AS old ON old.line_no = now.line_no
        WHERE now.code <> old.code OR now.work_id IS DISTINCT FROM old.work_id
        """
    ).fetchall()
    return bool(rows[0][0])


def _stage(engine: evidence.Engine, lines: Path) -> None:
    """Offer kept lines as they stood before works were matched; other faults stay."""
    engine.execute(
        f"""
        CREATE VIEW staged AS
        SELECT line_no - 1 AS file_row_number, line_id, work, "use", unit, territory, language,
               media, note, quantity, quantity_text,
               CASE WHEN code NOT IN ({texts(OPEN_AGAIN)}) THEN code END AS fault,
               CAST(NULL AS VARCHAR) AS hold
        FROM {kept_lines(engine, [lines.resolve()])}
        """
    )


@transaction.atomic
def _keep(report: UsageReport, judged: Judged) -> None:
    """Put the new verdicts in the place of those they were made from."""
    Licence.objects.lock(report.licence_id)
    locked = UsageReport.objects.lock(report.pk)
    if locked.lines_key != report.lines_key or locked.state != ReportState.ACCEPTED:
        return
    if judged.lines_key != locked.lines_key:
        _replace(locked, judged)
    locked.judged_through = judged.through
    # Counting settles the items that were decided, also where no line moved.
    locked.counted_key = ""
    locked.judging_done = report.judging_asked
    locked.save()
    announce("report.judged_again", report_id=locked.pk)
    if locked.is_judged_again:
        enqueue_on_commit("licensing.usage.tasks.judge_again", report_id=locked.pk)


def _replace(locked: UsageReport, judged: Judged) -> None:
    before_key, locked.lines_key = locked.lines_key, judged.lines_key
    keeping.set_totals(locked, judged.totals)
    locked.judged_at = timezone.now()
    last = locked.judgings.aggregate(last=Max("number"))["last"] or 0
    Judging.objects.create(
        report=locked,
        number=last + 1,
        before_key=before_key,
        lines_key=judged.lines_key,
        lines_accepted=locked.lines_accepted,
        lines_quarantined=locked.lines_quarantined,
        lines_rejected=locked.lines_rejected,
        at=locked.judged_at,
    )


@transaction.atomic
def _done(report: UsageReport) -> None:
    """Say that a report without lines is judged: there is nothing to it."""
    Licence.objects.lock(report.licence_id)
    locked = UsageReport.objects.lock(report.pk)
    locked.judging_done = locked.judging_asked
    locked.save(update_fields=["judging_done"])
