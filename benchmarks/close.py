"""Closing a period against the bare join and group-by of the same Parquet.

    python -m benchmarks.close [--lines 10_000_000] [--works 1_000_000] [--payees 1_000]

A collective licenses the works of its members, every fifth work shared by two of them. The close
is the real one: shares exported from PostgreSQL, tallied, rated, allocated, the detail of every
work and payee written, charge, allocations, journal and draft statements booked. The limit is one
DuckDB statement that joins the same lines with the same shares and sums by payee. Both run in this
process with the same threads; the figure is the ratio of their wall times.

It needs `DATABASE_URL` and makes a database of its own beside that one.
"""

import argparse
import os
import resource
import tempfile
import time
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
OCTOBER = date(2026, 10, 1)


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


def lines_of(books: "Books", lines: int, folder: Path) -> Path:
    """Report one line by the ordinary path, then put very many judged lines in its place."""
    from django.db.models import F  # noqa: PLC0415  # after Django's set-up

    from licensing import evidence  # noqa: PLC0415

    report = books.report()
    path = folder / "lines.parquet"
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
    key = evidence.put_addressed("benchmark", ".lines.parquet", path).key
    type(report).objects.filter(pk=report.pk).update(
        lines_key=key, lines_accepted=lines, declared_lines=lines, lines_quarantined=0
    )
    assert type(report).objects.filter(pk=report.pk, declared_lines=F("lines_accepted")).exists()
    return path


def bare(lines: Path, shares: Path) -> tuple[float, Decimal]:
    """Join the lines with the shares and sum by payee; return wall seconds and the sum."""
    began = time.perf_counter()
    with duckdb.connect(config={"threads": THREADS, "memory_limit": "1500MB"}) as duck:
        rows = duck.execute(
            f"""
            SELECT payee, sum(quantity * weight)
            FROM read_parquet('{lines}') JOIN read_parquet('{shares}') USING (work_id)
            GROUP BY payee
            """  # noqa: S608  # our own paths
        ).fetchall()
    return time.perf_counter() - began, sum((one for _, one in rows), Decimal(0))


def close(books: "Books") -> "tuple[float, Close]":
    """Close the month, as a worker does; return wall seconds and the close."""
    from licensing.royalties import closing  # noqa: PLC0415  # after Django's set-up

    period = books.due()
    began = time.perf_counter()
    made = closing.close_period(period.pk)
    wall = time.perf_counter() - began
    assert made is not None, period
    return wall, made


def compare(lines: int, works: int, payees: int, folder: Path) -> None:
    """Make the month, close it, and print the ratio."""
    from licensing import evidence  # noqa: PLC0415  # after Django's set-up
    from tests.licensing.royalties.books import open_books  # noqa: PLC0415

    books = open_books()
    fill(works, payees)
    books = books.agreed()
    path = lines_of(books, lines, folder)
    wall, made = close(books)
    with evidence.local_path(made.basis_key) as shares:
        least, _ = min(bare(path, shares) for _ in range(3))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{lines:,} lines, {works:,} works, {payees:,} payees, {THREADS} threads")
    print(f"join and group {least:8.2f} s")
    print(f"close          {wall:8.2f} s   peak {peak:,} MiB")
    print(f"ratio          {wall / least:8.2f}     (limit {LIMIT})")


def main() -> None:
    """Compare the two."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=10_000_000)
    parser.add_argument("--works", type=int, default=1_000_000)
    parser.add_argument("--payees", type=int, default=1_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        set_up(folder)
        from django.db import connections  # noqa: PLC0415  # after Django's set-up
        from django.test.utils import setup_databases, teardown_databases  # noqa: PLC0415

        connections["default"].settings_dict["TEST"]["NAME"] = "kyodaku_benchmark"
        made = setup_databases(verbosity=0, interactive=False)
        try:
            compare(asked.lines, asked.works, asked.payees, folder)
        finally:
            teardown_databases(made, verbosity=0)


if __name__ == "__main__":
    main()
