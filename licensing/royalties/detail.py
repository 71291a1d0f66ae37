"""What a statement's figures are made of: its payee's works, read from the closes' detail.

The detail Parquet of a close has one row per price, payee and work, a payee's rows together and
those used most first, so a page of a million rows is read from the few row groups that hold it. A
figure is followed from there to the usage lines of the work and the report that holds them.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import structlog
from django.core.cache import cache
from redis.exceptions import RedisError

from licensing import evidence
from licensing.catalogue.models import Work
from licensing.evidence import Engine, quoted
from licensing.royalties.models import Allocation, AllocationRole, Charge
from licensing.territories import WORLD

log = structlog.get_logger(__name__)

BATCH = 10_000
REMEMBERED_SECONDS = 30 * 24 * 3600


@dataclass(frozen=True, slots=True)
class WorkLine:
    """A work's part in a charge: how much was used and how much of the work the payee owns.

    ``territory`` is the country whose own shares stand, ``WW`` where the world-wide ones do; a
    work has a row for each. Where works count alike, one that was used in several is divided
    equally among them, and ``weight_total`` is so many times as large.
    """

    charge: Charge
    work_public_id: str
    title: str
    quantity: Decimal
    weight: int
    weight_total: int
    numerator: int
    lines: int
    territory: str


@dataclass(frozen=True, slots=True)
class Whole:
    """All works behind an allocation: each weighs its numerator over its weight total.

    A work counts once for each territory whose shares stand, as it is listed.
    """

    works: int
    weighs: Fraction


class Detail:
    """The detail behind some allocations, open for questions."""

    def __init__(self, engine: Engine, paths: dict[str, Path]) -> None:
        self._engine = engine
        self._paths = paths

    def count(self, allocation: Allocation, among: Sequence[int]) -> int:
        """Return how many of some works stand behind an allocation."""
        if not _has_works(allocation):
            return 0
        rows = self._ask("count(*)", allocation, among).fetchall()
        return int(rows[0][0])

    def whole(self, allocation: Allocation) -> Whole:
        """Return how many works stand behind an allocation, and what they weigh together."""
        if not _has_works(allocation):
            return Whole(0, Fraction(0))
        return _remembered(allocation, lambda: self._whole(allocation))

    def _whole(self, allocation: Allocation) -> Whole:
        sums = "weight_total, sum(numerator), count(*)"
        rows = self._ask(sums, allocation, None, "GROUP BY weight_total").fetchall()
        weighs = (Fraction(int(part), int(total)) for total, part, _count in rows)
        return Whole(sum(int(count) for _total, _part, count in rows), sum(weighs, Fraction(0)))

    def works(
        self,
        allocation: Allocation,
        *,
        most: int | None = None,
        skip: int = 0,
        among: Sequence[int] | None = None,
    ) -> Iterator[WorkLine]:
        """Yield the works behind an allocation, most used first.

        The quantities are those of the whole period as rated at the charge's close, also where
        the charge books only a difference.
        """
        if not _has_works(allocation):
            return
        columns = "work_id, quantity, weight, weight_total, numerator, lines, territory"
        end = f"LIMIT {int(most)} OFFSET {int(skip)}" if most is not None else ""
        # No ORDER BY: rows come as they stand in the file, and sorting a million costs ten times
        # what reading a page does.
        cursor = self._ask(columns, allocation, among, end)
        while rows := cursor.fetchmany(BATCH):
            yield from _named(allocation.charge, rows)

    def _ask(
        self, columns: str, allocation: Allocation, among: Sequence[int] | None, end: str = ""
    ) -> Engine:
        close, payee = allocation.charge.close, allocation.organisation
        if close is None or payee is None:
            raise ValueError("this allocation was not rated")
        only = "" if among is None else "AND work_id IN (SELECT unnest($3::BIGINT[]))"
        return self._engine.execute(
            f"SELECT {columns} FROM {self._rows(self._paths[close.detail_key])} "  # noqa: S608  # constants, and our own path
            f"WHERE price_id = $1 AND payee = $2 {only} {end}",
            [
                allocation.charge.price_id,
                payee.slug,
                *([list(among)] if among is not None else []),
            ],
        )

    def _rows(self, path: Path) -> str:
        """Return what reads a file; those of before shares were told apart are world-wide."""
        rows = f"read_parquet({quoted(path)})"
        if "territory" in evidence.columns_of(self._engine, path):
            return rows
        return f"(SELECT *, {quoted(WORLD)} AS territory FROM {rows})"  # noqa: S608  # our own path


def _remembered(allocation: Allocation, compute: Callable[[], Whole]) -> Whole:
    """Compute once what a file never says otherwise: its key is the hash of what is in it."""
    charge, payee = allocation.charge, allocation.organisation
    name = [charge.close and charge.close.detail_key, charge.price_id, payee and payee.slug]
    key = "detail:" + hashlib.sha256(json.dumps(name).encode()).hexdigest()
    try:
        whole: Whole | None = cache.get(key)
        if whole is None:
            whole = compute()
            cache.set(key, whole, REMEMBERED_SECONDS)
    except (RedisError, OSError) as error:
        log.warning("detail_not_remembered", error=str(error))
        return compute()
    return whole


def _has_works(allocation: Allocation) -> bool:
    """Whether an allocation is a payee's part of what was rated.

    A fee is taken of the whole and of no work; advances and what follows them have no close.
    """
    return allocation.role == AllocationRole.PAYEE and allocation.charge.close is not None


def _named(charge: Charge, rows: Iterable[Sequence[Any]]) -> Iterator[WorkLine]:
    listed = list(rows)
    works = {
        pk: (public_id, title)
        for pk, public_id, title in Work.objects.filter(pk__in=[row[0] for row in listed])
        .order_by()
        .values_list("pk", "public_id", "title")
    }
    for work_id, quantity, weight, weight_total, numerator, lines, territory in listed:
        public_id, title = works[work_id]
        yield WorkLine(
            charge,
            public_id,
            title,
            quantity,
            int(weight),
            int(weight_total),
            int(numerator),
            int(lines),
            territory,
        )


@contextmanager
def opened(allocations: Iterable[Allocation]) -> Iterator[Detail]:
    """Open the detail of the closes that some allocations were booked by."""
    keys = {one.charge.close.detail_key for one in allocations if one.charge.close}
    with ExitStack() as stack:
        paths = {key: stack.enter_context(evidence.local_path(key)) for key in sorted(keys)}
        folder = stack.enter_context(evidence.workplace())
        yield Detail(stack.enter_context(evidence.engine(folder, paths.values())), paths)
