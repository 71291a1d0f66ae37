"""What a statement's figures are made of: its payee's works, read from the closes' detail.

The detail Parquet of a close has one row per price, payee and work. A figure is followed from
there to the usage lines of the work and the report that holds them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from licensing.catalogue.models import Work
from licensing.royalties.models import Allocation, Charge
from licensing.usage import evidence
from licensing.usage.evidence import quoted

BATCH = 2_000


@dataclass(frozen=True, slots=True)
class WorkLine:
    """A work's part in a charge: how much was used and how much of the work the payee owns."""

    charge: Charge
    work_public_id: str
    title: str
    quantity: Decimal
    weight: int
    weight_total: int
    lines: int


def works_of(
    allocation: Allocation, *, most: int | None = None, search: str = ""
) -> Iterator[WorkLine]:
    """Yield the works behind a payee's part of a charge, most used first.

    ``most`` bounds how many; ``search`` keeps the works whose title contains it. The quantities
    are those of the whole period as rated at the charge's close, also where the charge books only
    a difference.
    """
    charge = allocation.charge
    if allocation.organisation is None or charge.close is None:
        return
    only = f"LIMIT {int(most)}" if most is not None and not search else ""
    found = 0
    with (
        evidence.local_path(charge.close.detail_key) as path,
        evidence.workplace() as folder,
        evidence.engine(folder, reads=[path]) as duck,
    ):
        cursor = duck.execute(
            "SELECT work_id, quantity, weight, weight_total, lines "  # noqa: S608  # quoted
            f"FROM read_parquet({quoted(path)}) "
            "WHERE price_id = $1 AND payee = $2 "
            f"ORDER BY numerator / greatest(weight_total, 1) DESC, work_id {only}",
            [charge.price_id, allocation.organisation.slug],
        )
        while rows := cursor.fetchmany(BATCH):
            works = Work.objects.in_bulk([row[0] for row in rows])
            for work_id, quantity, weight, weight_total, lines in rows:
                work = works[work_id]
                if search and search.casefold() not in work.title.casefold():
                    continue
                yield WorkLine(
                    charge,
                    work.public_id,
                    work.title,
                    quantity,
                    int(weight),
                    int(weight_total),
                    int(lines),
                )
                found += 1
                if found == most:
                    return
