"""Putting a judged report in force, once, in one transaction.

Files are written before the transaction that refers to them, so a worker killed anywhere leaves
at most a file that nothing refers to. Lock order: licence, report.
"""

from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from config.jobs import announce
from licensing import evidence
from licensing.deals.models import Licence
from licensing.evidence import Readable, Stored
from licensing.usage import lately, lifecycle, submission
from licensing.usage.files import ENDINGS
from licensing.usage.header import plain
from licensing.usage.intake import IntakeResult
from licensing.usage.judging import Total
from licensing.usage.lifecycle import Move, State
from licensing.usage.models import ReportMove, ReportState, ReportType, UsageReport
from licensing.usage.refusal import ReportRefused
from licensing.usage.submission import Submission
from licensing.usage.vocabulary import Verdict


def new_report(made: Submission, state: ReportState) -> UsageReport:
    """Return an unsaved report as its header declares it."""
    header = made.header
    return UsageReport(
        licensee=made.by.organisation,
        report_id=header.report_id,
        licence=made.licence,
        type=header.type.value,
        refers_to=made.target,
        period=header.period,
        model_family=header.model_family,
        model_version=header.model_version,
        declared_lines=header.lines,
        declared_quantity={unit: plain(total) for unit, total in header.quantity.items()},
        declared_sha256=header.sha256,
        fingerprint=made.fingerprint,
        format=made.format,
        compression=made.compression,
        state=state,
        submitted_by=made.by.user,
    )


def keep(
    made: Submission, original: Readable, result: IntakeResult | None
) -> tuple[UsageReport, bool]:
    """Keep a judged report, all at once; the same report sent at the same moment is kept once."""
    report = new_report(made, ReportState.CHECKING)
    stored = evidence.put(original_key(report), original)
    lines = keep_lines(report, result)
    try:
        with transaction.atomic():
            Licence.objects.hold(made.licence.pk)
            # What follows another report would find that one superseded by this very report.
            if made.target is not None and (earlier := submission.repeated(made)) is not None:
                return earlier, False
            report.received_at = timezone.now()
            report.bytes_received = stored.size
            accept(report, stored, lines, result)
    except IntegrityError:
        # The report_id was taken meanwhile; refused if by another report.
        if (earlier := submission.repeated(made)) is None:
            raise
        return earlier, False
    return report, True


def original_key(report: UsageReport) -> str:
    """Return where the untouched original is kept."""
    suffix = ENDINGS[report.compression]
    return f"reports/{report.public_id}/original.{report.format}{suffix}"


def keep_lines(report: UsageReport, result: IntakeResult | None) -> str:
    """Keep the judged lines and return their key; nothing for a report without lines."""
    if result is None:
        return ""
    folder = f"reports/{report.public_id}/lines"
    key = evidence.put_addressed(folder, ".parquet", result.lines_path).key
    if result.counted is not None:
        lately.remember(key, result.counted)
    return key


def accept(report: UsageReport, stored: Stored, lines: str, result: IntakeResult | None) -> None:
    """Put a judged report in force, a new one too; the licence is locked."""
    if report.refers_to is not None:
        _follow(report, UsageReport.objects.lock(report.refers_to.pk))
    report.original_key, report.original_sha256, report.size = (
        stored.key,
        stored.sha256,
        stored.size,
    )
    report.lines_key = lines
    if result is not None:
        report.sha256 = report.declared_sha256 if report.format == "json" else result.sha256
        report.lines_done = result.lines
        report.judged_through = result.judged_through
        set_totals(report, result.totals)
    report.checked_at = timezone.now()
    move(report, Move.ACCEPT)
    announce("report.accepted", report_id=report.pk)


def set_totals(report: UsageReport, totals: Sequence[Total]) -> None:
    """Write on a report what became of its lines."""

    def count(verdict: Verdict) -> int:
        return sum(total.lines for total in totals if total.verdict is verdict)

    report.lines_accepted = count(Verdict.ACCEPTED)
    report.lines_quarantined = count(Verdict.QUARANTINED)
    report.lines_rejected = count(Verdict.REJECTED)
    report.totals = [
        {
            "verdict": total.verdict.value,
            "code": total.code,
            "unit": total.unit,
            "lines": total.lines,
            "quantity": plain(total.quantity),
        }
        for total in totals
    ]


def _follow(report: UsageReport, target: UsageReport) -> None:
    """Put a correction behind its root, or a replacement in the place of what it replaces."""
    if target.state not in {ReportState.ACCEPTED, ReportState.REJECTED}:
        raise ReportRefused(
            "refers_to_unknown", f"{target.report_id} was superseded in the meantime."
        )
    if report.type == ReportType.CORRECTION:
        root = target.root or target
        last = root.corrections.aggregate(last=Max("sequence"))["last"] or 0
        report.root, report.sequence = root, last + 1
        return
    report.root, report.sequence = target.root, target.sequence
    replaced = [target, *target.corrections.filter(state=ReportState.ACCEPTED)]
    for one in replaced:
        one.superseded_at = timezone.now()
        move(one, Move.SUPERSEDE)


def move(report: UsageReport, what: Move) -> None:
    """Make one legal move of a locked or new report, save it and record the move."""
    before = State(report.state)
    report.state = ReportState(lifecycle.apply(before, what).value)
    report.save()
    ReportMove.objects.create(
        report=report,
        move=what.value,
        from_state=before.value,
        to_state=report.state,
        by_user=report.submitted_by,
        at=timezone.now(),
    )
