"""Processes that do one job each and may be killed at any moment of it.

``python -m tests.journeys.mortals`` reads ``dotted.job number seconds`` line by line, does each
job in a fork of its own, kills it after so many seconds and answers with how it ended. Forking a
process that is set up takes milliseconds where a worker takes seconds.
"""

import os
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass
class Mortals:
    """The other end: start a job, perhaps kill it, and hear how it ended."""

    orders: IO[str]
    answers: IO[str]

    def run(self, job: str, number: int, *, kill_after_seconds: float | None = None) -> int:
        """Do one job; returns its exit code, which is -9 for one that was killed at work."""
        self.orders.write(f"{job} {number} {kill_after_seconds}\n")
        self.orders.flush()
        return int(self.answers.readline())


@contextmanager
def mortals(environment: Mapping[str, str]) -> Iterator[Mortals]:
    """Start the process that forks; it ends with the block."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.journeys.mortals"],
        cwd=ROOT,
        env=os.environ | environment | {"DJANGO_SETTINGS_MODULE": "config.settings"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield Mortals(process.stdin, process.stdout)
        process.stdin.close()


def main() -> None:
    """Fork for each order, and wait for the fork before the next one."""
    import django  # noqa: PLC0415  # only in the process that forks

    django.setup()
    from django.utils.module_loading import import_string  # noqa: PLC0415

    for order in sys.stdin:
        name, number, seconds = order.split()
        job: Any = import_string(name)
        pid = os.fork()
        if pid == 0:
            _do(job, int(number))
        if seconds != "None":
            time.sleep(float(seconds))
            # One that is over keeps its id until it is waited for, so nobody else is hit.
            os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


def _do(job: Any, number: int) -> None:
    """Do the job and leave at once, with nothing of the parent's run or flushed."""
    try:
        job(number)
    except BaseException:  # noqa: BLE001  # whatever it was, this process ends here
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


if __name__ == "__main__":
    main()
