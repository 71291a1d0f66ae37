"""Reports by hand, for a firm without a program: the header is computed from the file itself.

The control totals then prove that nothing was lost on the way here; that the file is the right one
is for the person to see, who is shown them on the report.
"""

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from licensing import evidence
from licensing.access import Actor
from licensing.strict_json import Number
from licensing.usage import confined, files, proving, services, strict, uploads
from licensing.usage.files import Shape
from licensing.usage.grant import GrantView
from licensing.usage.header import plain
from licensing.usage.models import ReportState, UsageReport

# Totals are what the lines say, whatever a licence grants.
ANY_GRANT: Final = GrantView(
    uses=frozenset(),
    priced=frozenset(),
    priced_by_any_unit=frozenset(),
    territories=frozenset(),
    in_term=True,
    model_granted=True,
)


def send_file(
    *, by: Actor, said: Mapping[str, Any], blocks: Iterable[bytes]
) -> tuple[UsageReport, bool]:
    """Send a file of lines, plain or compressed; returns the report and whether it is new.

    ``said`` is a header without its control totals. A small file is judged at once, and nothing
    is kept of one that is refused; a larger one is judged by a job and the report says how far it
    is. Raises `ReportRefused`, `InvalidHeader`, `ReportConflict` or `Licence.DoesNotExist`.
    """
    with evidence.workplace() as folder:
        path = folder / "sent"
        with path.open("wb") as kept:
            kept.writelines(blocks)
        shape = files.shape_of(path)
        totals = control_totals(path, shape, folder)
        document = {**said, **totals}
        if (
            int(totals["lines"]) <= settings.SMALL_REPORT_LINES
            and path.stat().st_size <= settings.SMALL_REPORT_BYTES
        ):
            return services.submit_file(
                by=by,
                document=document,
                path=path,
                file_format=shape.format,
                compression=shape.compression,
            )
        return _upload(by, document, path, shape)


def send_nothing(*, by: Actor, said: Mapping[str, Any]) -> tuple[UsageReport, bool]:
    """Declare a month without use; raises as `send_file` does."""
    return services.submit_json(by=by, body=strict.canonical({"header": dict(said)}).encode())


def control_totals(path: Path, shape: Shape, folder: Path) -> dict[str, Any]:
    """Return ``lines``, ``quantity`` and ``sha256`` as a header writes them.

    They are counted by the statements that will check them. Raises `ReportRefused` for a file
    that cannot be read.
    """
    source = confined.prepare(path, shape.format, shape.compression, folder)
    with evidence.engine(folder, reads=[source.path]) as engine:
        lines = proving.stage(engine, source, ANY_GRANT, folder / "counted.parquet")
        quantity = proving.received(engine)
    return {
        "lines": Number(lines),
        "quantity": {unit: plain(total) for unit, total in quantity.items()},
        "sha256": source.sha256,
    }


def _upload(
    by: Actor, document: dict[str, Any], path: Path, shape: Shape
) -> tuple[UsageReport, bool]:
    """Take the way of large files; an upload that broke off under this name is completed."""
    report, is_new = uploads.create_upload(
        by=by, document=document, file_format=shape.format, compression=shape.compression
    )
    if report.state != ReportState.RECEIVING:
        return report, is_new
    with path.open("rb") as stream:
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    with path.open("rb") as stream:
        uploads.put_part(by=by, upload_id=report.public_id, number=1, stream=stream, sha256=sha256)
    return uploads.complete(by=by, upload_id=report.public_id), is_new
