"""Reports of any size: received in parts, resumed where they broke off, judged by a job.

Lock order: licence, report.
"""

import tempfile
from decimal import Decimal
from typing import Any, Final

import structlog
from django.db import transaction
from django.utils import timezone

from config.jobs import announce, enqueue_on_commit
from ledger.ids import new_id
from licensing import evidence
from licensing.access import Actor
from licensing.claims import Claimable, claim
from licensing.deals.models import Licence
from licensing.errors import IllegalMove, InvalidInput
from licensing.evidence import Readable, Stored
from licensing.usage import confined, direct, keeping, services, submission
from licensing.usage.header import Header, ReportType
from licensing.usage.lifecycle import Move
from licensing.usage.models import ReportState, UploadPart, UsageReport
from licensing.usage.refusal import ReportRefused

log = structlog.get_logger(__name__)

MAX_PART_BYTES: Final = 1 << 30
MAX_PARTS: Final = 10_000


class PartRefused(InvalidInput):
    """A part is not what its sender says it is; nothing of it was kept."""

    code = "part_refused"


class NotDirect(IllegalMove):
    """The store is a folder; its parts are sent through us."""

    code = "upload_is_streamed"


class PartsMissing(IllegalMove):
    """The upload cannot be completed: parts are missing."""

    code = "parts_missing"


def create_upload(
    *, by: Actor, document: Any, file_format: str = "csv", compression: str = ""
) -> tuple[UsageReport, bool]:
    """Open an upload for a report of any size; returns it and whether it is new.

    Creating it again with the same header returns it with the parts that are there, to resume.
    Raises `InvalidHeader`, `ReportRefused` or `ReportConflict`.
    """
    made = submission.of_file(
        by=by, document=document, file_format=file_format, compression=compression
    )
    with transaction.atomic():
        Licence.objects.lock(made.licence.pk)
        if (earlier := submission.repeated(made)) is not None:
            return earlier, False
        report = keeping.new_report(made, ReportState.RECEIVING)
        if direct.is_offered():
            report.store_upload = direct.begin(keeping.original_key(report))
        report.save(force_insert=True)
        return report, True


def part_address(*, by: Actor, upload_id: str, number: int, sha256: str) -> direct.Address:
    """Return where to PUT one part straight into the store; asking again gives a new address.

    Raises `NotDirect` where parts are streamed through us, and `IllegalMove` once the upload is
    complete.
    """
    _check_number(number)
    report = _receiving(by, upload_id)
    if not report.store_upload:
        raise NotDirect("PUT this part here; this store gives no addresses.")
    return direct.address(keeping.original_key(report), report.store_upload, number, sha256)


def parts_of(report: UsageReport) -> "list[UploadPart] | list[direct.DirectPart]":
    """Return the parts of an upload that are there, to resume where it broke off."""
    if report.store_upload and report.state == ReportState.RECEIVING:
        return direct.parts(keeping.original_key(report), report.store_upload)
    return list(report.parts.all())


def put_part(
    *, by: Actor, upload_id: str, number: int, stream: Readable, sha256: str
) -> "UploadPart | direct.DirectPart":
    """Keep one part as it streams in; sending the same part again changes nothing.

    Raises `PartRefused` if the bytes do not have the SHA-256 their sender names, and
    `IllegalMove` once the upload is complete.
    """
    _check_number(number)
    report = _receiving(by, upload_id)
    if report.store_upload:
        return _pass_on(report, number, stream, sha256)
    for part in report.parts.filter(number=number, sha256=sha256):
        return part
    key = f"uploads/{report.public_id}/{number}-{new_id('part')}"
    stored = evidence.put(key, _Bounded(stream))
    try:
        _prove(stored, sha256)
    except PartRefused:
        evidence.forget_part(key)
        raise
    return _record_part(by, upload_id, number, stored)


def _check_number(number: int) -> None:
    if not 1 <= number <= MAX_PARTS:
        raise PartRefused(f"Number parts from 1 to {MAX_PARTS}.")


def _pass_on(report: UsageReport, number: int, stream: Readable, sha256: str) -> direct.DirectPart:
    """Pass a part on to the store for a sender who cannot reach it, once its hash is proved."""
    with tempfile.TemporaryFile() as content:
        measured = evidence.Measured(_Bounded(stream))
        content.writelines(measured.pieces())
        stored = measured.stored("")
        _prove(stored, sha256)
        content.seek(0)
        direct.put(keeping.original_key(report), report.store_upload, number, content, sha256)
    return direct.DirectPart(number, stored.size, sha256, "")


def _prove(stored: Stored, sha256: str) -> None:
    if stored.sha256 != sha256 or stored.size == 0:
        raise PartRefused(
            f"The part has {stored.size} bytes and SHA-256 {stored.sha256}, not {sha256}. "
            "Send it again."
        )


class _Bounded:
    """A stream that breaks off beyond the size a part may have."""

    def __init__(self, stream: Readable) -> None:
        self._stream = stream
        self._left = MAX_PART_BYTES

    def read(self, size: int = -1) -> bytes:
        piece = self._stream.read(size)
        self._left -= len(piece)
        if self._left < 0:
            raise PartRefused(f"A part has at most {MAX_PART_BYTES} bytes; send more parts.")
        return piece


@transaction.atomic
def _record_part(by: Actor, upload_id: str, number: int, stored: Stored) -> UploadPart:
    report = UsageReport.objects.lock(_receiving(by, upload_id).pk)
    if report.state != ReportState.RECEIVING:
        raise _not_receiving(report)
    earlier = report.parts.filter(number=number).first()
    if earlier is not None:
        transaction.on_commit(lambda: evidence.forget_part(earlier.key))
        earlier.delete()
    part = report.parts.create(
        number=number, key=stored.key, size=stored.size, sha256=stored.sha256
    )
    report.bytes_received = sum(report.parts.values_list("size", flat=True))
    report.save(update_fields=["bytes_received"])
    return part


