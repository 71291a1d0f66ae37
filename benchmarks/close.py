"""Closing a period against the bare join and group-by of the same Parquet.

    python -m benchmarks.close [--lines 10_000_000] [--works 1_000_000] [--payees 1_000]
        [--rounds 3]

A collective licenses the works of its members, every fifth work shared by two of them. The close
is the real one: shares found or exported from PostgreSQL, tallied, rated, allocated, the detail of
every work and payee written, charge, allocations, journal and draft statements booked. The limit
is one DuckDB statement that joins the same lines with the same shares and sums by payee. Both run
in this process with the same threads, in turns; the figure is the ratio of their shortest wall
times, and of the processor's seconds, which is the steadier one on a machine with other work.
PostgreSQL's own seconds count for the close where it runs on this machine.

The same lines are closed month after month. Only the first month exports the shares, which do not
change afterwards; it has a ratio of its own, and the limit is that of the ordinary month.

It needs `DATABASE_URL` and makes a database of its own beside that one.
"""

import argparse
import os
import resource
import tempfile
import time
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import django
import duckdb

if TYPE_CHECKING:
    from licensing.royalties.models import Close
    from tests.licensing.royalties.books import Books

LIMIT = 3.0
THREADS = 2
# The term begins early enough for each month to have begun.
MONTHS = [date(2026, number, 1) for number in range(5, 12)]


def set_up(local: Path) -> None:
    """Start Django in a database of its own, with evidence below a folder of its own."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ.setdefault("SECRET_KEY", "benchmark")
    os.environ["KYODAKU_LOCAL_DIR"] = str(local)
    os.environ["DUCKDB_THREADS"] = str(THREADS)
    os.environ["DUCKDB_MEMORY_LIMIT"] = "1500MB"
    (local / "static").mkdir()
    django.setup()


def fill(works: int, payees: int) -> None:
    """Register the works of the collective's members, as rows and by SQL."""
    from django.db import connection  # noqa: PLC0415  # after Django's set-up

    statements = [
        f"""
        INSERT INTO licensing_organisation
            (public_id, slug, name, kind, country, language, address, registration_number,
             created_at)
        SELECT 'org_m' || i, 'member-' || lpad(i::text, 5, '0'), 'Member ' || i, 'licensor', 'JP',
               'en', '', '', now()
        FROM generate_series(1, {payees}) AS i
        """,  # noqa: S608  # whole numbers
        """
        INSERT INTO licensing_mandate
            (public_id, member_id, collective_id, uses, territory, starts_on)
        SELECT 'mdt_b' || m.id, m.id, c.id, '{ai-train}', '{WW}', '2026-04-01'
        FROM licensing_organisation AS m, licensing_organisation AS c
        WHERE m.slug LIKE 'member-%' AND c.slug = 'quill-press'
        """,
        f"""
        INSERT INTO licensing_work
            (public_id, kind, title, title_kana, title_en, released, production_company,
             copyright_notice, registered_by_id, created_at)
        SELECT 'work_b' || i, 'website', 'Site ' || i, '', '', '', '', '', m.id, now()
        FROM generate_series(1, {works}) AS i
        JOIN licensing_organisation AS m
            ON m.slug = 'member-' || lpad((1 + i % {payees})::text, 5, '0')
        """,  # noqa: S608  # whole numbers
        """
        INSERT INTO licensing_share (work_id, holder_id, weight, territory)
        SELECT id, registered_by_id, 2, 'WW' FROM licensing_work WHERE public_id LIKE 'work_b%'
        """,
        """
        INSERT INTO licensing_share (work_id, holder_id, weight, territory)
        SELECT w.id, coalesce(other.id, first.id), 1, 'WW' FROM licensing_work AS w
        JOIN licensing_organisation AS first ON first.slug = 'member-00001'
        LEFT JOIN licensing_organisation AS other
            ON other.id = w.registered_by_id + 1 AND other.slug LIKE 'member-%'
        WHERE w.public_id LIKE 'work_b%' AND w.id % 5 = 0
        """,
        "ANALYZE",
    ]
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def write_lines(books: "Books", lines: int, path: Path) -> None:
    """Write very many judged lines, as the intake leaves them."""
    from licensing import evidence  # noqa: PLC0415  # after Django's set-up

    with evidence.local_path(books.licence.snapshot_key) as snapshot, duckdb.connect() as duck:
        duck.execute(
            "CREATE TABLE works AS "  # noqa: S608  # our own path
            f"SELECT *, row_number() OVER () - 1 AS place FROM read_parquet('{snapshot}')"
        )
        (works,) = duck.execute("SELECT count(*) FROM works").fetchall()[0]
        duck.execute(
            f"""
            COPY (
                SELECT i + 1 AS line_no, i::VARCHAR AS line_id,
                       'work:' || public_id AS work, work_id, 'ai-train' AS "use",
                       'token' AS unit, (1 + hash(i + 7) % 5000)::DECIMAL(30, 6) AS quantity,
                       '' AS quantity_text, '' AS territory, '' AS language, '' AS media,
                       '' AS note, '' AS code, 'accepted' AS verdict
                FROM (SELECT i, (hash(i) % {works})::BIGINT AS place FROM range({lines}) AS t(i))
                JOIN works USING (place)
            ) TO '{path}' (FORMAT parquet, COMPRESSION zstd)
            """  # noqa: S608  # whole numbers and our own paths
        )


