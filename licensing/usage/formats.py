"""Lines as they arrive, made into one plain file that the engine reads as text.

Every compression is a row of a table here, as every format of a file is in `files`. Expansion is
bounded in size, ratio and length of line while it runs, so that a bomb costs no more than the
bound.
"""

import csv
import hashlib
import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from backports import zstd

from licensing.strict_json import Number
from licensing.usage.refusal import ReportRefused, blamed, snippet
from licensing.usage.strict import REFUSED_BYTES
from licensing.usage.vocabulary import COLUMNS, REQUIRED

BLOCK_BYTES: Final = 1 << 20
MAX_LINE_BYTES: Final = 1 << 16
MAX_EXPANDED_BYTES: Final = 64 << 30
# DEFLATE tops out at 1032; lists of counts compress 5 to 60 times.
MAX_RATIO: Final = 250
RATIO_FROM_BYTES: Final = 8 << 20
# 128 MiB, what `zstd --long` writes.
MAX_WINDOW_LOG: Final = 27

BOM: Final = b"\xef\xbb\xbf"
# Everything below space but line feed and carriage return, and DEL.
CONTROL_BYTES: Final = bytes(code for code in range(32) if code not in b"\r\n") + b"\x7f"
CONTROL: Final = re.compile(b"[" + re.escape(CONTROL_BYTES) + b"]")


@dataclass(frozen=True, slots=True)
class Plain:
    """A plain file ready for the engine: its columns in file order, and what was seen.

    The lines of a CSV file all end alike, which the engine relies on when it splits the file among
    threads.
    """

    path: Path
    columns: tuple[str, ...]
    size: int
    sha256: str
    has_quotes: bool
    texts: Mapping[str, str] | None = None
    """Of a Parquet file: the SQL that reads each column as a text. None for a CSV file."""
    weight: int = 0
    """Of a Parquet file: the bytes of its lines as text."""


def plain_stream(stream: IO[bytes], _size: int) -> Iterator[bytes]:
    """Read an uncompressed file."""
    while block := stream.read(BLOCK_BYTES):
        yield block


def gunzip(stream: IO[bytes], size: int) -> Iterator[bytes]:
    """Expand gzip, member by member, within the bounds.

    Raises `ReportRefused` for a damaged or cut-off stream, and as soon as the expansion is out of
    proportion.
    """
    expander = zlib.decompressobj(wbits=31)
    read = expanded = 0
    started = False
    waiting = b""
    while waiting or (waiting := stream.read(1 << 16)):
        read = max(read, stream.tell())
        try:
            block = expander.decompress(waiting, BLOCK_BYTES)
        except zlib.error:
            raise ReportRefused("unreadable", "The gzip stream is damaged.") from None
        started = True
        expanded += len(block)
        _check_ratio(expanded, min(read, size))
        if block:
            yield block
        waiting = expander.unconsumed_tail
        if expander.eof:
            waiting = expander.unused_data
            expander = zlib.decompressobj(wbits=31)
            started = False
    if started:
        raise ReportRefused("unreadable", "The gzip stream is cut off.")


def _check_ratio(expanded: int, read: int) -> None:
    """Refuse a bomb by what was read of it so far, before the whole of it is expanded."""
    if expanded > max(MAX_RATIO * read, RATIO_FROM_BYTES):
        raise ReportRefused("too_large", "The file expands out of all proportion.")


def unzstd(stream: IO[bytes], size: int) -> Iterator[bytes]:
    """Expand Zstandard, frame by frame, within the bounds; raises as `gunzip` does.

    A window beyond `MAX_WINDOW_LOG` is refused before memory is taken for it.
    """
    read = expanded = 0
    expander: zstd.ZstdDecompressor | None = None
    waiting = b""
    while waiting or _has_more(expander) or (waiting := stream.read(1 << 16)):
        read = max(read, stream.tell())
        expander = expander or zstd.ZstdDecompressor(
            options={zstd.DecompressionParameter.window_log_max: MAX_WINDOW_LOG}
        )
        try:
            block = expander.decompress(waiting, BLOCK_BYTES)
        except zstd.ZstdError as error:
            if "not enough memory" in str(error):
                raise MemoryError from None
            raise ReportRefused("unreadable", "The zstd stream is damaged.") from None
        expanded += len(block)
        _check_ratio(expanded, min(read, size))
        if block:
            yield block
        waiting = b""
        if expander.eof:
            waiting = expander.unused_data
            expander = None
    if expander is not None:
        raise ReportRefused("unreadable", "The zstd stream is cut off.")