def _receiving(by: Actor, upload_id: str) -> UsageReport:
    """Find an upload that still takes parts; raises `IllegalMove` for one that does not."""
    reports = UsageReport.objects.visible_to(by).filter(licensee=by.organisation)
    report = reports.get(public_id=upload_id)
    if report.state != ReportState.RECEIVING:
        raise _not_receiving(report)
    return report


def _not_receiving(report: UsageReport) -> IllegalMove:
    return IllegalMove(
        f"The upload {report.public_id} is complete; it takes no more parts.",
        report=report.public_id,
        state=report.state,
    )


def complete(*, by: Actor, upload_id: str) -> UsageReport:
    """Declare an upload complete and start its check; completing it again changes nothing.

    Raises `PartsMissing` unless parts 1 to the last are all there, and `direct.PartsRefused` where
    the store does not take them as one file.
    """
    reports = UsageReport.objects.visible_to(by).filter(licensee=by.organisation)
    report = reports.get(public_id=upload_id)
    if report.state == ReportState.RECEIVING and report.store_upload:
        _finish_in_store(report)
    return _complete(report.pk)


def _finish_in_store(report: UsageReport) -> None:
    """Have the store join the parts, outside of any transaction; a second try finds it done."""
    key = keeping.original_key(report)
    there = direct.parts(key, report.store_upload)
    if not there and evidence.kept(key):
        return
    _require_all([part.number for part in there])
    direct.finish(key, report.store_upload, there)
    size = sum(part.size for part in there)
    UsageReport.objects.filter(pk=report.pk).update(bytes_received=size)


def _require_all(there: list[int]) -> None:
    wanted = range(1, max(there, default=1) + 1)
    if missing := sorted(set(wanted) - set(there)):
        shown = ", ".join(str(number) for number in missing[:20])
        raise PartsMissing(f"Send part {shown} first.", missing=len(missing))


@transaction.atomic
def _complete(report_pk: int) -> UsageReport:
    report = UsageReport.objects.lock(report_pk)
    if report.state != ReportState.RECEIVING:
        return report
    if not report.store_upload:
        _require_all(list(report.parts.values_list("number", flat=True)))
    report.received_at = timezone.now()
    keeping.move(report, Move.COMPLETE)
    enqueue_on_commit("licensing.usage.tasks.check_report", report_id=report.pk)
    return report


def check_report(report_pk: int) -> None:
    """Judge an uploaded report. Safe to run twice and at the same time, and after a crash."""
    with claim(Claimable.REPORT, report_pk) as free:
        if not free or not _begin(report_pk):
            return
        report = UsageReport.objects.select_related("licence", "refers_to").get(pk=report_pk)
        stored = _assemble(report)
        try:
            _check(report, stored)
        except ReportRefused as refused:
            _reject(report, stored, refused)
        for part_key in report.parts.values_list("key", flat=True):
            evidence.forget_part(part_key)


@transaction.atomic
def _begin(report_pk: int) -> bool:
    report = UsageReport.objects.lock(report_pk)
    if report.state not in {ReportState.RECEIVED, ReportState.CHECKING}:
        return False
    report.claimed_at = timezone.now()
    report.lines_done = 0
    keeping.move(report, Move.CHECK)
    return True


def _assemble(report: UsageReport) -> Stored:
    """Join the parts into the original; where an earlier run did so, measure what it kept."""
    key = keeping.original_key(report)
    if evidence.kept(key):
        return evidence.measure(key)
    with evidence.Joined(report.parts.values_list("key", flat=True)) as parts:
        return evidence.put(key, parts)


def _check(report: UsageReport, stored: Stored) -> None:
    with evidence.workplace() as folder, evidence.local_path(stored.key) as original:
        source = confined.prepare(original, report.format, report.compression, folder)
        result = services.judge(
            header=header_of(report),
            licence=report.licence,
            source=source,
            folder=folder,
            step=lambda lines: _progress(report.pk, lines),
        )
        lines = keeping.keep_lines(report, result)
    with transaction.atomic():
        Licence.objects.lock(report.licence_id)
        locked = UsageReport.objects.lock(report.pk)
        keeping.accept(locked, stored, lines, result)


def header_of(report: UsageReport) -> Header:
    """Return the header as it was declared."""
    return Header(
        report_id=report.report_id,
        type=ReportType(report.type),
        licence=report.licence.public_id,
        period=report.period,
        lines=report.declared_lines,
        quantity={unit: Decimal(total) for unit, total in report.declared_quantity.items()},
        model_family=report.model_family,
        model_version=report.model_version,
        sha256=report.declared_sha256,
    )


def _progress(report_pk: int, lines: int) -> None:
    UsageReport.objects.filter(pk=report_pk).update(lines_done=lines)


@transaction.atomic
def _reject(report: UsageReport, stored: Stored, refused: ReportRefused) -> None:
    Licence.objects.lock(report.licence_id)
    locked = UsageReport.objects.lock(report.pk)
    locked.original_key, locked.original_sha256, locked.size = (
        stored.key,
        stored.sha256,
        stored.size,
    )
    locked.rejection_code = refused.code
    locked.rejection_detail = refused.detail
    locked.faults = [
        {"where": fault.where, "code": fault.code, "message": fault.message}
        for fault in refused.faults
    ]
    locked.checked_at = timezone.now()
    keeping.move(locked, Move.REJECT)
    log.info("report_rejected", report=locked.public_id, code=refused.code)
    announce("report.rejected", report_id=locked.pk)
