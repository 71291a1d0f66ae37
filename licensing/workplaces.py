"""The folder a process works in, and clearing away those whose process was killed.

A process holds a lock on its folder for as long as it lives, as do those forked from it. The lock
says so, not a process number, for numbers are used again and mean nothing in another container.
"""

import atexit
import fcntl
import os
import tempfile
from functools import cache
from pathlib import Path
from shutil import rmtree

PREFIX = "kyodaku-"
ALIVE = "alive"


def home() -> Path:
    """Return the folder in which this process has its workplaces."""
    return _home(os.getpid())


@cache
def _home(process: int) -> Path:
    """Make it; a process that was forked from another makes its own."""
    _clear()
    made = Path(tempfile.mkdtemp(prefix="making-" + PREFIX))
    _lock(made, os.O_CREAT)
    # Under its name only once it is locked, so that nobody who clears away finds it without one.
    folder = made.rename(made.with_name(made.name.removeprefix("making-"))).resolve()
    atexit.register(_leave, process, folder)
    return folder


def _leave(process: int, folder: Path) -> None:
    """Remove the folder, unless this process only inherited the promise to."""
    if os.getpid() == process:
        rmtree(folder, ignore_errors=True)


def _clear() -> None:
    """Remove the folders whose process ended without doing so."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        if not (folder / ALIVE).is_file():
            continue
        try:
            held = _lock(folder)
        except OSError:
            continue
        rmtree(folder, ignore_errors=True)
        os.close(held)


def _lock(folder: Path, flags: int = 0) -> int:
    """Lock a folder for as long as the file that is returned stays open.

    Raises `OSError` where another process holds it, or owns it.
    """
    held = os.open(folder / ALIVE, os.O_RDWR | flags, 0o600)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(held)
        raise
    return held
