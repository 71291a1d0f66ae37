"""DuckDB's engines: opened within bounds, and kept for the next small job of this process.

Opening one costs more than judging a hundred lines with it, so those that can see nothing but
this process's own workplaces are emptied after a job and lent again.
"""

import atexit
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from shutil import rmtree
from typing import Any

import duckdb
from django.conf import settings

Engine = duckdb.DuckDBPyConnection

KEPT = 4
WHAT_A_JOB_MAKES = """
    SELECT 'VIEW', view_name FROM duckdb_views() WHERE NOT internal
    UNION ALL SELECT 'TABLE', table_name FROM duckdb_tables() WHERE NOT internal
    UNION ALL SELECT 'TYPE', type_name FROM duckdb_types()
        WHERE NOT internal AND database_name = 'memory'
"""

Kind = tuple[int, str, int]
"""The process and the bounds an engine was opened in: what it must share with who borrows it."""

# A list's own methods are atomic, so that threads may lend and return without a lock. Engines of
# a process that this one was forked from stay here: their threads are gone, closing would wait.
_idle: dict[Kind, list[Engine]] = {}


def home() -> Path:
    """Return the folder in which this process has its workplaces."""
    return _home(os.getpid())


@cache
def _home(process: int) -> Path:
    """Make it; a process that was forked from another makes its own."""
    folder = Path(tempfile.mkdtemp(prefix=f"kyodaku-{process}-")).resolve()
    atexit.register(_leave, process, folder)
    return folder


def _leave(process: int, folder: Path) -> None:
    """Remove the folder, unless this process only inherited the promise to."""
    if os.getpid() == process:
        rmtree(folder, ignore_errors=True)


def opened(folder: Path, reads: Iterable[Path]) -> Engine:
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
    connection = duckdb.connect(":memory:", config=config)
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
    kind = (os.getpid(), settings.DUCKDB_MEMORY_LIMIT, settings.DUCKDB_THREADS)
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


def _taken(idle: list[Engine]) -> Engine:
    try:
        return idle.pop()
    except IndexError:
        return opened(home(), ())


def _text(value: object) -> str:
    return "'" + str(value).replace("'", "''") + "'"
