"""What a report is before it is judged: its header read, its licence and forerunner found."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from django.conf import settings
from django.db import connection
from django.utils import timezone

from licensing.access import Actor
from licensing.deals.models import Licence
from licensing.errors import Fault, LicensingError
from licensing.usage import header as headers
from licensing.usage import strict
from licensing.usage.files import FORMATS
from licensing.usage.formats import COMPRESSIONS
from licensing.usage.header import Header, InvalidHeader, ReportType
from licensing.usage.models import ReportState, UsageReport
from licensing.usage.refusal import ReportRefused

# Asked of every report, so written out.
NAMED: Final = (
    "SELECT EXISTS (SELECT FROM licensing_usagereport WHERE licensee_id = %s AND report_id = %s)"
)


class ReportConflict(LicensingError):
    """The licensee sent another report under this report_id before."""

    code = "report_conflict"


class ReportTooLarge(LicensingError):
    """More than one POST may carry."""

    code = "report_too_large"
    status = 413


@dataclass(frozen=True, slots=True)
class Submission:
    """A report whose header is proved and whose licence and forerunner are found."""

    by: Actor
    header: Header
    licence: Licence
    target: UsageReport | None
    format: str
    compression: str
    is_named_before: bool
    """Whether a report was sent under its report_id before."""

    @property
    def fingerprint(self) -> str:
        """The hash by which a repeated report is told from another under the same name."""
        return hashlib.sha256(self.header.canonical.encode()).hexdigest()


def read_body(body: bytes) -> tuple[Any, Any]:
    """Read ``{"header": …, "lines": […]}``; raises `MalformedJson` or `ReportTooLarge`."""
    if len(body) > settings.SMALL_REPORT_BYTES:
        raise too_large(f"{len(body)} bytes")
    document = strict.loads(body)
    if not isinstance(document, Mapping) or "header" not in document:
        raise InvalidHeader('Write {"header": {…}, "lines": […]}.')
    if unknown := sorted(set(document) - {"header", "lines"}):
        raise InvalidHeader(
            'Write {"header": {…}, "lines": […]} and nothing else.',
            faults=[Fault(name, "unknown_field", "Leave it out.") for name in unknown],
        )
    lines = document.get("lines", [])
    if isinstance(lines, list) and len(lines) > settings.SMALL_REPORT_LINES:
        raise too_large(f"{len(lines)} lines")
    return document["header"], lines


def too_large(what: str) -> ReportTooLarge:
    """Return the refusal that leads to the upload in parts."""
    return ReportTooLarge(
        f"{what} are more than one POST takes ({settings.SMALL_REPORT_LINES} lines or "
        f"{settings.SMALL_REPORT_BYTES} bytes). Upload a file in parts at /api/v1/uploads."
    )


def of_json(*, by: Actor, document: Any, lines: Any) -> Submission:
    """Read a report whose lines came as JSON.

    Its SHA-256 is of the lines as canonical JSON (RFC 8785). Raises `ReportRefused` where the
    header names another.
    """
    header = headers.parse(document)
    sha256 = hashlib.sha256(strict.canonical(lines).encode()).hexdigest()
    if header.sha256 and header.sha256 != sha256:
        raise ReportRefused(
            "sha256_disagrees",
            f"The header says {header.sha256}; the lines as canonical JSON (RFC 8785) have "
            f"{sha256}. It may be left out of a JSON report.",
        )
    return _found(by, replace(header, sha256=sha256), "json", "")


def of_file(*, by: Actor, document: Any, file_format: str, compression: str) -> Submission:
    """Read a report whose lines are a file; raises `InvalidHeader` for one without its SHA-256."""
    header = headers.parse(document)
    faults = []
    if header.type is ReportType.ZERO:
        faults.append(Fault("type", "zero_has_lines", "Send a zero report as JSON, without lines."))
    elif not header.sha256:
        faults.append(Fault("sha256", "missing", "Write the SHA-256 of the uncompressed file."))
    if file_format not in FORMATS:
        faults.append(Fault("format", "format_unknown", f"Send one of: {', '.join(FORMATS)}."))
    if compression not in COMPRESSIONS:
        known = ", ".join(filter(None, COMPRESSIONS))
        faults.append(Fault("compression", "compression_unknown", f"Send plain or: {known}."))
    elif compression and file_format == "parquet":
        faults.append(
            Fault("compression", "compression_twice", "Parquet is compressed inside; leave it out.")
        )
    if faults:
        raise InvalidHeader("The header cannot be read; see errors.", faults=faults)
    return _found(by, header, file_format, compression)


def _found(by: Actor, header: Header, file_format: str, compression: str) -> Submission:
    """Find what the header refers to; raises `Licence.DoesNotExist` for anybody else's.

    A month that has not begun is refused with `InvalidHeader`; what was sent before is not asked.
    """
    licences = Licence.objects.visible_to(by).filter(licensee=by.organisation)
    licence = licences.get(public_id=header.licence)
    is_named = _is_named(by, header.report_id)
    if not is_named:
        _require_begun(header)
    target = _target(by, header, licence) if header.refers_to else None
    return Submission(by, header, licence, target, file_format, compression, is_named)


def _is_named(by: Actor, report_id: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(NAMED, [by.organisation_id, report_id])
        return bool(cursor.fetchall()[0][0])


def _require_begun(header: Header) -> None:
    """Refuse a month that lies ahead, by the calendar that the due days go by."""
    today = timezone.localdate()
    if header.period > today:
        raise InvalidHeader(
            "The month has not begun; see errors.",
            faults=[
                Fault(
                    "period",
                    "period_not_begun",
                    f"{header.period:%Y-%m} has not begun; today is {today}. Report after the "
                    "month's end, or during it for what was used so far.",
                )
            ],
        )


def _target(by: Actor, header: Header, licence: Licence) -> UsageReport:
    """Find the report to replace or correct: by the licensee's own name or by our id."""
    own = UsageReport.objects.filter(licensee=by.organisation, licence=licence)
    named = own.filter(report_id=header.refers_to) | own.filter(public_id=header.refers_to)
    states = [ReportState.ACCEPTED]
    if header.type is ReportType.REPLACEMENT:
        states.append(ReportState.REJECTED)
    target = named.filter(period=header.period, state__in=states).first()
    if target is None:
        raise ReportRefused(
            "refers_to_unknown",
            f"No report {header.refers_to!r} of this licence and month is in force.",
        )
    return target


def repeated(submission: Submission) -> UsageReport | None:
    """Return the same report if it was sent before.

    Raises `ReportConflict` if something else was sent under its report_id.
    """
    header = submission.header
    earlier = UsageReport.objects.filter(
        licensee=submission.by.organisation, report_id=header.report_id
    ).first()
    if earlier is None:
        return None
    if earlier.fingerprint != submission.fingerprint:
        raise ReportConflict(
            f"{header.report_id} was sent before with other content. Send a replacement or a "
            "correction of it under a report_id of its own.",
            report=earlier.public_id,
            report_id=header.report_id,
        )
    return earlier
