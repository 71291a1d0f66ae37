"""Proving lines: text is read in one fixed dialect, and each line's first fault is kept."""

# ruff: noqa: S608 -- every inserted value is a constant of ours or goes through `quoted`

from collections.abc import Callable, Collection, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Final

from licensing.deals.terms.dimensions import LANGUAGE, MEDIUM
from licensing.deals.terms.uses import CONCRETE_USES
from licensing.errors import Fault
from licensing.evidence import Engine, Overflow, UnreadableInput, quoted
from licensing.territories import TERRITORIES
from licensing.usage.formats import MAX_LINE_BYTES, Plain
from licensing.usage.grant import GrantView
from licensing.usage.header import Header, plain
from licensing.usage.refusal import SHOWN, ReportRefused, blamed, snippet
from licensing.usage.vocabulary import OPTIONAL, UNITS


def normal_language(column: str) -> str:
    """Return the SQL that writes a language tag in the case of RFC 5646: ``zh-Hant``, ``en-GB``.

    What is no tag is left as it was written.
    """
    subtags = f"string_split(lower({column}), '-')"
    rest = (
        "CASE length(one) WHEN 2 THEN upper(one) WHEN 4 THEN upper(one[1]) || one[2:] ELSE one END"
    )
    return f"""
        CASE WHEN {column} = lower({column}) AND NOT contains({column}, '-')
                  OR NOT regexp_full_match({column}, {quoted(LANGUAGE)}) THEN {column}
             ELSE array_to_string(list_concat(
                 {subtags}[1:1], list_transform({subtags}[2:], lambda one: {rest})), '-')
        END
    """


def texts(values: Collection[str]) -> str:
    """Return texts as the inside of an SQL list."""
    return ", ".join(quoted(value) for value in sorted(values))


NORMAL: Final = {"language": normal_language("language")}
# What is wrong with an optional field that says something, in the order of the vocabulary.
WRONG: Final = (
    ("territory", f"territory NOT IN ({texts(TERRITORIES)}) THEN 'territory_unknown'"),
    (
        "language",
        f"NOT regexp_full_match(language, {quoted(LANGUAGE)}) THEN 'language_malformed'",
    ),
    ("media", f"NOT regexp_full_match(media, {quoted(MEDIUM)}) THEN 'media_malformed'"),
)
# Bytes of text that are held in memory for each byte that the engine may have; more go to disk.
HELD: Final = Decimal("0.5")
# Read again at once and thrown away: a search for a dictionary of texts that hardly repeat, and a
# closer compression, cost more than reading the file.
STAGED: Final = "FORMAT parquet, COMPRESSION snappy, DICTIONARY_SIZE_LIMIT 1000"


def stage(engine: Engine, source: Plain, grant: GrantView, path: Path) -> int:
    """Prove each field and keep the first fault of each line; returns the number of lines.

    The view ``staged`` then gives each line once, with its place in ``file_row_number``: from
    memory where there is room, which spares writing and reading, else from a file at ``path``.
    """
    said = [name for name in OPTIONAL if name in source.columns]
    held = _fits(engine, source.weight or source.size)
    proved = proved_lines(_reading(source), grant, said)
    try:
        engine.execute(
            f"CREATE TABLE proved AS {proved}"
            if held
            else f"COPY ({proved}) TO {quoted(path)} ({STAGED})"
        )
    except UnreadableInput as error:
        raise ReportRefused("unreadable", "It is not CSV as RFC 4180 describes it.") from error
    if source.texts is None:
        refuse_malformed(engine)
    _make_view(engine, said, path=None if held else path)
    lines = int(engine.execute("SELECT count(*) FROM staged").fetchall()[0][0])
    if lines == 0:
        raise ReportRefused("empty")
    if source.has_quotes:
        _refuse_line_breaks(engine)
    return lines


def _fits(engine: Engine, size: int) -> bool:
    """Whether lines of so many bytes can be held in memory beside what is done with them."""
    limit = engine.execute("SELECT parse_formatted_bytes(current_setting('memory_limit'))")
    return size < HELD * int(limit.fetchall()[0][0])


