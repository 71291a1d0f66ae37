"""Judging the lines of a small report in one statement that the engine has planned before.

What is asked of a line is written once, in `proving` and `judging`; here it is only put together
for lines that fit into one text: nothing is written to be read back, the works are looked up
before, and one pass gives verdicts, control totals and what a receipt is priced from.
"""

# ruff: noqa: S608 -- every inserted value is a constant of ours or goes through `quoted`

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Context, Decimal, localcontext
from functools import lru_cache
from pathlib import Path
from shutil import move
from typing import Any, Final

from licensing import evidence
from licensing.evidence import Rehearsed, quoted
from licensing.usage import judging, proving
from licensing.usage.formats import FIELD_END, LINE_END, Held
from licensing.usage.grant import GrantView
from licensing.usage.header import Header
from licensing.usage.judging import Catalogue, Total
from licensing.usage.vocabulary import OPTIONAL, Verdict

TABLES: Final = (
    proving.UNSAID,
    *judging.TYPES,
    """
    CREATE TABLE judged (
        line_no BIGINT, line_id VARCHAR, work VARCHAR, work_id BIGINT, "use" VARCHAR, unit VARCHAR,
        quantity DECIMAL(30, 6), quantity_text VARCHAR, territory VARCHAR, language VARCHAR,
        media VARCHAR, note VARCHAR, code code, verdict verdict
    )
    """,
)
SUMS: Final = """
    SELECT verdict, code, "use", unit, territory, language, media, quantity IS NULL, count(*),
           coalesce(sum(quantity), 0)
    FROM judged GROUP BY ALL
"""
# What a line's work was looked up as: its id, and one word about it.
FOUND: Final = ("found_id", "found")
MALFORMED: Final = "malformed"
GRANTED: Final = "granted"
INFRINGING: Final = "infringing"
KEPT: Final = "FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1"
# Sums of 10,000 quantities of 24 digits are exact in far fewer digits.
EXACT: Final = Context(prec=60)


Covered = Callable[[Collection[int]], Collection[int]]
"""Says which of some works the licence covers."""


@dataclass(frozen=True, slots=True)
class Counted:
    """Accepted lines of one use and unit that say the same of themselves, and their quantity."""

    use: str
    unit: str
    territory: str
    language: str
    media: str
    quantity: Decimal


@dataclass(slots=True)
class Part:
    """Lines and their quantity, added up."""

    lines: int = 0
    quantity: Decimal = Decimal(0)

    def add(self, lines: int, quantity: Decimal) -> None:
        """Add some."""
        self.lines += lines
        self.quantity += quantity


