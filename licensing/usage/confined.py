"""Files that expand are opened in a process of their own, so that a bomb costs that process only.

A file of plain text holds what it weighs and is proved where it is. What is compressed, and
Parquet, is expanded by a child with bounds on memory and time; what comes back is a file of our
own writing.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

import structlog
from django.conf import settings

from licensing.errors import Fault
from licensing.usage import files
from licensing.usage.expansion import EXHAUSTED
from licensing.usage.formats import Plain
from licensing.usage.refusal import ReportRefused

log = structlog.get_logger(__name__)

PLAIN: Final = frozenset({"csv", "ndjson"})
SECONDS: Final = 120
# An honest file takes a tenth of that.
BYTES_PER_SECOND: Final = 1_000_000
TRIES: Final = 2


class ExpansionBroken(RuntimeError):
    """The child failed for a reason that is not the file's; the check is tried again later."""


def prepare(source: Path, file_format: str, compression: str, folder: Path) -> Plain:
    """Prove a file's bytes and make it ready for the engine, wherever that is safe.

    Raises `ReportRefused`, with the code ``too_costly`` for a file that takes more memory or time
    than one report may.
    """
    if file_format in PLAIN and not compression:
        return files.prepare(source, file_format, compression, folder)
    request = {
        "source": str(source),
        "format": file_format,
        "compression": compression,
        "folder": str(folder),
        "memory": settings.EXPANSION_MEMORY_BYTES,
        "seconds": SECONDS + source.stat().st_size // BYTES_PER_SECOND,
        "settings": {
            "DUCKDB_MEMORY_LIMIT": settings.DUCKDB_MEMORY_LIMIT,
            "DUCKDB_THREADS": settings.DUCKDB_THREADS,
        },
    }
    for _ in range(TRIES):
        code, said, errors = _run(request)
        # Somebody's kill may have been meant for another; the file's own doing comes twice.
        if code != -signal.SIGKILL:
            break
    return _read(code, said, errors)


def _run(request: dict[str, Any]) -> tuple[int, str, str]:
    """Run the child to its end; its input stays open meanwhile, for it leaves when that closes."""
    environment = {name: os.environ[name] for name in ("PATH", "TMPDIR") if name in os.environ}
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8") as errors,
        subprocess.Popen(  # our own interpreter and module
            [sys.executable, "-m", "licensing.usage.expansion"],
            cwd=settings.BASE_DIR,
            env=environment | {"PYTHONUTF8": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            encoding="utf-8",
        ) as child,
    ):
        assert child.stdin is not None  # noqa: S101  # both are pipes
        assert child.stdout is not None  # noqa: S101
        try:
            child.stdin.write(json.dumps(request) + "\n")
            child.stdin.flush()
        except BrokenPipeError:
            pass
        said = child.stdout.read()
        code = child.wait()
        errors.seek(0)
        return code, said, errors.read()


def _read(code: int, said: str, errors: str) -> Plain:
    if code == 0:
        answer = json.loads(said)
        if "refused" in answer:
            name, detail, faults = answer["refused"]
            raise ReportRefused(name, detail, [Fault(*fault) for fault in faults])
        if "plain" in answer:
            found = answer["plain"]
            return Plain(
                **found | {"path": Path(found["path"]), "columns": tuple(found["columns"])}
            )
    if (code > 0 and code != EXHAUSTED) or code == -signal.SIGTERM:
        log.error("expansion_broken", code=code, errors=errors[-2000:])
        raise ExpansionBroken(f"The expansion ended with {code}.")
    log.warning("expansion_stopped", code=code)
    raise ReportRefused("too_costly")
