"""Reading a file of usage lines for a quote; its columns are those of a usage report."""

import csv
import tempfile
from collections.abc import Iterator
from pathlib import Path

from licensing import evidence
from licensing.errors import Fault
from licensing.royalties.sample import InvalidSample, Row, Sample, add_up
from licensing.usage import confined, files
from licensing.usage.formats import Plain
from licensing.usage.refusal import snippet

ROWS_AT_ONCE = 10_000


def read_sample(path: Path) -> Sample:
    """Read a file in any format of a report, told by its name, and add it up by use and unit.

    Raises `InvalidSample` naming file, line and field, with the lines numbered as an editor does
    and their ``line_id`` beside; `ReportRefused` for bytes that no report may hold, and `OSError`
    for a file that cannot be opened.
    """
    shape = files.named(path.name)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        plain = confined.prepare(path.resolve(), shape.format, shape.compression, folder)
        if plain.texts is None:
            return add_up(_rows(path.name, plain))
        return add_up(_texts(path.name, plain, folder))


def _texts(name: str, plain: Plain, folder: Path) -> Iterator[tuple[str, Row]]:
    """Yield the rows of NDJSON and Parquet, whose lines are numbered from 1."""
    columns = ", ".join(f'"{column}"' for column in plain.columns)
    with evidence.engine(folder, reads=[plain.path]) as engine:
        engine.execute(f"SELECT {columns} FROM read_parquet({evidence.quoted(plain.path)})")  # noqa: S608  # our own names
        number = 0
        while fetched := engine.fetchmany(ROWS_AT_ONCE):
            for fields in fetched:
                number += 1
                row = dict(zip(plain.columns, fields, strict=True))
                yield f"{name} line {number} (line_id {snippet(row['line_id'])})", row


def _rows(name: str, plain: Plain) -> Iterator[tuple[str, Row]]:
    with plain.path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as stream:
        reader = csv.reader(stream, strict=True)
        try:
            next(reader)
            for fields in reader:
                row = _row(name, reader.line_num, plain.columns, fields)
                yield f"{name} line {reader.line_num} (line_id {snippet(row['line_id'])})", row
        except csv.Error as error:
            raise _stop(name, reader.line_num, f"It cannot be read ({error}).") from None


def _row(name: str, number: int, columns: tuple[str, ...], fields: list[str]) -> Row:
    if len(fields) != len(columns):
        raise _stop(name, number, f"Write {len(columns)} fields, as in line 1.")
    if any("\udc80" <= letter <= "\udcff" for letter in "".join(fields)):
        raise _stop(name, number, "Write it in UTF-8.")
    return dict(zip(columns, fields, strict=True))


def _stop(name: str, number: int, message: str) -> InvalidSample:
    fault = Fault(f"{name} line {number}", "line_malformed", message)
    return InvalidSample(message, faults=[fault])