@dataclass(frozen=True, slots=True)
class Sums:
    """What the lines of a report come to."""

    lines: int
    quantity: Mapping[str, Decimal]
    totals: tuple[Total, ...]
    counted: tuple[Counted, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """What a verdict depends on beside the line: catalogue, grant, and what was infringed."""

    grant: GrantView
    catalogue: Catalogue
    covered: Covered
    infringing: frozenset[str]


def judge(lines: Held, header: Header, known: Known, path: Path) -> Sums:
    """Judge every line and write them to ``path`` as Parquet.

    Raises `ReportRefused` where the control totals disagree.
    """
    repeats = len(set(lines.column("line_id"))) < len(lines.rows)
    text = _written(lines, known)
    with evidence.rehearsed(TABLES) as engine:
        engine.ask(_judging(known.grant, lines.columns, repeats=repeats), text)
        sums = _summed(engine.ask(SUMS))
        doubtful = _doubtful(known.grant, lines.columns)
        proving.compare(header, sums.lines, sums.quantity, lambda: engine.ask(doubtful, text))
        _write(engine, path)
    return sums


def _written(lines: Held, known: Known) -> str:
    """Return the lines as one text, each with what its work was looked up as."""
    place = lines.columns.index("work")
    found = _looked_up({row[place] for row in lines.rows}, known)
    return LINE_END.join(FIELD_END.join((*row, *found[row[place]])) for row in lines.rows)


def _looked_up(works: Iterable[str], known: Known) -> dict[str, tuple[str, str]]:
    """Return each work's id, or nothing, and the word about it."""
    names = sorted(works)
    ids, malformed = judging.look_up(known.catalogue, names)
    covered = known.covered(set(ids.values()))
    found = {}
    for name in names:
        work_id = ids.get(name)
        word = ""
        if name in malformed:
            word = MALFORMED
        elif work_id in covered:
            word = GRANTED
        elif known.infringing and known.catalogue.normalised(name) in known.infringing:
            word = INFRINGING
        found[name] = "" if work_id is None else str(work_id), word
    return found


@lru_cache(maxsize=256)
def _staged(grant: GrantView, columns: tuple[str, ...]) -> str:
    """Return the SELECT that takes the text apart and proves each field."""
    said = [name for name in OPTIONAL if name in columns]
    fields = ", ".join(
        f'fields[{place}] AS "{name}"' for place, name in enumerate((*columns, *FOUND), start=1)
    )
    reading = f"""
        SELECT place, {fields} FROM (
            SELECT place - 1 AS place, string_split(line, {quoted(FIELD_END)}) AS fields FROM (
                SELECT unnest(lines) AS line, generate_subscripts(lines, 1) AS place
                FROM (SELECT string_split($1::VARCHAR, {quoted(LINE_END)}) AS lines)
            )
        )
    """
    proved = proving.proved_lines(reading, grant, said, ("place", *FOUND))
    return proving.staged_lines(f"({proved})", said, "place", FOUND)


@lru_cache(maxsize=256)
def _judging(grant: GrantView, columns: tuple[str, ...], *, repeats: bool) -> str:
    """Return the statement that fills ``judged``."""
    found = f"""
        SELECT * EXCLUDE (work_id), work_id AS found_id,
               CASE WHEN found = {quoted(INFRINGING)} THEN 'work_infringing'
                    ELSE {judging.WORK_CODE} END AS work_code
        FROM (
            SELECT * EXCLUDE (found_id), try_cast(found_id AS BIGINT) AS work_id,
                   found = {quoted(MALFORMED)} AS is_malformed,
                   found = {quoted(GRANTED)} AS is_granted
            FROM staged
        )
    """
    repeated = judging.marked(judging.REPEATED) if repeats else "NULL"
    return f"""
        INSERT INTO judged
        WITH staged AS {"MATERIALIZED" if repeats else ""} ({_staged(grant, columns)})
        {judging.judged_lines(found, repeated)}
    """


@lru_cache(maxsize=256)
def _doubtful(grant: GrantView, columns: tuple[str, ...]) -> str:
    return f"WITH staged AS ({_staged(grant, columns)}) {proving.DOUBTFUL}"


def _write(engine: Rehearsed, path: Path) -> None:
    """Write what was judged; the engine writes in its own folder, to a name it knows."""
    made = engine.folder / "lines.parquet"
    engine.ask(f"COPY judged TO {quoted(made)} ({KEPT})")
    move(made, path)


def _summed(rows: Iterable[tuple[Any, ...]]) -> Sums:
    """Add the sums up by what each reader of them tells apart."""
    quantity: dict[str, Decimal] = defaultdict(Decimal)
    totals: dict[tuple[str, str, str], Part] = defaultdict(Part)
    counted = []
    lines = 0
    with localcontext(EXACT):
        for row in rows:
            verdict, code, use, unit, territory, language, media, is_unread, number, total = row
            lines += number
            if not is_unread:
                quantity[unit] += total
            totals[verdict, code, "" if is_unread else unit].add(number, total)
            if verdict == Verdict.ACCEPTED:
                counted.append(Counted(use, unit, territory, language, media, total))
    by_verdict = (
        Total(Verdict(verdict), code, unit, part.lines, part.quantity)
        for (verdict, code, unit), part in sorted(totals.items())
    )
    return Sums(lines, dict(quantity), tuple(by_verdict), tuple(counted))