def _has_more(expander: zstd.ZstdDecompressor | None) -> bool:
    """Whether an expander holds output back that needs no further input."""
    return expander is not None and not expander.needs_input


Expander = Callable[[IO[bytes], int], Iterator[bytes]]
COMPRESSIONS: Final[Mapping[str, Expander]] = {
    "": plain_stream,
    "gzip": gunzip,
    "zstd": unzstd,
}
# Fields that may come as JSON numbers; they are read by their digits, never as floats.
NUMERIC: Final = frozenset({"line_id", "quantity"})
_KNOWN: Final = frozenset(COLUMNS)


def prepare_csv(source: Path, compression: str, folder: Path) -> Plain:
    """Prove a CSV file's bytes and expand it into ``folder`` where it is compressed.

    Raises `ReportRefused` naming the line for bytes that no line may hold.
    """
    scan = Scan()
    return scan.result(expand(scan, source, compression, folder / "lines.csv"))


def expand(scan: "Scan", source: Path, compression: str, target: Path) -> Path:
    """Scan a file, expanding it into ``target`` where it is compressed; returns the plain one."""
    with source.open("rb") as stream:
        blocks = COMPRESSIONS[compression](stream, source.stat().st_size)
        if not compression:
            scan.read(blocks)
            return source
        with target.open("wb") as kept:
            scan.read(blocks, kept)
    return target


class Scan:
    """One pass over the bytes: hash, bounds, refused characters, kind of line end.

    ``rows_before`` is how many rows stand before the first line: that of the columns, or none.
    """

    def __init__(self, rows_before: int = 1) -> None:
        self._first_line = 1 - rows_before
        self._hash = hashlib.sha256()
        self.size = 0
        self.lines = 0
        self.carriage_returns = 0
        self.has_quotes = False
        self.first = b""

    def read(self, blocks: Iterable[bytes], kept: IO[bytes] | None = None) -> None:
        """Scan every block, writing it on where a file is given."""
        rest = b""
        for block in blocks:
            self.size += len(block)
            if self.size > MAX_EXPANDED_BYTES:
                raise ReportRefused("too_large")
            self._hash.update(block)
            if kept is not None:
                kept.write(block)
            # Cut at a line's end, so that neither a CRLF nor a character is ever split.
            whole, end, rest = (rest + block).rpartition(b"\n")
            self._lines(whole + end)
            if len(rest) > MAX_LINE_BYTES:
                raise ReportRefused(
                    "line_malformed",
                    lines=[blamed(self._first_line + self.lines, "line_too_long", too_long())],
                )
        self._lines(rest)

    def _lines(self, text: bytes) -> None:
        if not self.first and text:
            text = text.removeprefix(BOM)
            self.first = text.partition(b"\n")[0] or b"\n"
        found = None
        if len(text.translate(None, CONTROL_BYTES)) != len(text):
            found = CONTROL.search(text)
        elif not text.isascii():
            found = REFUSED_BYTES.search(text)
        if found:
            self._refuse(text, found)
        newlines = text.count(b"\n")
        # Looking for one is many times cheaper than counting none.
        returns = text.count(b"\r") if b"\r" in text else 0
        if returns and not returns == text.count(b"\r\n") == newlines:
            raise ReportRefused(
                "unreadable", "End every line alike: with LF, or with CRLF, but not with both."
            )
        self.carriage_returns += returns
        self.lines += newlines
        self.has_quotes = self.has_quotes or b'"' in text

    def _refuse(self, text: bytes, found: re.Match[bytes]) -> None:
        line = self._first_line + self.lines + text.count(b"\n", 0, found.start())
        shown = f"U+{ord(found.group().decode('utf-8')):04X}"
        raise ReportRefused(
            "characters_refused",
            lines=[blamed(line, "character_refused", f"Take out the character {shown}.")],
        )

    @property
    def sha256(self) -> str:
        """The SHA-256 of the bytes so far."""
        return self._hash.hexdigest()

    def require_one_line_end(self) -> None:
        """Raise `ReportRefused` if some lines end with LF and others with CRLF."""
        if self.carriage_returns not in {0, self.lines}:
            raise ReportRefused(
                "unreadable", "End every line alike: with LF, or with CRLF, but not with both."
            )

    def result(self, path: Path) -> Plain:
        """Return what was proved; raises `ReportRefused` if line ends differ or columns do."""
        self.require_one_line_end()
        return Plain(
            path=path,
            columns=read_columns(self.first.removesuffix(b"\r")),
            size=self.size,
            sha256=self.sha256,
            has_quotes=self.has_quotes,
        )


