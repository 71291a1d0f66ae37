"""Judging lines: each distinct work is matched once, then every line gets its verdict."""

# ruff: noqa: S608 -- every inserted value is a constant of ours or goes through `quoted`

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Final, Protocol

from licensing.evidence import Engine, quoted
from licensing.usage.proving import texts
from licensing.usage.vocabulary import BY_CODE, LINE_CODES, Verdict

# Up to here distinct works are looked up by name; beyond, an index of the catalogue is joined.
LOOK_UP_AT_ONCE: Final = 50_000
# A search for a dictionary of texts that hardly repeat costs more than the file saves by it.
KEPT: Final = "FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, DICTIONARY_SIZE_LIMIT 1000"
# What Parquet holds by its numbers, where a text is hashed line by line.
TYPES: Final = (
    f"CREATE TYPE verdict AS ENUM ({texts([one.value for one in Verdict])})",
    f"CREATE TYPE code AS ENUM ({texts({'', *BY_CODE})})",
)
REJECTING: Final = texts({one.code for one in LINE_CODES if one.verdict is Verdict.REJECTED})
# What is wrong with a work that was looked up.
WORK_CODE: Final = """
    CASE WHEN is_malformed THEN 'work_malformed'
         WHEN work_id IS NULL THEN 'work_unknown'
         WHEN NOT is_granted THEN 'work_not_granted' END
"""
# The lines that carry an id which others carry too, of those staged.
REPEATED: Final = """
    SELECT line_id FROM staged WHERE fault IS DISTINCT FROM 'line_id_missing'
    GROUP BY line_id HAVING count(*) > 1
"""
# The codes of works that no licence covers as far as is known.
UNLICENSED: Final = frozenset({"work_unknown", "work_not_granted"})


class Catalogue(Protocol):
    """What the intake asks of the catalogue."""

    def find(self, names: Sequence[str]) -> Mapping[str, int]:
        """Return the work ids of normalised names such as ``isbn:9784…``; unknown ones absent."""

    def normalised(self, name: str) -> str | None:
        """Return a name as the catalogue writes it, or nothing if it cannot be one."""

    def write_index(self, path: Path) -> bool:
        """Write every (name, work_id) as CSV without a header; false where that is not offered."""


@dataclass(frozen=True, slots=True)
class Total:
    """Lines and their quantity under one verdict, code and unit.

    ``quantity`` is exact; lines whose quantity could not be read count as lines only.
    """

    verdict: Verdict
    code: str
    unit: str
    lines: int
    quantity: Decimal


def match(engine: Engine, catalogue: Catalogue, works: Path, index: Path) -> None:
    """Make the table ``matched``: each distinct work as written, its id, whether it is granted."""
    engine.execute(
        "CREATE TABLE asked AS "
        "SELECT DISTINCT work FROM staged WHERE fault IS NULL AND hold IS NULL"
    )
    engine.execute("CREATE TABLE found (work VARCHAR, work_id BIGINT, is_malformed BOOLEAN)")
    if engine.execute("SELECT count(*) FROM asked").fetchall()[0][0] > LOOK_UP_AT_ONCE:
        _join_index(engine, catalogue, index)
    for names in _batches(engine):
        _find(engine, catalogue, names)
    engine.execute(
        f"""
        CREATE TABLE matched AS
        SELECT work, work_id, {WORK_CODE} AS code
        FROM (
            SELECT found.*, granted.work_id IS NOT NULL AS is_granted FROM found
            LEFT JOIN (SELECT DISTINCT work_id FROM read_parquet({quoted(works)})) AS granted
                ON granted.work_id = found.work_id
        )
        """
    )


def _join_index(engine: Engine, catalogue: Catalogue, index: Path) -> None:
    """Find in one join what is written as the catalogue writes it, and leave the rest asked."""
    if not catalogue.write_index(index):
        return
    engine.execute(
        f"""
        INSERT INTO found SELECT asked.work, work_id, false FROM asked
        JOIN read_csv({quoted(index)}, auto_detect = false, header = false, delim = ',',
                      quote = '"', escape = '"',
                      columns = {{'work': 'VARCHAR', 'work_id': 'BIGINT'}}) AS known
            ON known.work = asked.work
        """
    )
    engine.execute("DELETE FROM asked WHERE work IN (SELECT work FROM found)")


def _batches(engine: Engine) -> Iterator[list[str]]:
    """Yield the distinct works in bounded batches, from a cursor of their own."""
    cursor = engine.cursor()
    cursor.execute("SELECT work FROM asked")
    while rows := cursor.fetchmany(LOOK_UP_AT_ONCE):
        yield [row[0] for row in rows]


