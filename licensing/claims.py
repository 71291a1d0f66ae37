"""Claims on work that outlives a transaction: held by a connection, so they die with the worker.

A row's state says that work is wanted; the claim says that somebody is at it right now. Killing
the worker, or its machine, frees the claim at once, and the next sweep hands the work out again.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum

from django.db import connection


class Claimable(IntEnum):
    """What can be claimed: the first half of an advisory lock's name."""

    PERIOD = 7101
    RUN = 7102
    IMPORT = 7103
    REPORT = 7104
    UNMATCHED = 7105


@contextmanager
def claim(kind: Claimable, pk: int) -> Iterator[bool]:
    """Give whether the claim was free; it is held until the block ends or the worker dies."""
    key = pk % 2**31
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [int(kind), key])
        free = bool(cursor.fetchone()[0])
    try:
        yield free
    finally:
        if free:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [int(kind), key])
