"""The works of a statement on their page: a payee with a million of them beside one with a hundred.

    python -m benchmarks.statement_page [--works 1_000_000] [--rounds 60]

Makes a database of its own, a detail file as a close writes it, and asks for pages of both payees'
statements in turn, so that the machine's noise meets both alike. The figure is the ratio of the
95th percentiles beside its limit; the queries of both are counted and must be the same.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django

LIMIT = 1.5
FEW = 100
SEARCH = "?q=work no. 77"
PAGES = ("", "?page=2", "?page={last}", "?q=domain:{name}")


def insert_works(holder_id: int, name: str, works: int) -> None:
    """Insert works of one holder, each with an identifier, in one statement each."""
    from django.db import connection  # noqa: PLC0415  # after Django's set-up

    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH made AS (
                INSERT INTO licensing_work (public_id, kind, title, title_kana, title_en, released,
                    production_company, copyright_notice, created_at, registered_by_id)
                SELECT 'work_' || %(name)s || i, 'website', %(name)s || ' work no. ' || i, '', '',
                    '', '', '', now(), %(holder)s FROM generate_series(1, %(works)s) AS t(i)
                RETURNING id, public_id
            ), named AS (
                INSERT INTO licensing_identifier (scheme, value, work_id)
                SELECT 'domain', substr(public_id, 6) || '.example', id FROM made
            )
            INSERT INTO licensing_share (weight, territory, holder_id, work_id)
            SELECT 1, 'WW', %(holder)s, id FROM made
            """,
            {"name": name, "holder": holder_id, "works": works},
        )
        cursor.execute("ANALYZE")


def write_detail(folder: Path, payees: list[str]) -> Path:
    """Write the detail of a close in which every work of these payees was used."""
    import duckdb  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415

    from licensing.royalties import tally  # noqa: PLC0415

    listing = folder / "shares.csv"
    with connection.cursor() as cursor, listing.open("wb") as target:
        wanted = ", ".join(f"'{slug}'" for slug in payees)
        with cursor.copy(
            "COPY (SELECT s.work_id, o.slug, s.weight FROM licensing_share AS s "  # noqa: S608
            "JOIN licensing_organisation AS o ON o.id = s.holder_id "
            f"WHERE o.slug IN ({wanted})) TO STDOUT (FORMAT csv)"
        ) as copy:
            target.writelines(copy)
    with duckdb.connect() as duck:
        duck.execute(
            f"""
            CREATE TABLE shares AS SELECT *, sum(weight) OVER (PARTITION BY work_id)::BIGINT
                AS weight_total FROM read_csv('{listing}', header = false, columns =
                    {{'work_id': 'BIGINT', 'payee': 'VARCHAR', 'weight': 'BIGINT'}});
            COPY shares TO '{folder}/shares.parquet';
            COPY (
                SELECT row_number() OVER () AS line_no, work_id::VARCHAR AS line_id, '' AS work,
                       work_id, 'ai-train' AS "use", 'token' AS unit, 'accepted' AS verdict,
                       (1 + hash(work_id) % 5000)::DECIMAL(30, 6) AS quantity,
                       '' AS territory, '' AS language, '' AS media
                FROM (SELECT DISTINCT work_id FROM shares)
            ) TO '{folder}/lines.parquet';
            """  # noqa: S608  # our own folder
        )
    report = tally.ReportFile("rpt_benchmark", "rpt_benchmark", 0, folder / "lines.parquet")
    with tally.opened([report], folder / "shares.parquet", folder) as lines:
        lines.lay_out({"tokens": tally.EVERYTHING})
        lines.write_detail(folder / "detail.parquet")
    return folder / "detail.parquet"


def measure(works: int, rounds: int) -> tuple[list[float], list[float], set[int]]:
    """Return seconds per page of the large and the small payee, and how many queries pages took."""
    from django.db import connection  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415
    from django.urls import reverse  # noqa: PLC0415

    from licensing import evidence  # noqa: PLC0415
    from licensing.parties.models import Membership, User  # noqa: PLC0415
    from licensing.parties.roles import Role  # noqa: PLC0415
    from licensing.royalties.models import Close  # noqa: PLC0415
    from tests.licensing.royalties.books import open_books  # noqa: PLC0415

    books = open_books()
    insert_works(books.aoba.pk, "big", works)
    insert_works(books.birch.pk, "small", FEW)
    close = books.closed()
    with evidence.workplace() as folder:
        detail = write_detail(folder, [books.aoba.slug, books.birch.slug])
        key = evidence.put_addressed("benchmark", ".detail.parquet", detail).key
    Close.objects.filter(pk=close.pk).update(detail_key=key)
    books.issue()

    sides = []
    for payee, name, last in ((books.aoba, "big", works // 50), (books.birch, "small", FEW // 50)):
        user = User.objects.create_user(f"{name}@benchmark.example", name=name)
        Membership.objects.create(user=user, organisation=payee, role=Role.OWNER)
        client = Client()
        client.force_login(user)
        address = reverse("statement-works", args=[books.statement_of(payee).public_id])
        asked = [page.format(last=last, name=f"{name}7.example") for page in PAGES]
        sides.append((client, [address + each for each in asked], list[float]()))
    queries: dict[str, set[int]] = {page: set() for page in PAGES}
    for _round in range(rounds):
        for page, pair in zip(
            PAGES, zip(*(pages for _c, pages, _t in sides), strict=True), strict=True
        ):
            for (client, _pages, times), address in zip(sides, pair, strict=True):
                with CaptureQueriesContext(connection) as captured:
                    began = time.perf_counter()
                    answer = client.get(address)
                    times.append(time.perf_counter() - began)
                assert answer.status_code == 200, answer
                assert answer.context["rows"], address
                queries[page].add(len(captured))
    assert all(len(counts) == 1 for counts in queries.values()), queries
    for client, pages, _times in sides:
        began = time.perf_counter()
        found = client.get(pages[0] + SEARCH).context["page"].paginator.count
        took = (time.perf_counter() - began) * 1000
        print(f"title search     {took:7.1f} ms, {found:,} works found")
    return sides[0][2], sides[1][2], {count for counts in queries.values() for count in counts}


@contextmanager
def database() -> Iterator[None]:
    """Make an empty database for the time of the block."""
    from django.db import connection  # noqa: PLC0415
    from django.test.utils import setup_test_environment  # noqa: PLC0415

    setup_test_environment()
    name = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


def p95(seconds: list[float]) -> float:
    """Return the 95th percentile."""
    return sorted(seconds)[int(len(seconds) * 0.95)]


def main() -> None:
    """Compare the two."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--works", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=60)
    asked = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ.setdefault("SECRET_KEY", "benchmark")
    # Static files need not be collected then; the test environment switches the rest of it off.
    os.environ["DEBUG"] = "1"
    with tempfile.TemporaryDirectory() as folder:
        os.environ["KYODAKU_LOCAL_DIR"] = folder
        django.setup()
        from config import jobs  # noqa: PLC0415

        jobs.send = lambda task, arguments: None  # noqa: ARG005  # nothing runs behind the pages
        with database():
            many, few, queries = measure(asked.works, asked.rounds)
    for what, seconds in ((f"{asked.works:,} works", many), (f"{FEW:,} works", few)):
        median = sorted(seconds)[len(seconds) // 2]
        print(f"{what:16} median {median * 1000:7.1f} ms   p95 {p95(seconds) * 1000:7.1f} ms")
    print(f"queries a page   {sorted(queries)}, the same for both")
    print(f"ratio of the p95 {p95(many) / p95(few):7.2f}     (limit {LIMIT})")


if __name__ == "__main__":
    main()
