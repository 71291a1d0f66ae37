"""Expanding one file in a process of its own: ``python -m licensing.usage.expansion``.

It is started by `confined` with one request as a line of JSON and answers with one. Its memory and
processor time are bounded before it opens the file, it knows no secrets and no database, and it
ends when whoever started it does.
"""

import json
import os
import resource
import sys
import threading
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from django.conf import settings

# What an answer that never came is told apart by.
EXHAUSTED: Final = 3


def main() -> None:
    """Answer the request on standard input."""
    request = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with_the_parent, daemon=True).start()
    for what, most in ((resource.RLIMIT_DATA, "memory"), (resource.RLIMIT_CPU, "seconds")):
        resource.setrlimit(what, (request[most], request[most]))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    settings.configure(USE_I18N=False, **request["settings"])
    sys.stdout.write(json.dumps(answer(request)))


def _end_with_the_parent() -> None:
    """Leave as soon as the other end is closed, which also happens when it is killed."""
    sys.stdin.read()
    os._exit(1)


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """Return the plain file's facts, or why it is refused."""
    # Imported once the limits hold and the settings are there.
    from licensing import evidence  # noqa: PLC0415
    from licensing.usage import files  # noqa: PLC0415
    from licensing.usage.refusal import ReportRefused  # noqa: PLC0415

    source, folder = Path(request["source"]), Path(request["folder"])
    try:
        plain = files.prepare(source, request["format"], request["compression"], folder)
    except ReportRefused as refused:
        faults = [[fault.where, fault.code, fault.message] for fault in refused.faults]
        return {"refused": [refused.code, refused.said, faults]}
    except (MemoryError, evidence.OutOfMemory):
        return {"exhausted": True}
    return {"plain": asdict(plain) | {"path": str(plain.path)}}


if __name__ == "__main__":
    try:
        main()
    except MemoryError:
        os._exit(EXHAUSTED)
