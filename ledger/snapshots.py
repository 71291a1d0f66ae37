"""Long reads that see one moment of the books, however long they take."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

ONE_MOMENT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"


@contextmanager
def one_moment() -> Iterator[None]:
    """Read everything inside as of one moment, without holding anybody up.

    Inside a transaction that is already open, its own isolation stands.
    """
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(ONE_MOMENT)
        yield