def proved_lines(
    reading: str, grant: GrantView, said: Collection[str], beside: Sequence[str] = ()
) -> str:
    """Return the SELECT that says of each line that is read what is wrong with it.

    ``said`` are the optional columns among those read as text; columns ``beside`` them are handed
    on as they are.
    """
    kept = "".join(f", {NORMAL.get(name, name)} AS {name}" for name in said)
    kept += "".join(f", {name}" for name in beside)
    return f"""
        SELECT line_id, work, "use", unit{kept}, quantity, sound,
               {_faults(grant, said)} AS fault, {_holds(grant, said)} AS hold
        FROM (
            SELECT *, regexp_full_match(quantity, '[0-9]{{1,24}}|[0-9]{{1,23}}\\.[0-9]{{1,6}}')
                      AND length(quantity) - CAST(contains(quantity, '.') AS INTEGER) <= 24
                      AS sound
            FROM ({reading})
        )
    """


def staged_lines(proved: str, said: Collection[str], place: str, beside: Sequence[str] = ()) -> str:
    """Return the SELECT that makes counts of texts and gives every optional column.

    ``place`` is the column in which ``proved`` counts its lines, from 0.
    """
    absent = "".join(f", CAST('' AS unsaid) AS {name}" for name in OPTIONAL if name not in said)
    given = "".join(f", {name}" for name in (*said, *beside))
    return f"""
        SELECT line_id, work, "use", unit{given}{absent},
               CASE WHEN sound THEN CAST(quantity AS DECIMAL(30, 6)) END AS quantity,
               CASE WHEN NOT sound THEN quantity END AS quantity_text,
               fault, hold, {place} AS file_row_number
        FROM {proved}
    """


# An enumeration goes into Parquet by its numbers, where a text is hashed line by line.
UNSAID: Final = "CREATE TYPE unsaid AS ENUM ('')"


def _make_view(engine: Engine, said: Collection[str], *, path: Path | None) -> None:
    engine.execute(UNSAID)
    place, read = "rowid", "proved"
    if path is not None:
        place, read = "file_row_number", f"read_parquet({quoted(path)}, file_row_number = true)"
    engine.execute(f"CREATE VIEW staged AS {staged_lines(read, said, place)}")


def _reading(source: Plain) -> str:
    """Return the SELECT that reads the columns of the file as text."""
    if source.texts is not None:
        read = ", ".join(f'{text} AS "{name}"' for name, text in source.texts.items())
        return f"SELECT {read} FROM read_parquet({quoted(source.path)})"
    columns = ", ".join(f"{quoted(name)}: 'VARCHAR'" for name in source.columns)
    names = ", ".join(quoted(name) for name in source.columns)
    return f"""
        FROM read_csv(
            {quoted(source.path)}, auto_detect = false, columns = {{{columns}}},
            header = false, skip = 1, delim = ',', quote = '"', escape = '"',
            force_not_null = [{names}],
            strict_mode = true, null_padding = false, max_line_size = {MAX_LINE_BYTES},
            store_rejects = true, rejects_limit = {SHOWN}, rejects_line_size_limit = 200
        )
    """


def _faults(grant: GrantView, said: Collection[str]) -> str:
    """Return the CASE for what makes a line unusable, in the order of the vocabulary."""
    units = texts({*UNITS, *grant.units})
    # An unstated field is tried first, for it is the cheapest answer and by far the commonest.
    cases = "".join(f"WHEN {name} <> '' AND {wrong} " for name, wrong in WRONG if name in said)
    return f"""
        CASE WHEN line_id = '' OR length(line_id) > 200 THEN 'line_id_missing'
             WHEN NOT sound THEN 'quantity_invalid'
             WHEN unit NOT IN ({units}) THEN 'unit_unknown'
             WHEN "use" NOT IN ({texts(CONCRETE_USES)}) THEN 'use_unknown'
             WHEN length(work) > 300
                  OR NOT regexp_matches(work, '^[A-Za-z][A-Za-z0-9_]{{0,15}}:[^ ]')
                  THEN 'work_malformed'
             {cases}
        END
    """


