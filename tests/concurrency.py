"""Running things at the same time, each on its own database connection."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import connection, transaction

T = TypeVar("T")


def together(*calls: Callable[[], T]) -> list[T | Exception]:
    """Start calls at one moment, each in its own transaction; return results or what they raised.

    Each commits when it returns. The caller's test must be transactional, or it sees nothing.
    """
    start = threading.Barrier(len(calls))

    def run(call: Callable[[], T]) -> T | Exception:
        try:
            start.wait()
            with transaction.atomic():
                return call()
        except Exception as error:  # noqa: BLE001 - whatever was raised is the result
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


class Elsewhere:
    """A second connection that is told step by step what to do, for tests that order events."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1)

    def start(self, call: Callable[[], T]) -> "Callable[[], T]":
        """Begin a call on the second connection; the returned function waits for its result."""
        return self._thread.submit(call).result

    def do(self, call: Callable[[], T]) -> T:
        """Run a call on the second connection and wait for it."""
        return self.start(call)()

    def close(self) -> None:
        """Close the connection and end the thread."""
        self.do(lambda: connection.close())  # noqa: PLW0108 - the name means another object there
        self._thread.shutdown()