def too_long() -> str:
    """Say that a line is too long."""
    return f"The line is longer than {MAX_LINE_BYTES} bytes."


def read_columns(row: bytes) -> tuple[str, ...]:
    """Read the row of columns; raises `ReportRefused` unless it names exactly known ones."""
    try:
        text = row.decode("utf-8")
    except UnicodeDecodeError:
        raise ReportRefused("not_utf8", "The first line cannot be read.") from None
    if not text.strip():
        raise ReportRefused("empty", "The first line must name the columns.")
    names = tuple(next(csv.reader([text])))
    check_columns(names)
    return names


def check_columns(names: Sequence[str]) -> None:
    """Raise `ReportRefused` unless the columns are known, each stands once and none is missing."""
    unknown = [name for name in names if name not in COLUMNS]
    missing = [name for name in REQUIRED if name not in names]
    if unknown:
        raise ReportRefused("columns_wrong", f"Not known: {snippet(', '.join(unknown))}.")
    if missing:
        raise ReportRefused("columns_wrong", f"Missing: {', '.join(missing)}.")
    if len(set(names)) != len(names):
        raise ReportRefused("columns_wrong", "A column stands twice.")


# Between the lines and the fields of a text: characters that no field may hold.
LINE_END: Final = "\x1e"
FIELD_END: Final = "\x1f"


@dataclass(frozen=True, slots=True)
class Held:
    """Lines of a report small enough to be held: rows of texts in the order of ``columns``."""

    columns: tuple[str, ...]
    rows: list[list[str]]

    def column(self, name: str) -> list[str]:
        """Return one field of every line."""
        place = self.columns.index(name)
        return [row[place] for row in self.rows]


def prepare_json(lines: Any) -> Held:
    """Read lines that came as JSON; ``lines`` is what `strict.loads` returned.

    A field that is left out is an empty field. Raises `ReportRefused` naming the line where it is
    no object of texts and numbers, or longer than a line of a file may be.
    """
    if not isinstance(lines, list):
        raise ReportRefused("unreadable", "Write lines as a JSON array of objects.")
    if not lines:
        raise ReportRefused("empty")
    for number, line in enumerate(lines, start=1):
        require_fields(number, line)
    stated = set().union(*lines)
    columns = tuple(name for name in COLUMNS if name in REQUIRED or name in stated)
    return Held(columns, [[line.get(name, "") for name in columns] for line in lines])


def require_fields(number: int, line: Any) -> None:
    """Raise `ReportRefused`, naming the line, unless it is an object of known texts and numbers."""
    if not isinstance(line, dict):
        raise ReportRefused(
            "line_malformed", lines=[blamed(number, "object_expected", "Write an object.")]
        )
    if not line.keys() <= _KNOWN:
        unknown = sorted(line.keys() - _KNOWN)
        raise ReportRefused(
            "columns_wrong",
            lines=[blamed(number, "unknown_field", f"Not known: {snippet(', '.join(unknown))}.")],
        )
    size = 0
    for name, value in line.items():
        if type(value) is not str and not (type(value) is Number and name in NUMERIC):
            raise ReportRefused(
                "line_malformed",
                lines=[blamed(number, "text_expected", f"Write {name} as a text.")],
            )
        size += len(value)
    # A character has at most four bytes, so that hardly a line is ever encoded to be measured.
    if size * 4 > MAX_LINE_BYTES and sum(len(value.encode()) for value in line.values()) > (
        MAX_LINE_BYTES
    ):
        raise ReportRefused("line_malformed", lines=[blamed(number, "line_too_long", too_long())])
