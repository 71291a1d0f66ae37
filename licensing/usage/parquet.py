"""Parquet, proved by its footer before a page of it is read: shape, types, bounds.

A file declares its own types, so only those are taken that hold a text or an exact number. The
SHA-256 of such a report is that of the file itself, for it has no lines of bytes to be hashed.
"""

# ruff: noqa: S608 -- every inserted value is a constant of ours or goes through `quoted`

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from licensing import evidence
from licensing.evidence import Engine, EngineError, OutOfMemory, quoted
from licensing.usage import strict
from licensing.usage.formats import (
    MAX_EXPANDED_BYTES,
    MAX_LINE_BYTES,
    MAX_RATIO,
    NUMERIC,
    RATIO_FROM_BYTES,
    Plain,
    check_columns,
    too_long,
)
from licensing.usage.ndjson import quoted_name, refused_pattern
from licensing.usage.proving import STAGED
from licensing.usage.refusal import ReportRefused, blamed, snippet
from licensing.usage.vocabulary import COLUMNS

MAGIC: Final = b"PAR1"
_TAIL_BYTES: Final = len(MAGIC) + 4
MAX_FOOTER_BYTES: Final = 64 << 20
MAX_ROW_GROUPS: Final = 10_000
WHOLE: Final = frozenset(
    f"{sign}{size}" for sign in ("", "U") for size in ("TINYINT", "SMALLINT", "INTEGER", "BIGINT")
)
_DECIMAL: Final = re.compile(r"DECIMAL\([0-9]+,(?P<scale>[0-9]+)\)")


def prepare_parquet(source: Path, compression: str, folder: Path) -> Plain:
    """Prove a Parquet file; a NULL is an empty field.

    Raises `ReportRefused` for a file that is encrypted, damaged, nested, of other columns or types
    than a report's, or larger inside than it may be.
    """
    if compression:
        raise ReportRefused("unreadable", "Parquet is compressed inside; send the file as it is.")
    _check_ends(source)
    path = folder / "texts.parquet"
    with evidence.engine(folder, reads=[source]) as engine:
        try:
            _check_footer(engine, source)
            texts = _texts(engine, source)
            weight = _check_lines(engine, source, texts)
            _rewrite(engine, source, texts, path)
        except OutOfMemory:
            raise
        except EngineError as error:
            raise _damaged(error) from error
    with source.open("rb") as stream:
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    size = source.stat().st_size
    names = {name: quoted_name(name) for name in texts}
    return Plain(path, tuple(texts), size, sha256, has_quotes=False, texts=names, weight=weight)


def _damaged(error: EngineError) -> ReportRefused:
    if "not valid UTF8" in str(error):
        return ReportRefused("not_utf8")
    return ReportRefused("unreadable", "The Parquet file is damaged.")


def _check_ends(source: Path) -> None:
    """Refuse what has not the ends of a Parquet file, or a footer beyond bounds."""
    size = source.stat().st_size
    with source.open("rb") as stream:
        head = stream.read(len(MAGIC))
        stream.seek(max(0, size - _TAIL_BYTES))
        tail = stream.read(_TAIL_BYTES)
    if b"PARE" in {head, tail[4:]}:
        raise ReportRefused("unreadable", "The file is encrypted; send it without encryption.")
    if head != MAGIC or tail[4:] != MAGIC:
        raise ReportRefused("unreadable", "It is no Parquet file, or it is cut off.")
    if int.from_bytes(tail[:4], "little") > min(MAX_FOOTER_BYTES, size - _TAIL_BYTES):
        raise ReportRefused("unreadable", "The Parquet file's footer is too long.")


def _check_footer(engine: Engine, source: Path) -> None:
    """Refuse encryption, and more row groups, lines or bytes than the size of the file allows."""
    lines, groups, encryption = _row(
        engine,
        f"""
        SELECT num_rows, num_row_groups, encryption_algorithm
        FROM parquet_file_metadata({quoted(source)})
        """,
    )
    if encryption is not None:
        raise ReportRefused("unreadable", "The file is encrypted; send it without encryption.")
    if groups > MAX_ROW_GROUPS:
        raise ReportRefused("too_large", f"Write at most {MAX_ROW_GROUPS} row groups.")
    if lines == 0:
        raise ReportRefused("empty")
    (expanded,) = _row(
        engine,
        f"SELECT sum(total_uncompressed_size) FROM parquet_metadata({quoted(source)})",
    )
    # As text, a line has at least a byte per column.
    _check_expansion(source, max(expanded or 0, lines * len(COLUMNS)))


