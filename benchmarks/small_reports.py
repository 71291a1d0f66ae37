"""Small reports over HTTP beside an endpoint that only knows who asks.

    python -m benchmarks.small_reports [--seconds 20] [--lines 100]

Starts gunicorn as the demo does (two workers, four threads each) on a database of its own. Clients
in a process of their own post reports of 100 lines for 100 works, each new, and bodies of the same
size to the empty endpoint, in turns of a few seconds so that the machine's noise meets both alike.
The figure is the ratio of requests per second beside its limit; the milliseconds of the processor
that gunicorn's workers spent on each request are the steadier ones on a machine with other work.
The rows made meanwhile are listed by table: a report and its move for each, and none for a line.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from itertools import count, repeat
from pathlib import Path

import django

from benchmarks.statement_page import database

LIMIT = 0.25
# As many as gunicorn has threads, so that it waits for no client.
CLIENTS = 8
TURNS = 4
LICENCES = 8
WORKS = 100
STARTS_WITHIN_SECONDS = 60
WARM_UP_SECONDS = 2


@dataclass(frozen=True)
class Scene:
    """A licensee with licences whose repertoire has the works that are reported."""

    authorization: str
    licences: Sequence[str]

    def body(self, number: int, lines: int) -> bytes:
        """Return a report nobody sent before."""
        written = [
            {
                "line_id": str(place),
                "work": f"domain:site-{place % WORKS}.example",
                "use": "ai-train",
                "unit": "token",
                "quantity": str(1000 + place),
            }
            for place in range(lines)
        ]
        header = {
            "report_id": f"report-{number}",
            "type": "original",
            "licence": self.licences[number % len(self.licences)],
            "period": "2026-10",
            "model": {"family": "vista", "version": "2"},
            "lines": lines,
            "quantity": {"token": str(sum(1000 + place for place in range(lines)))},
        }
        return json.dumps({"header": header, "lines": written}).encode()


def make_scene() -> Scene:
    """Register the works and sign the licences."""
    from licensing.catalogue.models import Identifier, Share, Work  # noqa: PLC0415  # after set-up
    from tests.factories import bearer  # noqa: PLC0415
    from tests.licensing.royalties.books import TERMS, open_books  # noqa: PLC0415

    books = open_books()
    for number in range(WORKS):
        made = Work.objects.create(kind="website", title=f"{number}", registered_by=books.aoba)
        Identifier.objects.create(work=made, scheme="domain", value=f"site-{number}.example")
        Share.objects.create(work=made, holder=books.aoba, weight=1)
    licences = [books.table.in_force(TERMS).public_id for _licence in range(LICENCES)]
    licensee = books.licence.licensee
    return Scene(bearer(licensee)["Authorization"], licences)


@contextmanager
def served(port: int) -> Iterator[int]:
    """Serve the project for the time of the block; gives the server's process."""
    command = [sys.executable, "-m", "gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{port}"]
    command += ["--workers", "2", "--threads", "4", "--no-control-socket", "--log-level", "error"]
    server = subprocess.Popen(command, env=dict(os.environ))
    try:
        _await(port)
        yield server.pid
    finally:
        server.terminate()
        server.wait()


def _await(port: int) -> None:
    until = time.monotonic() + STARTS_WITHIN_SECONDS
    while True:
        try:
            HTTPConnection("127.0.0.1", port, timeout=5).connect()
        except ConnectionRefusedError:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)
        else:
            return


