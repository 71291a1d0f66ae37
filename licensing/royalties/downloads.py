"""Statements as files to take away, by the name each is asked for."""

import csv
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from django.http import FileResponse, HttpResponse, HttpResponseBase, StreamingHttpResponse

from licensing import evidence
from licensing.errors import IllegalMove
from licensing.royalties import content, explain, line_files, work_files, workbook
from licensing.royalties.models import Allocation, Statement

CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PARQUET_TYPE = "application/vnd.apache.parquet"


class NotIssued(IllegalMove):
    """A draft has no frozen content to hand out."""

    code = "statement_not_issued"


class _Echo:
    """A file that hands back what is written to it, for streaming."""

    def write(self, text: str) -> str:
        """Return the line."""
        return text


def lines_csv(statement: Statement) -> HttpResponseBase:
    """Return a row per line, with every field a royalty system reads; they sum to the total."""
    return _csv(line_files.rows(content.stated(statement)))


def works_csv(statement: Statement) -> HttpResponseBase:
    """Return a row per line and work, streamed: a million of them need no room."""

    def listed() -> Iterable[list[Any]]:
        yield list(work_files.COLUMNS)
        yield from work_files.rows(statement)

    return _csv(listed())


def works_parquet(statement: Statement) -> HttpResponseBase:
    """Return the same rows with exact decimals."""
    return _made(statement, work_files.write_parquet, PARQUET_TYPE)


def statement_xlsx(statement: Statement) -> HttpResponseBase:
    """Return summary, lines and the first of the works, in the reader's language."""
    return _made(statement, workbook.write, XLSX_TYPE)


def statement_json(statement: Statement) -> HttpResponseBase:
    """Return the frozen content, byte for byte as hashed; raises `NotIssued` for a draft."""
    frozen = statement.content
    if frozen is None:
        raise NotIssued(f"{statement.public_id} is a draft; it is frozen when its run is issued.")
    response = HttpResponse(content.canonical(frozen), content_type="application/json")
    response["ETag"] = f'"{statement.content_sha256}"'
    return response


def _csv(rows: Iterable[list[Any]]) -> StreamingHttpResponse:
    writer = csv.writer(_Echo())
    body = (writer.writerow([line_files.harmless(cell) for cell in row]) for row in rows)
    return StreamingHttpResponse(body, content_type=CSV_TYPE)


def _made(
    statement: Statement, write: Callable[[Statement, Path], Path], content_type: str = CSV_TYPE
) -> FileResponse:
    """Answer with a file that is unlinked already, so nothing is left over."""
    with evidence.workplace() as folder:
        stream = write(statement, folder).open("rb")
    return FileResponse(stream, content_type=content_type)


def usage_csv(statement: Statement, allocation: Allocation, number: int) -> HttpResponseBase:
    """Return the usage lines behind one line of a statement, as its reports hold them."""
    made = _made(statement, lambda _statement, folder: explain.write_lines(allocation, folder))
    file_name = f"{statement.public_id}-line-{number}-usage.csv"
    made["Content-Disposition"] = f'attachment; filename="{file_name}"'
    return made


FILES: dict[str, Callable[[Statement], HttpResponseBase]] = {
    "lines.csv": lines_csv,
    "statement.xlsx": statement_xlsx,
    "statement.json": statement_json,
    "works.csv": works_csv,
    "works.parquet": works_parquet,
}


def response(statement: Statement, name: str) -> HttpResponseBase:
    """Return one of `FILES` as an attachment named after its statement; `KeyError` for others."""
    made = FILES[name](statement)
    file_name = f"{statement.public_id}-{statement.run.month:%Y-%m}-{name}"
    made["Content-Disposition"] = f'attachment; filename="{file_name}"'
    return made
