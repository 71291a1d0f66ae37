"""Shares are exported once and divided by again for as long as none of them changed."""

from collections.abc import Callable, Iterator
from datetime import date

import pytest
from django.db import connection, transaction

from licensing import evidence
from licensing.catalogue import share_changes
from licensing.catalogue.models import Share, Work
from licensing.deals.models import Licence
from licensing.parties.models import Organisation
from licensing.royalties import basis, kept_bases
from licensing.royalties.models import KeptBasis
from tests.concurrency import Elsewhere
from tests.licensing.royalties.books import Books, open_books

END_OF_OCTOBER = date(2026, 10, 31)
END_OF_NOVEMBER = date(2026, 11, 30)

Row = tuple[int, str, int, int]


@pytest.fixture
def committed(transactional_db: None, _fixed_clock: None, queued: list[str]) -> Books:  # noqa: ARG001  # needed before it
    return open_books()


@pytest.fixture
def elsewhere() -> Iterator[Elsewhere]:
    other = Elsewhere()
    yield other
    other.close()


@pytest.fixture
def exports(monkeypatch: pytest.MonkeyPatch) -> list[date]:
    """Collect the days for which shares left the database."""
    days: list[date] = []
    original = basis._export  # noqa: SLF001  # what must not run again

    def export(on: date, *rest: object) -> None:
        days.append(on)
        original(on, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(basis, "_export", export)
    return days


def frozen(licence: Licence, on: date = END_OF_OCTOBER) -> list[Row]:
    """Freeze the shares of a day and read what was kept."""
    with evidence.workplace() as folder:
        kept = basis.freeze(licence, on, folder)
        with evidence.local_path(kept.key) as path, evidence.engine(folder, [path]) as duck:
            return duck.execute(
                "SELECT work_id, payee, weight, weight_total FROM read_parquet($1)", [str(path)]
            ).fetchall()


def hash_now(licence: Licence) -> str:
    with evidence.workplace() as folder:
        return basis.hash_of(licence, END_OF_OCTOBER, folder)


def ferry() -> Work:
    return Work.objects.get(title__startswith="Winter Ferry")


def weigh(weight: int) -> None:
    """Change birch's part of the ferry as any statement of SQL does."""
    Share.objects.filter(work=ferry(), holder__slug="birch").update(weight=weight)


def rows(weight: int) -> list[Row]:
    lantern = Work.objects.get(title="The Paper Lantern").pk
    return [
        (lantern, "aoba", 1, 1),
        (ferry().pk, "aoba", 2, 2 + weight),
        (ferry().pk, "birch", weight, 2 + weight),
    ]


def test_unchanged_shares_are_exported_once_for_every_month(
    committed: Books, exports: list[date]
) -> None:
    first = frozen(committed.licence)

    again, next_month = frozen(committed.licence), frozen(committed.licence, END_OF_NOVEMBER)

    assert first == again == next_month == rows(1)
    assert hash_now(committed.licence) == KeptBasis.objects.get().sha256
    assert exports == [END_OF_OCTOBER]


def test_every_way_to_change_a_share_is_noticed(committed: Books, exports: list[date]) -> None:
    books, found = committed, []
    cedar = Organisation.objects.get(slug="birch")
    changes: list[Callable[[], object]] = [
        lambda: weigh(4),
        lambda: Work.objects.filter(pk=ferry().pk).update(weight_total=12),
        lambda: Share.objects.filter(work=ferry(), holder=cedar).delete(),
        lambda: Share.objects.bulk_create([Share(work=ferry(), holder=cedar, weight=3)]),
        lambda: connection.cursor().execute("TRUNCATE licensing_share"),
    ]
    frozen(books.licence)

    for change in changes:
        change()
        found.append(frozen(books.licence)[1:])

    pk = ferry().pk
    assert found == [
        [(pk, "aoba", 2, 6), (pk, "birch", 4, 6)],
        [(pk, "aoba", 2, 12), (pk, "birch", 4, 12), (pk, "suspense", 6, 12)],
        [(pk, "aoba", 2, 12), (pk, "suspense", 10, 12)],
        [(pk, "aoba", 2, 12), (pk, "birch", 3, 12), (pk, "suspense", 7, 12)],
        [],
    ]
    assert len(exports) == 6


def test_what_changes_of_other_works_leaves_a_basis_as_it_is(
    committed: Books, exports: list[date]
) -> None:
    frozen(committed.licence)
    far = share_changes.WORKS_PER_BLOCK * 1000
    holder = committed.aoba
    Work.objects.create(pk=far, kind="website", title="Far", registered_by=holder)
    Share.objects.create(work_id=far, holder=holder, weight=1)
    Work.objects.filter(pk=ferry().pk).update(title="Winter Ferry II")

    frozen(committed.licence)

    assert exports == [END_OF_OCTOBER]


def test_a_basis_holds_only_until_a_share_begins_or_ends(
    committed: Books, exports: list[date]
) -> None:
    books = committed
    Share.objects.filter(work=ferry(), holder=books.birch).update(
        starts_on=date(2026, 9, 1), ends_on=date(2026, 11, 9)
    )
    frozen(books.licence)

    october, november = (
        frozen(books.licence, date(2026, 11, 9)),
        frozen(books.licence, date(2026, 11, 10)),
    )

    kept = KeptBasis.objects.order_by("pk").values_list("first_on", "last_on")
    assert list(kept) == [(date(2026, 9, 1), date(2026, 11, 9)), (date(2026, 11, 10), None)]
    assert october == rows(1)
    assert november[1:] == [(ferry().pk, "aoba", 2, 2)]
    assert exports == [END_OF_OCTOBER, date(2026, 11, 10)]


def test_a_change_under_way_counts_once_it_commits(
    committed: Books, elsewhere: Elsewhere, exports: list[date]
) -> None:
    """It began before the basis was kept and commits after, with the lower number."""

    def begin() -> None:
        transaction.set_autocommit(False)
        weigh(5)

    def commit() -> None:
        transaction.commit()
        transaction.set_autocommit(True)

    elsewhere.do(begin)
    before = frozen(committed.licence)
    while_under_way = frozen(committed.licence)
    elsewhere.do(commit)

    after = frozen(committed.licence)

    assert before == while_under_way == rows(1)
    assert after == rows(5)
    assert len(exports) == 2


def test_a_change_that_commits_while_shares_are_read_is_never_taken_for_an_old_one(
    committed: Books, elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = kept_bases.valid_days

    def valid_days(*given: object) -> object:
        elsewhere.do(lambda: weigh(5))
        return original(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(kept_bases, "valid_days", valid_days)
    with_it = frozen(committed.licence)
    monkeypatch.setattr(kept_bases, "valid_days", original)

    again = frozen(committed.licence)

    assert with_it == again == rows(5)
    assert KeptBasis.objects.count() == 2


def test_a_transaction_sees_its_own_changes(committed: Books, elsewhere: Elsewhere) -> None:
    """Also those it made before and after another transaction with a higher number committed."""
    frozen(committed.licence)

    with transaction.atomic():
        weigh(4)
        elsewhere.do(lambda: Work.objects.filter(pk=ferry().pk).update(title="Winter Ferry II"))
        before = frozen(committed.licence)
        weigh(5)
        after = frozen(committed.licence)
        transaction.set_rollback(True)

    assert (before, after) == (rows(4), rows(5))
    assert frozen(committed.licence) == rows(1)


def test_a_basis_of_another_database_or_whose_file_is_gone_is_not_used(
    committed: Books, exports: list[date]
) -> None:
    frozen(committed.licence)
    kept = KeptBasis.objects.get()
    KeptBasis.objects.update(moment="1 " + kept.moment.partition(" ")[2])
    frozen(committed.licence)
    KeptBasis.objects.exclude(pk=kept.pk).delete()
    KeptBasis.objects.update(moment=kept.moment, key="licences/gone.parquet")

    frozen(committed.licence)

    assert len(exports) == 3
