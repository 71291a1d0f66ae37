"""Invented usage: the same counts every time, as CSV with the header that goes with it."""

import csv
import hashlib
import io
import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from licensing.catalogue.models import Identifier
from licensing.catalogue.repertoire import repertoire_of
from licensing.deals.models import Licence
from licensing.demo.world import SEED

COLUMNS = ("line_id", "work", "use", "unit", "quantity")
# Hosts nobody has registered: every crawl has some, and they are quarantined, not paid.
UNKNOWN = ("mirror-41.example", "scraped-cache.example")


@dataclass(frozen=True, slots=True)
class Report:
    """A header and the CSV file it describes."""

    header: dict[str, Any]
    path: Path


@dataclass(frozen=True, slots=True)
class Ask:
    """What is reported: which month and model, in which unit, and how much of the repertoire."""

    month: str
    model: tuple[str, str]
    unit: str = "token"
    uses: tuple[str, ...] = ("ai-train",)
    share_used: float = 0.8
    unknown: int = 0


def write(licence: Licence, ask: Ask, report_id: str, folder: Path) -> Report:
    """Write an original report for a licence and month."""
    chance = random.Random(f"{SEED}:{report_id}")  # noqa: S311  # scenery, not a secret
    names = _names(licence)
    used = [name for name in names if chance.random() < ask.share_used]
    rows = [
        [str(number), name, chance.choice(ask.uses), ask.unit, str(_quantity(ask.unit, chance))]
        for number, name in enumerate(
            [*used, *(f"domain:{host}" for host in UNKNOWN[: ask.unknown])], 1
        )
    ]
    header = {
        "report_id": report_id,
        "type": "original",
        "licence": licence.public_id,
        "period": ask.month,
        "model": {"family": ask.model[0], "version": ask.model[1]},
    }
    return of_rows(header, rows, folder)


def of_rows(header: dict[str, Any], rows: list[list[str]], folder: Path) -> Report:
    """Write lines as CSV and complete their header with its control totals."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([COLUMNS, *rows])
    content = text.getvalue().encode()
    totals: dict[str, int] = {}
    for row in rows:
        totals[row[3]] = totals.get(row[3], 0) + int(row[4])
    path = folder / f"{header['report_id']}.csv"
    path.write_bytes(content)
    complete = {
        **header,
        "lines": len(rows),
        "quantity": {unit: str(total) for unit, total in totals.items()},
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    return Report(complete, path)


def first_rows(report: Report, count: int) -> list[list[str]]:
    """Return the first lines of a report, to be corrected."""
    with report.path.open(newline="") as file:
        rows = list(csv.reader(file))
    return rows[1 : count + 1]


def _names(licence: Licence) -> list[str]:
    works = repertoire_of(
        licence.licensor, uses=licence.terms["grant"]["uses"], on=licence.starts_on
    )
    found = Identifier.objects.filter(work__in=works).order_by("work_id", "scheme")
    first: dict[int, str] = {}
    for identifier in found:
        first.setdefault(identifier.work_id, str(identifier))
    return list(first.values())


def _quantity(unit: str, chance: random.Random) -> int:
    """Return a count of the size its unit has in practice: few works carry most of the use."""
    if unit == "minute":
        return chance.randint(20, 160)
    return int(4_000_000 * chance.paretovariate(0.9)) + chance.randint(0, 999)