def report(books: "Books", month: date, key: str, lines: int) -> None:
    """Report one line by the ordinary path, then put the kept lines in its place."""
    name = f"{month:%Y-%m}"
    made = books.report(report_id=name, period=name)
    type(made).objects.filter(pk=made.pk).update(
        lines_key=key, lines_accepted=lines, declared_lines=lines, lines_quarantined=0
    )


@dataclass(frozen=True, order=True)
class Took:
    """Seconds by the clock and of the processor."""

    wall: float
    cpu: float


def bare(lines: Path, shares: Path) -> Took:
    """Join the lines with the shares and sum by payee."""
    began, worked = time.perf_counter(), time.process_time()
    with duckdb.connect(config={"threads": THREADS, "memory_limit": "1500MB"}) as duck:
        rows = duck.execute(
            f"""
            SELECT payee, sum(quantity * weight)
            FROM read_parquet('{lines}') JOIN read_parquet('{shares}') USING (work_id)
            GROUP BY payee
            """  # noqa: S608  # our own paths
        ).fetchall()
    assert sum((one for _, one in rows), Decimal(0)) > 0
    return Took(time.perf_counter() - began, time.process_time() - worked)


def database_seconds() -> float:
    """Return the processor's seconds of this connection's backend, if it runs here; else 0."""
    from django.db import connection  # noqa: PLC0415  # after Django's set-up

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        folder = Path("/proc") / str(cursor.fetchone()[0])
    try:
        name, _, rest = (folder / "stat").read_text().partition("(")[2].rpartition(")")
    except OSError:
        return 0.0
    user, system = rest.split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK") if "postgres" in name else 0.0


def close(books: "Books", month: date) -> "tuple[Took, Close]":
    """Close a month, as a worker does."""
    from licensing.royalties import closing  # noqa: PLC0415  # after Django's set-up

    period = books.due(month)
    behind = database_seconds()
    began, worked = time.perf_counter(), time.process_time()
    made = closing.close_period(period.pk)
    wall, cpu = time.perf_counter() - began, time.process_time() - worked
    assert made is not None, period
    return Took(wall, cpu + database_seconds() - behind), made


def compare(asked: argparse.Namespace, folder: Path) -> None:
    """Close month after month, and print the ratios of the first and of the ordinary one."""
    from licensing import evidence  # noqa: PLC0415  # after Django's set-up
    from tests.licensing.royalties.books import TERMS, open_books  # noqa: PLC0415

    books = open_books()
    fill(asked.works, asked.payees)
    books = books.agreed(grant=TERMS["grant"] | {"starts_on": MONTHS[0].isoformat()})
    path = folder / "lines.parquet"
    write_lines(books, asked.lines, path)
    key = evidence.put_addressed("benchmark", ".lines.parquet", path).key
    closes, joins, bases = [], [], set()
    for month in MONTHS[: asked.rounds + 1]:
        report(books, month, key, asked.lines)
        took, made = close(books, month)
        closes.append(took)
        bases.add(made.basis_key)
        with evidence.local_path(made.basis_key) as shares:
            joins.append(bare(path, shares))
    assert len(bases) == 1, bases
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    least, first, ordinary = min(joins), closes[0], min(closes[1:])
    print(
        f"{asked.lines:,} lines, {asked.works:,} works, {asked.payees:,} payees, {THREADS} threads;"
        f" load {os.getloadavg()[0]:.1f}"
    )
    print(f"join and group {least.wall:8.2f} s {least.cpu:8.2f} s of the processor")
    for name, took in (("first close", first), ("ordinary close", ordinary)):
        print(f"{name:14} {took.wall:8.2f} s {took.cpu:8.2f} s of the processor")
        print(f"   ratio       {took.wall / least.wall:8.2f}   {took.cpu / least.cpu:8.2f}")
    print(f"the limit of an ordinary close is {LIMIT}; peak {peak:,} MiB")


def main() -> None:
    """Compare the two."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=10_000_000)
    parser.add_argument("--works", type=int, default=1_000_000)
    parser.add_argument("--payees", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=3, choices=range(1, len(MONTHS)))
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        set_up(folder)
        from django.db import connections  # noqa: PLC0415  # after Django's set-up
        from django.test.utils import setup_databases, teardown_databases  # noqa: PLC0415

        connections["default"].settings_dict["TEST"]["NAME"] = "kyodaku_benchmark"
        made = setup_databases(verbosity=0, interactive=False)
        try:
            compare(asked, folder)
        finally:
            teardown_databases(made, verbosity=0)


if __name__ == "__main__":
    main()