def worked(server: int) -> float:
    """Return the seconds of the processor that a server's workers have spent."""
    tasks = Path(f"/proc/{server}/task")
    workers = " ".join((task / "children").read_text() for task in tasks.iterdir()).split()
    ticks = 0
    for worker in workers:
        # After the name in brackets, which may hold anything, user and system time come twelfth.
        fields = Path(f"/proc/{worker}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Rate:
    """Requests a second, and the milliseconds of the workers' processor for each."""

    per_second: float
    worked_ms: float

    @classmethod
    def mean(cls, rates: Sequence["Rate"]) -> "Rate":
        """Return the mean of some turns."""
        return cls(
            sum(one.per_second for one in rates) / len(rates),
            sum(one.worked_ms for one in rates) / len(rates),
        )

    def __str__(self) -> str:
        return f"{self.per_second:8.1f} requests a second, {self.worked_ms:6.2f} ms of processor"


@dataclass(frozen=True)
class Asked:
    """What the clients post, for how long, and the answer they count on."""

    path: str
    bodies: "Locked"
    seconds: float
    status: int


def rate(port: int, server: int, scene: Scene, asked: Asked) -> Rate:
    """Return what is answered to some clients that post as fast as they can."""
    until = time.monotonic() + asked.seconds
    answered = [0] * CLIENTS
    wrong: list[str] = []

    def post(client: int) -> None:
        connection = HTTPConnection("127.0.0.1", port, timeout=60)
        headers = {"Authorization": scene.authorization, "Content-Type": "application/json"}
        while time.monotonic() < until and not wrong:
            connection.request("POST", asked.path, next(asked.bodies), headers)
            answer = connection.getresponse()
            text = answer.read()
            if answer.status != asked.status:
                wrong.append(f"{answer.status} {text[:500]!r}")
            answered[client] += 1

    clients = [threading.Thread(target=post, args=[number]) for number in range(CLIENTS)]
    began, before = time.monotonic(), worked(server)
    for one in clients:
        one.start()
    for one in clients:
        one.join()
    if wrong:
        raise SystemExit(wrong[0])
    seconds, spent = time.monotonic() - began, worked(server) - before
    return Rate(sum(answered) / seconds, spent * 1000 / sum(answered))


def compare(port: int, server: int, scene: Scene, lines: int, seconds: float) -> None:
    """Print both rates, as one who only talks HTTP."""
    numbers = count()
    small = scene.body(0, lines)

    def reports() -> Iterator[bytes]:
        # Made beforehand: what the client spends is not the server's.
        made = [scene.body(next(numbers), lines) for _number in range(int(seconds * 200))]
        yield from made

    each = seconds / TURNS
    rate(port, server, scene, Asked("/api/v1/reports", Locked(reports()), WARM_UP_SECONDS, 201))
    turns = []
    for _turn in range(TURNS):
        idle = Asked("/api/v1/nothing", Locked(repeat(small)), each, 200)
        busy = Asked("/api/v1/reports", Locked(reports()), each, 201)
        turns.append((rate(port, server, scene, idle), rate(port, server, scene, busy)))
    nothing, reported = (Rate.mean(side) for side in zip(*turns, strict=True))
    ratio = reported.per_second / nothing.per_second
    print(f"nothing  {nothing}")
    print(f"reports  {reported}, {lines} lines each")
    steadier = nothing.worked_ms / reported.worked_ms
    print(f"ratio    {ratio:8.3f} (limit {LIMIT}), of the processor {steadier:.3f}")


class Locked:
    """An iterator that several threads draw from."""

    def __init__(self, inner: Iterator[bytes]) -> None:
        self._inner = inner
        self._lock = threading.Lock()

    def __next__(self) -> bytes:
        with self._lock:
            return next(self._inner)


def rows_made(before: dict[str, int]) -> dict[str, int]:
    """Return how many rows each table has more than before."""
    return {name: now - before[name] for name, now in rows().items() if now != before[name]}


def rows() -> dict[str, int]:
    """Return how many rows each table has."""
    from django.apps import apps  # noqa: PLC0415

    return {model._meta.label: model._default_manager.count() for model in apps.get_models()}  # noqa: SLF001


def main() -> None:
    """Serve and compare, or be the clients."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--lines", type=int, default=100)
    parser.add_argument("--port", type=int, default=8731)
    parser.add_argument("--server", type=int, help="Its process, for the clients.")
    parser.add_argument("--clients", help="The scene as JSON; what the benchmark starts itself.")
    asked = parser.parse_args()
    if asked.clients:
        scene = Scene(**json.loads(asked.clients))
        compare(asked.port, asked.server, scene, asked.lines, asked.seconds)
        return
    os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.served_settings"
    os.environ |= {"DEBUG": "", "ALLOWED_HOSTS": "127.0.0.1", "DATABASE_POOL": "1"}
    with tempfile.TemporaryDirectory() as folder:
        os.environ["KYODAKU_LOCAL_DIR"] = str(Path(folder))
        django.setup()
        from django.db import connection  # noqa: PLC0415

        from config import jobs  # noqa: PLC0415

        jobs.send = lambda task, arguments: None  # noqa: ARG005  # the scene needs no worker
        with database():
            scene = make_scene()
            before_rows = rows()
            made = connection.settings_dict["NAME"]
            before, _, _name = os.environ["DATABASE_URL"].rpartition("/")
            os.environ["DATABASE_URL"] = f"{before}/{made}"
            with served(asked.port) as server:
                subprocess.run(
                    [
                        *(sys.executable, "-m", "benchmarks.small_reports"),
                        *("--clients", json.dumps(vars(scene)), "--port", str(asked.port)),
                        *("--seconds", str(asked.seconds), "--lines", str(asked.lines)),
                        *("--server", str(server)),
                    ],
                    check=True,
                )
            print(f"rows made  {rows_made(before_rows)}")


if __name__ == "__main__":
    main()
