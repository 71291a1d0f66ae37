"""The detail per work of a whole statement as a file: a row for each line's each work.

The amounts are for reading and carry four decimals more than the currency: rounded work by work
they would not sum. What is paid stands on the lines.
"""

import csv
from collections.abc import Iterator
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import Any

from ledger.money import Currency, currency, decimal_text, round_half_away
from licensing import evidence
from licensing.evidence import quoted
from licensing.royalties import content, detail
from licensing.royalties.detail import WorkLine
from licensing.royalties.models import Allocation, Statement
from licensing.usage.header import plain

FINER = 4
COLUMNS = {
    "statement": "VARCHAR",
    "month": "VARCHAR",
    "line": "INTEGER",
    "licence": "VARCHAR",
    "period": "VARCHAR",
    "charge": "VARCHAR",
    "price": "VARCHAR",
    "unit": "VARCHAR",
    "work": "VARCHAR",
    "title": "VARCHAR",
    "quantity": "DECIMAL(38, 6)",
    "weight": "HUGEINT",
    "weight_total": "HUGEINT",
    "territory": "VARCHAR",
    "usage_lines": "BIGINT",
    "currency": "VARCHAR",
    "net": "DECIMAL(38, 8)",
}


def rows(statement: Statement) -> Iterator[list[Any]]:
    """Yield a row for every work behind every line, titles as they are."""
    allocations = content.allocations_of(statement)
    code = currency(statement.currency)
    finer = Currency(code.code, code.exponent + FINER)
    with detail.opened(allocations) as opened:
        for number, allocation in enumerate(allocations, start=1):
            charge = allocation.charge
            start = [
                statement.public_id,
                f"{statement.run.month:%Y-%m}",
                number,
                charge.period.licence.public_id,
                charge.period.label,
                charge.public_id,
                charge.price_id,
                charge.unit,
            ]
            each = _Each(allocation, opened.whole(allocation).weighs, finer)
            for work in opened.works(allocation):
                yield [
                    *start,
                    work.work_public_id,
                    work.title,
                    plain(work.quantity),
                    work.weight,
                    work.weight_total,
                    work.territory,
                    work.lines,
                    statement.currency,
                    each.net(work),
                ]


class _Each:
    """What each work of a line comes to; nothing where the line books a difference."""

    def __init__(self, allocation: Allocation, whole: Fraction, finer: Currency) -> None:
        is_whole = allocation.charge.corrects_id is None and bool(whole)
        minor_per_major = finer.minor_per_major // 10**FINER
        self._rate = (
            Fraction(allocation.amount_minor, minor_per_major) / whole if is_whole else None
        )
        self._finer = finer

    def net(self, work: WorkLine) -> str:
        """Return a work's part in major units."""
        if self._rate is None:
            return ""
        part = self._rate * Fraction(work.numerator, work.weight_total)
        return decimal_text(round_half_away(part, self._finer), self._finer)


def write_parquet(statement: Statement, folder: Path) -> Path:
    """Write all rows into ``folder`` with exact decimals and return the file."""
    listing, target = folder / "works.csv", folder / "works.parquet"
    with listing.open("w", encoding="utf-8", newline="") as text:
        csv.writer(text).writerows(rows(statement))
    types = ", ".join(f"{quoted(name)}: {quoted(kind)}" for name, kind in COLUMNS.items())
    with evidence.engine(folder) as engine:
        engine.execute(
            f"""
            COPY (
                FROM read_csv({quoted(listing)}, header = false, auto_detect = false,
                    delim = ',', quote = '"', escape = '"', nullstr = '', columns = {{{types}}})
            ) TO {quoted(target)} (FORMAT parquet, COMPRESSION zstd)
            """  # our own names, types and paths
        )
    return target


def first_rows(statement: Statement, most: int) -> tuple[list[list[Any]], bool]:
    """Return the first rows, and whether there are more."""
    found = list(islice(rows(statement), most + 1))
    return found[:most], len(found) > most
