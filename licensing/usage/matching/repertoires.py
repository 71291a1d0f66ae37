"""Frozen repertoires held in memory, so that asking about a few works reads no file.

What is kept under a key never changes, so nothing here is ever out of date.
"""

from array import array
from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Collection
from threading import Lock
from typing import Final

from licensing import evidence
from licensing.deals.models import Licence
from licensing.evidence import quoted

# 16 MiB of ids in each process; a larger repertoire is read whenever it is asked.
MOST_WORKS: Final = 2_000_000

_held: OrderedDict[str, "array[int]"] = OrderedDict()
_lock = Lock()


def holding(licence: Licence, works: Collection[int]) -> set[int]:
    """Return which of some works are in the repertoire that was signed."""
    if not works:
        return set()
    if licence.snapshot_works > MOST_WORKS:
        return set(_read(licence.snapshot_key, "WHERE list_contains($1::BIGINT[], work_id)", works))
    ids = _ids(licence.snapshot_key)
    return {work for work in works if _holds(ids, work)}


def _holds(ids: "array[int]", work: int) -> bool:
    place = bisect_left(ids, work)
    return place < len(ids) and ids[place] == work


def _ids(key: str) -> "array[int]":
    with _lock:
        if (ids := _held.get(key)) is not None:
            _held.move_to_end(key)
            return ids
    ids = array("q", sorted(_read(key)))
    with _lock:
        _held[key] = ids
        while sum(map(len, _held.values())) > MOST_WORKS:
            _held.popitem(last=False)
    return ids


def _read(key: str, which: str = "", works: Collection[int] = ()) -> list[int]:
    with (
        evidence.local_path(key) as snapshot,
        evidence.workplace() as folder,
        evidence.engine(folder, [snapshot]) as engine,
    ):
        rows = engine.execute(
            f"SELECT work_id FROM read_parquet({quoted(snapshot)}) {which}",  # noqa: S608  # our own path
            [list(works)] if which else None,
        ).fetchall()
    return [work for (work,) in rows]
