"""Proving what was booked from the evidence, and naming what is damaged."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

from django.core.files.storage import storages
from django.db import connection

from ledger.verify import Proof
from licensing.catalogue.models import Share
from licensing.royalties import verify
from licensing.royalties.models import Close, Statement
from licensing.usage.models import UsageReport
from tests.licensing.royalties.books import FERRY, Books


def change_a_byte(key: str) -> None:
    """Turn over one byte in the middle of a kept file."""
    path = Path(storages["evidence"].path(key))
    path.chmod(0o644)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)


@contextmanager
def past_the_guard() -> Iterator[None]:
    """Change an issued statement as only the owner of the tables can."""
    switch = "ALTER TABLE licensing_statement {} TRIGGER licensing_statement_frozen"
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(switch.format("DISABLE"))
        yield
        cursor.execute(switch.format("ENABLE"))


def test_what_was_booked_is_found_again_in_the_evidence(books: Books) -> None:
    books.issued()
    books.correct(FERRY | {"quantity": "0"})
    books.close()

    assert list(verify.findings()) == []
    assert list(verify.verify_royalties()) == [
        Proof("closes rated again from their evidence", 2),
        Proof("reserves followed again through their closes", 0),
        Proof("advances recouped again from what was earned", 0),
        Proof("issued statements built again, byte for byte", 3),
    ]


def test_shares_that_change_later_do_not_disturb_the_proof(books: Books) -> None:
    books.closed()
    for share in Share.objects.filter(holder=books.birch):
        share.weight = 7
        share.save()

    assert list(verify.findings()) == []


def test_a_changed_original_is_named(books: Books) -> None:
    books.closed()
    report = UsageReport.objects.get()
    change_a_byte(report.original_key)

    (finding,) = verify.findings()

    assert finding == (
        f"{books.licence.public_id} 2026-10 close 1: {report.public_id}: its original was changed "
        "after it was received"
    )


def test_a_missing_original_is_named(books: Books) -> None:
    books.closed()
    report = UsageReport.objects.get()
    storages["evidence"].delete(report.original_key)

    (finding,) = verify.findings()

    assert f"close 1: {report.public_id}: its original cannot be read" in finding


def test_changed_lines_are_named(books: Books) -> None:
    books.closed()
    report = UsageReport.objects.get()
    change_a_byte(report.lines_key)

    (finding,) = verify.findings()

    assert f"close 1: {report.public_id}: its lines were changed after they were kept" in finding


def test_changed_shares_are_named(books: Books) -> None:
    close = books.closed()
    change_a_byte(close.basis_key)

    (finding,) = verify.findings()

    assert "close 1: its shares were changed" in finding


def test_changed_detail_is_named(books: Books) -> None:
    close = books.closed()
    change_a_byte(close.detail_key)

    (finding,) = verify.findings()

    assert "close 1: its works were changed" in finding


def test_a_close_rated_from_other_reports_than_it_names_is_found(books: Books) -> None:
    """A million tokens of the ferry alone: 250 less 24 and 8 is 218, by 2 : 1 145 and 73."""
    close = books.closed()
    other = books.report([FERRY], report_id="oct-2")
    Close.objects.filter(pk=close.pk).update(reports=[other.basis])

    where = f"{books.licence.public_id} 2026-10 close 1 tokens"
    assert list(verify.findings()) == [
        f"{where}: booked 500, rated 250 minor",
        f"{where}: fees booked (15, 48), rated (8, 24) minor",
        f"{where}: aoba was booked 364, is due 145 minor",
    ]


def test_a_statement_changed_after_its_issue_is_named(books: Books) -> None:
    books.issued()
    statement = books.statement_of(books.birch)
    forged = dict(statement.content or {}) | {"net_minor": 7_300}
    with past_the_guard():
        Statement.objects.filter(pk=statement.pk).update(content=forged)

    assert list(verify.findings()) == [
        f"{statement.public_id}: its content no longer has the hash it was issued with",
        f"{statement.public_id} net_minor: issued 7300, now 73",
    ]


def test_closes_made_before_they_named_their_lines_are_filled_in(books: Books) -> None:
    close = books.closed()
    fill = import_module("licensing.migrations.0004_fill_what_closes_counted")

    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(fill.EMPTY)
        bare = Close.objects.get()
        cursor.execute(fill.FILL)

    assert ("lines" in bare.reports[0], bare.works) == (False, 0)
    again = Close.objects.get()
    assert (again.reports, again.works) == (close.reports, 2)
    assert list(verify.findings()) == []
