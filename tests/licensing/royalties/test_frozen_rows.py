"""What the database itself refuses once money has been stated."""

import pytest
from django.db import IntegrityError, connection, transaction

from licensing.parties.models import Organisation
from licensing.royalties.models import Allocation, Charge, Statement, StatementLine
from tests.licensing.royalties.books import Books

FROZEN = "is append-only"


@pytest.mark.parametrize("column", ["gross_minor", "opening_minor", "operator_fee_minor"])
def test_an_issued_statement_keeps_its_amounts(books: Books, column: str) -> None:
    books.issued()
    statement = books.statement_of(books.aoba)
    before = getattr(statement, column)

    with pytest.raises(IntegrityError, match=FROZEN), transaction.atomic():
        Statement.objects.filter(pk=statement.pk).update(**{column: before + 1})

    statement.refresh_from_db()
    assert getattr(statement, column) == before


def test_a_draft_statement_may_still_be_summed_again(books: Books) -> None:
    books.closed()
    statement = books.statement_of(books.aoba)

    assert Statement.objects.filter(pk=statement.pk).update(gross_minor=418) == 1


@pytest.mark.parametrize("model", [Charge, Allocation])
def test_what_was_booked_cannot_be_changed(books: Books, model: type[Charge | Allocation]) -> None:
    books.closed()

    with pytest.raises(IntegrityError, match=FROZEN), transaction.atomic():
        model.objects.update(amount_minor=1)

    assert Charge.objects.get().amount_minor == 500


def test_a_later_part_of_a_charge_is_refused(books: Books) -> None:
    books.closed()
    charge = Charge.objects.get()

    with pytest.raises(IntegrityError, match="do not sum to it"), transaction.atomic():
        Allocation.objects.create(
            charge=charge,
            organisation=books.collective,
            role="payee",
            gross_minor=1,
            amount_minor=1,
        )

    assert charge.allocations.count() == 4


def save_and_prove(charge: Charge) -> None:
    """Insert a row and run what is otherwise proved when its transaction commits."""
    charge.save(force_insert=True)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_a_charge_without_parts_is_refused(books: Books) -> None:
    books.closed()
    charge = Charge.objects.get()
    charge.pk, charge.public_id, charge.sequence, charge.entry_key = None, "chg_x", 2, "x"

    with pytest.raises(IntegrityError, match="has no parts"), transaction.atomic():
        save_and_prove(charge)

    assert Charge.objects.count() == 1


def test_a_statement_line_stays_where_it_was_stated(books: Books) -> None:
    books.closed()

    with pytest.raises(IntegrityError, match=FROZEN), transaction.atomic():
        StatementLine.objects.all().delete()

    assert StatementLine.objects.count() == 3


def test_a_handle_that_evidence_names_cannot_be_changed(books: Books) -> None:
    with pytest.raises(IntegrityError, match=FROZEN), transaction.atomic():
        Organisation.objects.filter(pk=books.aoba.pk).update(slug="another")

    assert Organisation.objects.filter(pk=books.aoba.pk, slug=books.aoba.slug).exists()


def test_nobody_can_be_named_suspense(books: Books) -> None:
    del books

    with pytest.raises(IntegrityError, match="organisation_slug_is_not_reserved"):
        Organisation.objects.create(slug="suspense", name="S", kind="licensor", language="en")
