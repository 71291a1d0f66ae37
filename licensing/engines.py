"""DuckDB's engines: opened within bounds, and kept for the next small job of this process.

Opening one costs more than judging a hundred lines with it, so those that can see nothing but
this process's own workplaces are emptied after a job and lent again. A job that is always the same
has engines that keep its tables and the plans of its statements too, for planning a statement
costs several times what it then takes to run over a hundred lines.
"""

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from shutil import rmtree
from typing import Any

import duckdb
from django.conf import settings

from licensing.errors import LicensingError
from licensing.workplaces import home

Engine = duckdb.DuckDBPyConnection

KEPT = 4
# Plans are kept while they are among the latest so many of an engine.
KEPT_PLANS = 64
WHAT_A_JOB_MAKES = """
    SELECT 'VIEW', view_name FROM duckdb_views() WHERE NOT internal
    UNION ALL SELECT 'TABLE', table_name FROM duckdb_tables() WHERE NOT internal
    UNION ALL SELECT 'TYPE', type_name FROM duckdb_types()
        WHERE NOT internal AND database_name = 'memory'
"""

# A second thread, and a join with each list of words, cost more than they save on a hundred lines.
FOR_FEW_ROWS: Mapping[str, int | str] = {"threads": 1, "disabled_optimizers": "in_clause"}

Kind = tuple[int, str, int]
"""The process and the bounds an engine was opened in: what it must share with who borrows it."""

# A list's own methods are atomic, so that threads may lend and return without a lock. Engines of
# a process that this one was forked from stay here: their threads are gone, closing would wait.
_idle: dict[Kind, list[Engine]] = {}
_rehearsed: dict[tuple[Kind, tuple[str, ...]], list["Rehearsed"]] = {}


def opened(
    folder: Path, reads: Iterable[Path], tuning: Mapping[str, int | str] | None = None
) -> Engine:
    """Open an engine that reads and writes below ``folder`` and reads ``reads``, and no more."""
    spill = folder / "spill"
    spill.mkdir(exist_ok=True)
    config: dict[str, Any] = {
        "memory_limit": settings.DUCKDB_MEMORY_LIMIT,
        "threads": settings.DUCKDB_THREADS,
        "temp_directory": str(spill),
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "allow_community_extensions": False,
    }
    connection = duckdb.connect(":memory:", config=config | dict(tuning or {}))
    try:
        connection.execute(f"SET allowed_directories = [{_text(f'{folder}/')}]")
        connection.execute(f"SET allowed_paths = [{', '.join(map(_text, reads))}]")
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
    except duckdb.Error:
        connection.close()
        raise
    return connection


@contextmanager
def borrowed() -> Iterator[Engine]:
    """Lend an empty engine that sees the workplaces of this process.

    One that a job failed in is closed and not lent again.
    """
    kind = _kind()
    idle = _idle.setdefault(kind, [])
    connection = _taken(idle)
    try:
        yield connection
        for what, name in connection.execute(WHAT_A_JOB_MAKES).fetchall():
            quoted = name.replace('"', '""')
            connection.execute(f'DROP {what} "{quoted}"')
    except BaseException:
        connection.close()
        raise
    if len(idle) < KEPT:
        idle.append(connection)
    else:
        connection.close()


def _kind() -> Kind:
    return os.getpid(), settings.DUCKDB_MEMORY_LIMIT, settings.DUCKDB_THREADS


def _taken(idle: list[Engine]) -> Engine:
    try:
        return idle.pop()
    except IndexError:
        return opened(home(), ())


def _text(value: object) -> str:
    return "'" + str(value).replace("'", "''") + "'"


class Rehearsed:
    """An engine of one thread that knows its tables and statements from the jobs before.

    A job is a transaction that is never committed, so that each finds the tables empty.
    """

    def __init__(self, tables: Iterable[str]) -> None:
        self.folder = home() / f"rehearsed-{next(_numbers)}"
        """Where its jobs may write; files stay until the next job writes over them."""
        self.folder.mkdir()
        self._plans: dict[str, str] = {}
        self._plan_numbers = count()
        self.connection = opened(self.folder, (), FOR_FEW_ROWS)
        for table in tables:
            self.connection.execute(table)

    def ask(self, statement: str, *values: str) -> list[tuple[Any, ...]]:
        """Run a statement with texts for ``$1`` and so on; it is planned the first time only."""
        name = self._plans.pop(statement, None) or self._plan(statement)
        self._plans[statement] = name
        given = f"({', '.join(map(_text, values))})" if values else ""
        return self.connection.execute(f"EXECUTE {name}{given}").fetchall()

    def _plan(self, statement: str) -> str:
        if len(self._plans) >= KEPT_PLANS:
            oldest = next(iter(self._plans))
            self.connection.execute(f"DEALLOCATE {self._plans.pop(oldest)}")
        name = f"plan_{next(self._plan_numbers)}"
        self.connection.execute(f"PREPARE {name} AS {statement}")
        return name

    def close(self) -> None:
        """Close the engine and remove what it wrote."""
        self.connection.close()
        rmtree(self.folder, ignore_errors=True)


_numbers = count()


@contextmanager
def rehearsed(tables: tuple[str, ...]) -> Iterator[Rehearsed]:
    """Lend an engine that has these tables, empty, and nothing else of the jobs before.

    One that a job failed in is closed and not lent again, unless the job was refused in order.
    """
    idle = _rehearsed.setdefault((_kind(), tables), [])
    try:
        engine = idle.pop()
    except IndexError:
        engine = Rehearsed(tables)
    is_sound = False
    try:
        engine.connection.execute("BEGIN")
        yield engine
        is_sound = True
    except LicensingError:
        is_sound = True
        raise
    finally:
        if is_sound:
            engine.connection.execute("ROLLBACK")
        if is_sound and len(idle) < KEPT:
            idle.append(engine)
        else:
            engine.close()
