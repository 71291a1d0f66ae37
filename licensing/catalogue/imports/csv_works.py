"""PURE. Works as CSV: ``kind,title,identifiers,shares`` and, where known, a work's other texts."""

import csv
import io
from collections.abc import Iterator

from licensing.catalogue.imports.rows import LONGEST, UnreadableFile, WorkRow, build
from licensing.errors import Fault

REQUIRED = ("kind", "title", "identifiers", "shares")
OPTIONAL = tuple(name for name in LONGEST if name not in REQUIRED)
# A file of refused rows carries these; they are ignored, so that it can be mended and sent again.
REMARKS = ("code", "message")


def read(text: str) -> Iterator[WorkRow]:
    """Yield the rows of a file; ``row`` is the line it starts on, the header being line 1.

    Raises `UnreadableFile` for a header that cannot be understood and for broken quoting.
    """
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    columns: list[str] = []
    start = 1
    try:
        for cells in reader:
            if not columns:
                columns = _header(cells)
            elif cells:
                yield _row(start, columns, cells)
            start = reader.line_num + 1
    except csv.Error as error:
        raise UnreadableFile(
            "csv_broken",
            f"Line {start} is not CSV ({error}). Look for a quotation mark without its partner.",
        ) from None


def _header(cells: list[str]) -> list[str]:
    columns = [cell.strip().lower() for cell in cells]
    missing = [name for name in REQUIRED if name not in columns]
    unknown = [name for name in columns if name not in (*REQUIRED, *OPTIONAL, *REMARKS)]
    if missing or unknown or len(set(columns)) != len(columns):
        raise UnreadableFile(
            "header_wrong",
            f"The first line must name each column once: {','.join(REQUIRED)} and, where wanted, "
            f"{','.join(OPTIONAL)}; it is {','.join(cells)!r}.",
        )
    return columns


def _row(line: int, columns: list[str], cells: list[str]) -> WorkRow:
    if len(cells) != len(columns):
        fault = Fault(
            "line",
            "column_count",
            f"The line has {len(cells)} columns and the header {len(columns)}. Quote a cell that "
            "holds a comma.",
        )
        return WorkRow(line, dict(zip(columns, cells, strict=False)), faults=(fault,))
    raw = {name: cell for name, cell in zip(columns, cells, strict=True) if name not in REMARKS}
    texts = {name: raw[name] for name in LONGEST if name in raw}
    return build(line, raw, texts, raw["identifiers"], raw["shares"])
