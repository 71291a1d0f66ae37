"""Refused rows as a file in the format they came in, ready to be mended and sent again."""

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

from licensing.catalogue.imports.csv_works import REMARKS, REQUIRED
from licensing.catalogue.imports.rows import LONGEST
from licensing.catalogue.models import CatalogueImport, ImportFormat


def file_name(job: CatalogueImport) -> str:
    """Return what the file is called."""
    ending = "csv" if job.format == ImportFormat.CSV else "json"
    return f"refused-{job.public_id}.{ending}"


def content_type(job: CatalogueImport) -> str:
    """Return the file's media type."""
    return "text/csv" if job.format == ImportFormat.CSV else "application/ld+json"


def lines(job: CatalogueImport) -> Iterator[str]:
    """Yield the file piece by piece: the row as it came, with ``code`` and ``message``."""
    return _csv(job) if job.format == ImportFormat.CSV else _json(job)


def _csv(job: CatalogueImport) -> Iterator[str]:
    first = job.refusals.first()
    raw = first.raw if first else {}
    columns = [*REQUIRED, *(name for name in LONGEST if name in raw and name not in REQUIRED)]
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, [*columns, *REMARKS], extrasaction="ignore")
    writer.writeheader()
    yield _taken(buffer)
    for raw, remarks in _refusals(job):
        writer.writerow({**raw, **remarks})
        yield _taken(buffer)


def _json(job: CatalogueImport) -> Iterator[str]:
    yield '{"@graph": ['
    comma = ""
    for raw, remarks in _refusals(job):
        yield comma + json.dumps({**raw, **remarks}, ensure_ascii=False)
        comma = ",\n"
    yield "]}\n"


def _refusals(job: CatalogueImport) -> Iterator[tuple[dict[str, Any], dict[str, str]]]:
    for refusal in job.refusals.iterator(chunk_size=2000):
        code = " ".join(dict.fromkeys(fault["code"] for fault in refusal.faults))
        message = " ".join(fault["message"] for fault in refusal.faults)
        yield refusal.raw, {"code": code, "message": message}


def _taken(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text
