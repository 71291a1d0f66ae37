import pytest
from django.db import IntegrityError, connection, transaction

from ledger.models import Account, Entry, Posting
from ledger.posting import post
from tests.ledger.books import DAY, payment

pytestmark = pytest.mark.django_db


def bare_entry(**fields: int) -> Entry:
    return Entry.objects.create(
        key="by hand", request_hash="0" * 64, cause="payment_received", effective_on=DAY, **fields
    )


def account(purpose: str, currency: str = "JPY") -> Account:
    return Account.objects.create(purpose=purpose, party="org_tensor", currency=currency)


def leg(entry: Entry, on: Account, amount_minor: int, currency: str = "") -> Posting:
    return Posting(
        entry=entry, account=on, currency=currency or on.currency, amount_minor=amount_minor
    )


def write(*legs: tuple[Account, int], currency: str = "", **fields: int) -> None:
    """Insert an entry with its legs past the posting function."""
    made = bare_entry(**fields)
    Posting.objects.bulk_create([leg(made, on, amount, currency) for on, amount in legs])


def write_postings(made: Entry, *legs: tuple[Account, int]) -> None:
    Posting.objects.bulk_create([leg(made, on, amount) for on, amount in legs])


def write_entry_alone() -> None:
    bare_entry()
    connection.check_constraints()


def execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(statement)


def test_the_database_refuses_an_unbalanced_entry() -> None:
    cash, owed = account("cash"), account("receivable")

    with pytest.raises(IntegrityError, match="does not balance"), transaction.atomic():
        write((cash, 100), (owed, -99))

    assert not Entry.objects.exists()


def test_the_database_refuses_two_currencies_that_cancel_each_other() -> None:
    yen, dollars = account("cash"), account("cash", "USD")

    with pytest.raises(IntegrityError, match="does not balance"), transaction.atomic():
        write((yen, 100), (dollars, -100))


def test_the_database_refuses_a_posting_that_comes_alone() -> None:
    cash = account("cash")

    with pytest.raises(IntegrityError, match="does not balance"), transaction.atomic():
        leg(bare_entry(), cash, 100).save()


def test_the_database_refuses_a_posting_of_nothing() -> None:
    cash, owed = account("cash"), account("receivable")

    with pytest.raises(IntegrityError, match="posting_moves_something"), transaction.atomic():
        write((cash, 0), (owed, 0))


def test_the_database_refuses_an_account_in_another_currency() -> None:
    cash, owed = account("cash"), account("receivable")

    with pytest.raises(IntegrityError, match="there is no account"), transaction.atomic():
        write((cash, 1), (owed, -1), currency="USD")


def test_the_database_refuses_postings_to_an_account_or_entry_that_is_not_there() -> None:
    cash, owed = account("cash"), account("receivable")

    with pytest.raises(IntegrityError, match="there is no account"), transaction.atomic():
        write((Account(pk=0, currency="JPY"), 1), (owed, -1))
    with pytest.raises(IntegrityError, match="sealed"), transaction.atomic():
        write_postings(Entry(pk=0), (cash, 1), (owed, -1))


def test_the_database_refuses_an_entry_without_postings_when_it_commits() -> None:
    with pytest.raises(IntegrityError, match="has no postings"), transaction.atomic():
        write_entry_alone()

    assert not Entry.objects.exists()


def test_the_database_refuses_a_reversal_that_is_no_mirror() -> None:
    original = Entry.objects.get(pk=post(payment("payment:1", 100)).entry_id)
    cash, owed = (Account.objects.get(purpose=purpose) for purpose in ("cash", "receivable"))

    with pytest.raises(IntegrityError, match="does not mirror"), transaction.atomic():
        write((cash, -99), (owed, 99), reverses_id=original.pk)


@pytest.mark.django_db(transaction=True)
def test_a_sealed_entry_refuses_later_postings_even_balanced_ones() -> None:
    with transaction.atomic():
        entry = Entry.objects.get(pk=post(payment("payment:1")).entry_id)
        tax, prepaid = account("tax"), account("prepaid")

    with pytest.raises(IntegrityError, match="sealed by the transaction"), transaction.atomic():
        write_postings(entry, (tax, 5), (prepaid, -5))

    assert entry.postings.count() == 2


@pytest.mark.django_db(transaction=True)
def test_an_entry_cannot_be_left_open_for_a_transaction_to_come() -> None:
    with transaction.atomic():
        post(payment("payment:1"))
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_current_xact_id()::text")
            (now,) = cursor.fetchone()
    with transaction.atomic():
        post(payment("payment:2"))
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO ledger_entry (key, request_hash, cause, effective_on, memo, xact)"
                " VALUES ('later', '', 'payment_received', %s, '{}', '999999999'::xid8)"
                " RETURNING xact = pg_current_xact_id()",
                [DAY],
            )
            stamped_by_the_database = cursor.fetchone()[0]
        transaction.set_rollback(True)

    assert Entry.objects.get(key="payment:1").xact == int(now)
    assert stamped_by_the_database


@pytest.mark.parametrize("table", ["ledger_entry", "ledger_posting", "ledger_account"])
@pytest.mark.parametrize(
    "statement", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {}, {} CASCADE"]
)
def test_what_is_posted_is_never_changed_deleted_or_emptied(table: str, statement: str) -> None:
    post(payment("payment:1"))

    with pytest.raises(IntegrityError, match="is append-only"), transaction.atomic():
        execute(statement.format(table, table))

    assert (Entry.objects.count(), Posting.objects.count(), Account.objects.count()) == (1, 2, 2)


def test_a_role_that_does_not_own_the_journal_keeps_no_right_to_change_it() -> None:
    from importlib import import_module  # noqa: PLC0415 - a migration's name is no identifier

    revoke = import_module("ledger.migrations.0003_journal_append_only").REVOKE
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE kyodaku_test_writer")
        cursor.execute("GRANT ALL ON ledger_entry, ledger_posting TO kyodaku_test_writer, PUBLIC")
        cursor.execute(revoke)
        cursor.execute(
            "SELECT has_table_privilege('kyodaku_test_writer', 'ledger_' || relation, privilege)"
            " FROM unnest(array['entry', 'posting']) AS relation,"
            " unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) AS privilege"
        )
        allowed = [row[0] for row in cursor.fetchall()]

    assert allowed == [True, True, False, False, False] * 2