def _check_expansion(source: Path, expanded: int) -> None:
    if expanded > MAX_EXPANDED_BYTES:
        raise ReportRefused("too_large")
    if expanded > max(MAX_RATIO * source.stat().st_size, RATIO_FROM_BYTES):
        raise ReportRefused("too_large", "The file expands out of all proportion.")


def _texts(engine: Engine, source: Path) -> dict[str, str]:
    """Return the SQL that reads each column as a text; refuses every type that is not exact."""
    root, *columns = engine.execute(
        f"""
        SELECT name, duckdb_type, coalesce(num_children, 0), repetition_type
        FROM parquet_schema({quoted(source)}) LIMIT 100
        """
    ).fetchall()
    if root[2] != len(columns) or any(
        children or repetition == "REPEATED" for _, _, children, repetition in columns
    ):
        raise ReportRefused("columns_wrong", "Write plain columns, without nesting.")
    check_columns([name for name, *_ in columns])
    return {name: _text(name, kind or "") for name, kind, *_ in columns}


def _text(name: str, kind: str) -> str:
    read = f"coalesce(CAST({quoted_name(name)} AS VARCHAR), '')"
    if kind == "VARCHAR" or (name in NUMERIC and kind in WHOLE):
        return read
    decimal = _DECIMAL.fullmatch(kind)
    if decimal and name == "quantity":
        return f"rtrim(rtrim({read}, '0'), '.')" if int(decimal["scale"]) else read
    raise ReportRefused(
        "columns_wrong",
        f"{name} is {snippet(kind or 'of no type')}. Write text; quantity also as whole numbers or "
        "decimals, line_id also as whole numbers; never as floats.",
    )


def _check_lines(engine: Engine, source: Path, texts: dict[str, str]) -> int:
    """Refuse lines that are too long or hold refused characters, before any is written on.

    Returns the bytes of the lines as text.
    """
    sizes = " + ".join(f"strlen({text}) + 1" for text in texts.values())
    longest, expanded, line = _row(
        engine,
        f"""
        SELECT max(size), sum(size), arg_max(line, size) FROM (
            SELECT {sizes} AS size, file_row_number + 1 AS line
            FROM read_parquet({quoted(source)}, file_row_number = true)
        )
        """,
    )
    if longest > MAX_LINE_BYTES:
        raise ReportRefused("line_malformed", lines=[blamed(line, "line_too_long", too_long())])
    _check_expansion(source, int(expanded))
    refused = " OR ".join(f"regexp_matches({text}, {refused_pattern()})" for text in texts.values())
    rows = engine.execute(
        f"""
        SELECT file_row_number + 1, concat({", ".join(texts.values())})
        FROM read_parquet({quoted(source)}, file_row_number = true)
        WHERE {refused} ORDER BY 1 LIMIT 1
        """
    ).fetchall()
    for number, text in rows:
        shown = strict.refused_character(text)
        raise ReportRefused(
            "characters_refused",
            lines=[blamed(number, "character_refused", f"Take out the character {shown}.")],
        )
    return int(expanded)


def _rewrite(engine: Engine, source: Path, texts: dict[str, str], path: Path) -> None:
    """Write the texts into a file of our own, so that nobody has to open the sender's again."""
    read = ", ".join(f"{text} AS {quoted_name(name)}" for name, text in texts.items())
    engine.execute(
        f"COPY (SELECT {read} FROM read_parquet({quoted(source)})) TO {quoted(path)} ({STAGED})"
    )


def _row(engine: Engine, statement: str) -> Sequence[Any]:
    row: Sequence[Any] = engine.execute(statement).fetchall()[0]
    return row
