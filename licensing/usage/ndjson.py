"""NDJSON, proved as text: a line is one flat object of known names, so a pattern describes it.

The engine's own JSON reader takes NaN, trailing commas and floats and is asked only for the texts
of a line that the pattern has proved; numbers are taken by their digits. What the pattern refuses
is read again by `strict`, a few lines at most, to say why in the words of a JSON report.
"""

# ruff: noqa: S608 -- every inserted value is a constant of ours or goes through `quoted`

from pathlib import Path
from typing import Final

from licensing import evidence
from licensing.errors import Fault
from licensing.evidence import Engine, EngineError, OutOfMemory, quoted
from licensing.strict_json import MalformedJson
from licensing.usage import proving, strict
from licensing.usage.formats import MAX_LINE_BYTES, NUMERIC, Plain, Scan, expand, require_fields
from licensing.usage.refusal import SHOWN, ReportRefused, blamed
from licensing.usage.vocabulary import COLUMNS

_HEX: Final = "[0-9a-fA-F]"
# Escapes of control characters and of half a surrogate pair are left out, as `strict` refuses them.
_ESCAPE: Final = (
    rf'\\["\\/]|\\u(?:00[2-9a-fA-F]|0[1-9a-fA-F]{_HEX}|[1-9a-cefA-CEF]{_HEX}{{2}}|[dD][0-7]{_HEX})'
    rf"{_HEX}|\\u[dD][89abAB]{_HEX}{{2}}\\u[dD][c-fC-F]{_HEX}{{2}}"
)
_TEXT: Final = rf'"(?:[^"\\]|{_ESCAPE})*"'
_NUMBER: Final = r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?"
_NUMERIC: Final = "|".join(sorted(NUMERIC))
_OTHERS: Final = "|".join(name for name in COLUMNS if name not in NUMERIC)
_PAIR: Final = rf'(?:"(?:{_NUMERIC})" *: *(?:{_TEXT}|{_NUMBER})|"(?:{_OTHERS})" *: *{_TEXT})'
_OBJECT: Final = rf" *\{{ *(?:{_PAIR}(?: *, *{_PAIR})*)? *\}} *"
_CODES: Final = {"character_refused": "characters_refused", "unknown_field": "columns_wrong"}


def prepare_ndjson(source: Path, compression: str, folder: Path) -> Plain:
    """Prove lines of JSON objects and write their fields as texts into ``folder``.

    A field that is left out is an empty field. Raises `ReportRefused` naming the lines.
    """
    scan = Scan(rows_before=0)
    lines = expand(scan, source, compression, folder / "lines.ndjson")
    scan.require_one_line_end()
    if not scan.first.strip():
        raise ReportRefused("empty")
    path = folder / "texts.parquet"
    with evidence.engine(folder, reads=[lines]) as engine:
        try:
            engine.execute(_statement(lines, path))
        except OutOfMemory:
            raise
        except EngineError as error:
            raise ReportRefused("unreadable", "It is not one JSON object per line.") from error
        proving.refuse_malformed(engine, rows_before=0)
        _refuse_unproved(engine, path)
    texts = {name: f'"{name}"' for name in COLUMNS}
    return Plain(path, COLUMNS, scan.size, scan.sha256, has_quotes=False, texts=texts)


def _statement(lines: Path, path: Path) -> str:
    """Return the COPY that takes each line apart; ``refused`` holds a line that is not proved."""
    paths = ", ".join(quoted(f"$.{name}") for name in COLUMNS)
    fields = ", ".join(
        f"coalesce({_digits(name)}texts[{place}], '') AS {quoted_name(name)}"
        for place, name in enumerate(COLUMNS, start=1)
    )
    return f"""
        COPY (
            SELECT {fields},
                   CASE WHEN NOT regular
                             OR len(names) <> len(list_filter(texts, lambda one: one IS NOT NULL))
                             OR contains(line, '\\u')
                                AND regexp_matches(array_to_string(texts, ''), {refused_pattern()})
                        THEN line END AS refused
            FROM (
                SELECT *, json_extract_string(proved, [{paths}]) AS texts,
                       json_keys(proved) AS names
                FROM (
                    SELECT *, CASE WHEN regular THEN line ELSE '{{}}' END AS proved
                    FROM (
                        SELECT line, regexp_full_match(line, {quoted(_OBJECT)}) AS regular
                        FROM read_csv(
                            {quoted(lines)}, auto_detect = false, columns = {{line: 'VARCHAR'}},
                            header = false, delim = '\x01', quote = '', escape = '',
                            force_not_null = ['line'], strict_mode = true, null_padding = false,
                            max_line_size = {MAX_LINE_BYTES}, store_rejects = true,
                            rejects_limit = {SHOWN}, rejects_line_size_limit = 200
                        )
                    )
                )
            )
        ) TO {quoted(path)} (FORMAT parquet)
    """


def quoted_name(name: str) -> str:
    """Return a column's name for a statement."""
    return f'"{name}"'


def _digits(name: str) -> str:
    """Return the SQL for a number as it was written, which a text's own quotes cannot imitate."""
    if name not in NUMERIC:
        return ""
    pattern = rf'"{name}" *: *([-0-9][-+.0-9eE]*)'
    return f"nullif(regexp_extract(proved, {quoted(pattern)}, 1), ''), "


def refused_pattern() -> str:
    """Return the pattern of refused characters as the engine writes it."""
    written = "".join(
        char if char.isascii() and char.isprintable() else f"\\x{{{ord(char):x}}}"
        for char in strict.REFUSED.pattern
    )
    return quoted(written)


def _refuse_unproved(engine: Engine, path: Path) -> None:
    rows = engine.execute(
        f"""
        SELECT file_row_number + 1, refused
        FROM read_parquet({quoted(path)}, file_row_number = true)
        WHERE refused IS NOT NULL ORDER BY 1 LIMIT {SHOWN}
        """
    ).fetchall()
    if not rows:
        return
    faults = [_fault(number, text) for number, text in rows]
    raise ReportRefused(_CODES.get(faults[0].code, "line_malformed"), lines=faults)


def _fault(number: int, text: str) -> Fault:
    """Say what is wrong with a line, as a JSON report of that line would be answered."""
    try:
        require_fields(number, strict.loads(text.encode()))
    except MalformedJson as malformed:
        return blamed(number, malformed.faults[0].code, malformed.detail)
    except ReportRefused as refused:
        return refused.faults[0]
    return blamed(number, "name_escaped", "Write the names of fields without escapes.")
