"""Lines that came twice: the same line in two reports of one licence, month and model.

Reports of a month add up, one per model or per day, so a file sent again under another report_id
would be charged again. Nothing is refused for it, because two uses may well look alike; both sides
are told. The report says that it is to be compared: it was accepted and ``compared_at`` is empty.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from licensing import evidence
from licensing.evidence import Engine
from licensing.usage.layout import kept_lines
from licensing.usage.models import TO_COMPARE, Overlap, ReportState, UsageReport

# A line is the same if all that it says is, but for its note.
SAME = ("line_id", "work", "use", "unit", "quantity", "territory", "language", "media")

# Asked with every receipt and seldom so: written out, because the query costs less than its making.
PAIRED = "SELECT EXISTS (SELECT FROM licensing_overlap WHERE report_id = %s OR other_id = %s)"


def compare(report_pk: int) -> None:
    """Compare a report in force with the others of its month and model; safe to repeat.

    Whichever of two is compared last sees the other, so a pair is found however they came.
    """
    report = UsageReport.objects.filter(TO_COMPARE, pk=report_pk).first()
    if report is None:
        return
    found = _same_lines(report, list(_beside(report)))
    pairs = [
        Overlap(report_id=max(report.pk, other), other_id=min(report.pk, other), lines=found[other])
        for other in sorted(found)
    ]
    with transaction.atomic():
        Overlap.objects.bulk_create(pairs, ignore_conflicts=True)
        UsageReport.objects.filter(pk=report.pk).update(compared_at=timezone.now())


def standing() -> QuerySet[Overlap]:
    """Return the overlaps of which both reports still count."""
    return Overlap.objects.filter(
        report__state=ReportState.ACCEPTED, other__state=ReportState.ACCEPTED
    )


def of(report: UsageReport) -> list[tuple[UsageReport, int]]:
    """Return the reports in force that hold lines of this one, with how many, oldest first."""
    if report.state != ReportState.ACCEPTED or not _is_paired(report):
        return []
    pairs = standing().filter(Q(report=report) | Q(other=report)).select_related("report", "other")
    sides = [(one.report if one.other_id == report.pk else one.other, one.lines) for one in pairs]
    return sorted(sides, key=lambda side: side[0].pk)


def _is_paired(report: UsageReport) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(PAIRED, [report.pk, report.pk])
        return bool(cursor.fetchall()[0][0])


def _beside(report: UsageReport) -> QuerySet[UsageReport]:
    """Return the other first reports of the same licence, month and model with lines in force."""
    return UsageReport.objects.filter(
        licence=report.licence_id,
        period=report.period,
        state=ReportState.ACCEPTED,
        sequence=0,
        model_family=report.model_family,
        model_version=report.model_version,
    ).exclude(Q(pk=report.pk) | Q(lines_key=""))


def _same_lines(report: UsageReport, others: Sequence[UsageReport]) -> Mapping[int, int]:
    """Return how many lines each other report has in common with one, rejected ones left aside.

    All are read in one statement, for a month may be reported hour by hour.
    """
    if not others:
        return {}
    with ExitStack() as stack:
        folder = stack.enter_context(evidence.workplace())
        mine, *theirs = (
            stack.enter_context(evidence.local_path(one.lines_key)).resolve()
            for one in (report, *others)
        )
        of_path = {str(path): one.pk for path, one in zip(theirs, others, strict=True)}
        duck = stack.enter_context(evidence.engine(folder, [mine, *theirs]))
        return {of_path[path]: lines for path, lines in _counted(duck, mine, theirs)}


def _counted(duck: Engine, mine: Path, theirs: Iterable[Path]) -> list[tuple[str, int]]:
    said = ", ".join(f'"{name}"' for name in SAME)
    return duck.execute(
        f"""
        SELECT filename, count(*)
        FROM (FROM {kept_lines(duck, theirs)} WHERE verdict <> 'rejected')
        SEMI JOIN (FROM {kept_lines(duck, [mine])} WHERE verdict <> 'rejected') USING ({said})
        GROUP BY filename
        """  # noqa: S608  # our own columns and paths
    ).fetchall()
