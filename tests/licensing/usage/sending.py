"""Reports as a licensee writes them, and short ways to send them."""

import gzip
import hashlib
import io
import json
from collections.abc import Sequence
from typing import Any

from django.db.models import Model

from licensing.usage import by_hand, services, strict, uploads
from licensing.usage.direct import DirectPart
from licensing.usage.models import ReportMove, UploadPart, UsageReport
from tests.licensing.usage.conftest import Office
from tests.licensing.usage.desk import csv_bytes, line, total_of

LINES = [
    line("1", quantity="1000000"),
    line("2", work="domain:momiji.jp", quantity="0.5"),
    line("3", work="domain:nobody.jp", quantity="7"),
    line("4", use="train", quantity="2"),
]


def header(
    office: Office, lines: Sequence[dict[str, str]] = LINES, /, **changes: Any
) -> dict[str, Any]:
    written = {
        "report_id": "oct-1",
        "type": "original",
        "licence": office.licence.public_id,
        "period": "2026-10",
        "model": {"family": "vista", "version": "2"},
        "lines": len(lines),
        "quantity": {unit: f"{total:f}" for unit, total in total_of(lines).items()},
    }
    return {name: value for name, value in (written | changes).items() if value is not None}


def body(office: Office, lines: Sequence[dict[str, str]] = LINES, /, **changes: Any) -> bytes:
    return json.dumps({"header": header(office, lines, **changes), "lines": list(lines)}).encode()


def send(office: Office, lines: Sequence[dict[str, str]] = LINES, /, **changes: Any) -> UsageReport:
    report, _ = services.submit_json(by=office.licensee, body=body(office, lines, **changes))
    return report


def file_header(
    office: Office, lines: Sequence[dict[str, str]] = LINES, /, **changes: Any
) -> dict[str, Any]:
    """Return a file's header as `strict.loads` gives it."""
    digest = hashlib.sha256(csv_bytes(lines)).hexdigest()
    written = header(office, lines, **({"sha256": digest} | changes))
    loaded: dict[str, Any] = strict.loads(json.dumps(written).encode())
    return loaded


def put(
    office: Office, upload: UsageReport, number: int, content: bytes
) -> UploadPart | DirectPart:
    return uploads.put_part(
        by=office.licensee,
        upload_id=upload.public_id,
        number=number,
        stream=io.BytesIO(content),
        sha256=hashlib.sha256(content).hexdigest(),
    )


def upload(
    office: Office,
    lines: Sequence[dict[str, str]] = LINES,
    /,
    *,
    parts: int = 2,
    compression: str = "",
    **changes: Any,
) -> UsageReport:
    """Open an upload, send its file in parts and complete it; the check is left to the test."""
    report, _ = uploads.create_upload(
        by=office.licensee,
        document=file_header(office, lines, **changes),
        compression=compression,
    )
    whole = csv_bytes(lines)
    content = gzip.compress(whole) if compression else whole
    size = -(-len(content) // parts)
    for number in range(parts):
        put(office, report, number + 1, content[number * size : (number + 1) * size])
    return uploads.complete(by=office.licensee, upload_id=report.public_id)


def send_by_hand(office: Office, content: bytes) -> UsageReport:
    said = {
        "report_id": "by-hand-1",
        "type": "original",
        "licence": office.licence.public_id,
        "period": "2026-10",
        "model": {"family": "vista", "version": "2"},
    }
    report, _ = by_hand.send_file(by=office.licensee, said=said, blocks=[content])
    return report


def picture() -> list[list[dict[str, Any]]]:
    """Return every row that a report could touch."""
    models: tuple[type[Model], ...] = (UsageReport, ReportMove, UploadPart)
    return [list(model._default_manager.order_by("pk").values()) for model in models]  # noqa: SLF001  # any model's rows
