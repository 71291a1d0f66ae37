"""Strict intake of a large CSV against the bare DuckDB statement that only copies it to Parquet.

    python -m benchmarks.intake [--lines 10_000_000] [--works 1_000_000] [--rounds 3]

Both read the same file with the same threads and memory, in processes of their own, in turns; the
figure is the ratio of their shortest wall times, beside its limit, and the intake's peak memory.
On a machine with other work on it the ratio of the processor's seconds is the steadier one.
The intake proves every field as text, finds repeated line ids, matches each work against the
catalogue, gives every line a verdict, sums the totals and writes the Parquet.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import django
import duckdb

LIMIT = 3.0
PEAK_LIMIT_MIB = 2048
THREADS = 2
COLUMNS = ", ".join(
    f"'{name}': 'VARCHAR'" for name in ("line_id", "work", "use", "unit", "quantity")
)


def make(folder: Path, lines: int, works: int) -> None:
    """Write the lines, the catalogue's index and the repertoire."""
    with duckdb.connect() as duck:
        duck.execute(
            f"""
            COPY (
                SELECT i AS line_id, 'domain:site-' || (hash(i) % {works}) || '.example' AS work,
                       'ai-train' AS "use", 'token' AS unit, 1 + hash(i + 7) % 5000 AS quantity
                FROM range({lines}) AS t(i)
            ) TO '{folder}/lines.csv' (HEADER, DELIMITER ',')
            """  # noqa: S608  # whole numbers and our own folder
        )
        duck.execute(
            f"""
            COPY (SELECT 'domain:site-' || i || '.example', i FROM range({works}) AS t(i))
            TO '{folder}/catalogue.csv' (HEADER false, DELIMITER ',')
            """  # noqa: S608
        )
        duck.execute(
            f"COPY (SELECT i AS work_id FROM range({works}) AS t(i)) "  # noqa: S608
            f"TO '{folder}/works.parquet'"
        )


def bare(folder: Path) -> None:
    """Copy the file to Parquet, nothing else."""
    with duckdb.connect(config={"threads": THREADS, "memory_limit": "1500MB"}) as duck:
        duck.execute(
            f"COPY (FROM read_csv('{folder}/lines.csv', header = true, columns = {{{COLUMNS}}}))"
            f" TO '{folder}/bare.parquet' (FORMAT parquet, COMPRESSION zstd)"
        )


class Index:
    """A catalogue that is its index file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def find(self, names: Sequence[str]) -> Mapping[str, int]:
        """Know nothing beyond the index."""
        del names
        return {}

    def normalised(self, name: str) -> str | None:
        """Take names as they are."""
        return name

    def write_index(self, path: Path) -> bool:
        """Give the file."""
        os.link(self.path, path)
        return True


def strict(folder: Path) -> None:
    """Judge the file as a report's."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ.setdefault("SECRET_KEY", "benchmark")
    os.environ.setdefault("DATABASE_URL", "postgresql:///unused")
    os.environ["DUCKDB_THREADS"] = str(THREADS)
    django.setup()
    from licensing.usage import formats, intake  # noqa: PLC0415  # after Django's set-up
    from licensing.usage.grant import GrantView  # noqa: PLC0415
    from licensing.usage.header import Header, ReportType  # noqa: PLC0415

    grant = GrantView(
        uses=frozenset({"ai-train"}),
        priced=frozenset({("ai-train", "token")}),
        priced_by_any_unit=frozenset(),
        territories=frozenset(),
        in_term=True,
        model_granted=True,
    )
    with duckdb.connect() as duck:
        found = duck.execute(
            f"SELECT count(*), sum(quantity) FROM read_csv('{folder}/lines.csv')"  # noqa: S608
        ).fetchall()
    lines, quantity = found[0]
    began, worked = time.perf_counter(), time.process_time()
    source = formats.prepare_csv(folder / "lines.csv", "", folder)
    header = Header(
        report_id="benchmark",
        type=ReportType.ORIGINAL,
        licence="lic_benchmark",
        period=date(2026, 10, 1),
        model_family="vista",
        model_version="2",
        lines=lines,
        quantity={"token": Decimal(int(quantity))},
        sha256=source.sha256,
    )
    inputs = intake.Inputs(header, grant, folder / "works.parquet", Index(folder / "catalogue.csv"))
    result = intake.check(source, inputs, folder)
    print(f"wall {time.perf_counter() - began:.2f}")
    print(f"cpu {time.process_time() - worked:.2f}")
    accepted = [total.lines for total in result.totals if total.verdict == "accepted"]
    assert sum(accepted) == lines, result.totals


@dataclass(frozen=True)
class Run:
    """What one side took: seconds of the clock and of the processor, and MiB at its peak."""

    wall: float
    cpu: float
    peak: int


def timed(what: str, folder: Path) -> Run:
    """Run one side in a process of its own, and take away what it wrote."""
    before = time.perf_counter()
    ran = subprocess.run(
        [sys.executable, "-m", "benchmarks.intake", "--side", what, "--folder", str(folder)],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    wall = time.perf_counter() - before
    said: dict[str, str] = {}
    for line in ran.stdout.splitlines():
        name, _, number = line.partition(" ")
        said.setdefault(name, number)
    for name in ("bare.parquet", "staged.parquet", "lines.parquet", "index.csv"):
        (folder / name).unlink(missing_ok=True)
    return Run(float(said.get("wall", wall)), float(said["cpu"]), int(said["peak"]))


def turns(folder: Path, rounds: int) -> tuple[Run, Run]:
    """Let the sides take turns; return the quickest run of each."""
    runs: dict[str, list[Run]] = {"bare": [], "strict": []}
    for _ in range(rounds):
        for what, taken in runs.items():
            taken.append(timed(what, folder))
    bare, judged = (
        Run(
            min(run.wall for run in taken),
            min(run.cpu for run in taken),
            max(run.peak for run in taken),
        )
        for taken in runs.values()
    )
    return bare, judged


def main() -> None:
    """Compare the two, or be one of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=10_000_000)
    parser.add_argument("--works", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--side", choices=["bare", "strict"])
    parser.add_argument("--folder", type=Path)
    asked = parser.parse_args()
    if asked.side:
        {"bare": bare, "strict": strict}[asked.side](asked.folder)
        print(f"cpu {time.process_time():.2f}")
        print(f"peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}")
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make(folder, asked.lines, asked.works)
        copied, judged = turns(folder, asked.rounds)
    print(f"{asked.lines:,} lines, {asked.works:,} works, {THREADS} threads, load {load()}")
    print(f"bare copy    {copied.wall:8.1f} s   processor {copied.cpu:8.1f} s")
    print(f"intake       {judged.wall:8.1f} s   processor {judged.cpu:8.1f} s")
    print(
        f"ratio        {judged.wall / copied.wall:8.2f}     processor "
        f"{judged.cpu / copied.cpu:8.2f}     (limit {LIMIT})"
    )
    print(f"peak         {judged.peak:,} MiB (limit {PEAK_LIMIT_MIB:,})")


def load() -> str:
    """Return how many processes wanted the processors lately, ours among them."""
    return " ".join(f"{one:.1f}" for one in os.getloadavg())


if __name__ == "__main__":
    main()