def _find(engine: Engine, catalogue: Catalogue, names: list[str]) -> None:
    """Put what one batch is looked up as into ``found``."""
    ids, malformed = look_up(catalogue, names)
    engine.execute(
        "INSERT INTO found "
        "SELECT unnest($1::VARCHAR[]), unnest($2::BIGINT[]), unnest($3::BOOLEAN[])",
        [names, [ids.get(name) for name in names], [name in malformed for name in names]],
    )


def look_up(
    catalogue: Catalogue, names: Sequence[str]
) -> tuple[Mapping[str, int], Collection[str]]:
    """Return the works of names, and which names cannot be any.

    A name is looked up as written first, then, if it is not found so, normalised.
    """
    ids = dict(catalogue.find(names))
    rest = {name: catalogue.normalised(name) for name in names if name not in ids}
    normalised = sorted({name for written, name in rest.items() if name and name != written})
    by_normal = catalogue.find(normalised) if normalised else {}
    ids |= {
        written: by_normal[name] for written, name in rest.items() if name and name in by_normal
    }
    return ids, {written for written, name in rest.items() if name is None}


def mark_infringing(engine: Engine, catalogue: Catalogue, names: Collection[str]) -> None:
    """Give works without a licence that bear one of these normalised names a code of their own."""
    if not names:
        return
    cursor = engine.cursor()
    cursor.execute(f"SELECT work FROM matched WHERE code IN ({texts(UNLICENSED)})")
    while rows := cursor.fetchmany(LOOK_UP_AT_ONCE):
        marked = [work for (work,) in rows if catalogue.normalised(work) in names]
        engine.execute(
            "UPDATE matched SET code = 'work_infringing' "
            "WHERE work IN (SELECT unnest($1::VARCHAR[]))",
            [marked],
        )


def judge(engine: Engine, path: Path) -> None:
    """Write every line with its verdict, in the order in which it came."""
    repeated = _repeated(engine)
    for made in TYPES:
        engine.execute(made)
    found = """
        SELECT staged.*, matched.work_id AS found_id, matched.code AS work_code
        FROM staged LEFT JOIN matched ON matched.work = staged.work
    """
    engine.execute(f"COPY ({judged_lines(found, repeated)}) TO {quoted(path)} ({KEPT})")


def judged_lines(found: str, repeated: str) -> str:
    """Return the SELECT that gives each line its verdict.

    ``found`` is a SELECT of the lines staged, each with what its work was looked up as in
    ``found_id`` and ``work_code``; ``repeated`` the expression that marks repeated line ids.
    """
    return f"""
        SELECT line_no, line_id, work, work_id, "use", unit, quantity, quantity_text,
               territory, language, media, note,
               CASE WHEN why IS NULL THEN CAST('' AS code) ELSE CAST(why AS code) END AS code,
               CASE WHEN why IS NULL THEN CAST('accepted' AS verdict)
                    WHEN why IN ({REJECTING}) THEN CAST('rejected' AS verdict)
                    ELSE CAST('quarantined' AS verdict) END AS verdict
        FROM (
            SELECT file_row_number + 1 AS line_no, line_id, work, "use", unit,
                   quantity, quantity_text, territory, language, media, note,
                   CASE WHEN fault IS NULL AND hold IS NULL THEN found_id END AS work_id,
                   coalesce({repeated}, fault, hold, work_code) AS why
            FROM ({found})
        )
    """


def _repeated(engine: Engine) -> str:
    """Return the expression that marks repeated line ids; counting hashes first is far cheaper."""
    lines, distinct = engine.execute(
        "SELECT count(*), count(DISTINCT hash(line_id)) FROM staged"
    ).fetchall()[0]
    if lines == distinct:
        return "NULL"
    engine.execute(f"CREATE TABLE repeated AS {REPEATED}")
    return marked("FROM repeated")


def marked(repeated: str) -> str:
    """Return the expression for the code of a line whose id the SELECT ``repeated`` gives."""
    return f"CASE WHEN line_id IN ({repeated}) THEN 'line_id_duplicate' END"


def totals(engine: Engine, path: Path) -> tuple[Total, ...]:
    """Sum the verdicts; a line whose quantity could not be read has no unit to sum under."""
    rows = engine.execute(
        f"""
        SELECT verdict, code, CASE WHEN quantity IS NULL THEN '' ELSE unit END AS unit,
               count(*), coalesce(sum(quantity), 0)
        FROM read_parquet({quoted(path)}) GROUP BY ALL ORDER BY ALL
        """
    ).fetchall()
    return tuple(
        Total(Verdict(verdict), code, unit, lines, Decimal(quantity))
        for verdict, code, unit, lines, quantity in rows
    )