def _holds(grant: GrantView, said: Collection[str]) -> str:
    """Return the CASE for what the licence does not grant."""
    if not grant.in_term:
        return "'period_out_of_term'"
    if not grant.model_granted:
        return "'model_not_granted'"
    priced = " OR ".join(
        f'"use" = {quoted(use)} AND unit = {quoted(unit)}' for use, unit in sorted(grant.priced)
    )
    cases = f"""
        WHEN "use" NOT IN ({texts(grant.uses | {""})}) THEN 'use_not_granted'
        WHEN "use" NOT IN ({texts(grant.priced_by_any_unit | {""})})
             AND NOT ({priced or "false"}) THEN 'unit_not_priced'
    """
    if grant.territories and "territory" in said:
        cases += f"""
            WHEN territory NOT IN ('', {texts(grant.territories)}) THEN 'territory_not_granted'
        """
    if grant.media and "media" in said:
        cases += f"WHEN media NOT IN ('', {texts(grant.media)}) THEN 'media_not_granted'"
    return f"CASE {cases} END"


def refuse_malformed(engine: Engine, rows_before: int = 1) -> None:
    """Refuse the report if the reader had to leave out a single line."""
    rows = engine.execute(
        "SELECT line, error_type, csv_line FROM reject_errors ORDER BY line, column_idx"
    ).fetchall()
    if not rows:
        return
    code = (
        "not_utf8" if all(kind == "INVALID ENCODING" for _, kind, _ in rows) else "line_malformed"
    )
    faults: dict[int, Fault] = {}
    for line, kind, text in rows:
        faults.setdefault(line, blamed(line - rows_before, _kind(kind), snippet(text or "")))
    raise ReportRefused(code, lines=list(faults.values()))


def _kind(kind: str) -> str:
    return kind.lower().replace(" ", "_")


def _refuse_line_breaks(engine: Engine) -> None:
    """Refuse quoted line breaks: no field of a line holds one."""
    row = engine.execute(
        """
        SELECT file_row_number + 1 FROM staged
        WHERE regexp_matches(
            concat_ws('', line_id, work, "use", unit, territory, language, media, note,
                      quantity_text), '[\\r\\n]')
        ORDER BY 1 LIMIT 1
        """
    ).fetchone()
    if row:
        raise ReportRefused(
            "characters_refused",
            lines=[blamed(row[0], "character_refused", "Take the line break out of the field.")],
        )


def received(engine: Engine) -> dict[str, Decimal]:
    """Return the exact quantity per unit over every line whose quantity can be read."""
    try:
        rows = engine.execute(
            """
            SELECT unit, sum(quantity) FROM staged WHERE quantity IS NOT NULL
            GROUP BY unit ORDER BY unit LIMIT 1000
            """
        ).fetchall()
    except Overflow:
        raise ReportRefused("quantity_overflow") from None
    return dict(rows)


# The lines that may be why the quantities disagree, of those staged.
DOUBTFUL: Final = f"""
    SELECT file_row_number + 1, fault, coalesce(quantity_text, unit) FROM staged
    WHERE fault IN ('quantity_invalid', 'unit_unknown') ORDER BY 1 LIMIT {SHOWN}
"""
Doubtful = Sequence[tuple[int, str, str]]


def compare(
    header: Header,
    lines: int,
    quantity: Mapping[str, Decimal],
    doubtful: Callable[[], Doubtful],
) -> None:
    """Compare the control totals; a line that cannot be read is named as the likely cause.

    ``doubtful`` runs `DOUBTFUL` where they disagree.
    """
    if lines != header.lines:
        raise ReportRefused(
            "lines_disagree", f"The header says {header.lines}; the file has {lines}."
        )
    if dict(quantity) == dict(header.quantity):
        return
    units = sorted({*quantity, *header.quantity})[:SHOWN]
    differences = [
        f"{snippet(unit)}: the header says {plain(header.quantity.get(unit, Decimal(0)))}, "
        f"the lines sum to {plain(quantity.get(unit, Decimal(0)))}"
        for unit in units
        if quantity.get(unit) != header.quantity.get(unit)
    ]
    faults = [blamed(line, fault, snippet(text)) for line, fault, text in doubtful()]
    raise ReportRefused("quantity_disagrees", "; ".join(differences) + ".", faults)
