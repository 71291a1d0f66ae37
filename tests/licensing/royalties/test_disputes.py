"""Disputing an issued statement, and answering."""

import pytest

from licensing.access import Actor
from licensing.errors import IllegalMove, InvalidInput
from licensing.royalties import disputes
from licensing.royalties.models import Dispute, Statement
from tests.licensing.royalties.books import Books, picture


def raised(books: Books) -> Statement:
    """Return birch's statement, disputed."""
    books.issued()
    statement = books.statement_of(books.birch)
    disputes.dispute(
        by=Actor.owner_of(books.birch), statement_id=statement.public_id, reason="  Too little.  "
    )
    return Statement.objects.get(pk=statement.pk)


def test_a_payee_disputes_its_statement_and_says_why(books: Books) -> None:
    statement = raised(books)

    assert statement.state == "disputed"
    assert Dispute.objects.get().reason == "Too little."


def test_an_answer_lets_the_statement_stand_again(books: Books) -> None:
    statement = raised(books)

    disputes.answer(
        by=books.operator, statement_id=statement.public_id, text="Winter Ferry is shared 2:1."
    )

    answered = Dispute.objects.get()
    assert Statement.objects.get(pk=statement.pk).state == "issued"
    assert answered.answer == "Winter Ferry is shared 2:1."
    assert answered.answered_at is not None


def test_a_statement_can_be_disputed_again_after_an_answer(books: Books) -> None:
    statement = raised(books)
    disputes.answer(by=books.operator, statement_id=statement.public_id, text="Looked into.")

    again = disputes.dispute(
        by=Actor.owner_of(books.birch), statement_id=statement.public_id, reason="Still too little."
    )

    assert again.answered_at is None
    assert statement.disputes.count() == 2


def test_nobody_disputes_for_another(books: Books) -> None:
    books.issued()
    statement = books.statement_of(books.birch)
    before = picture()

    with pytest.raises(Statement.DoesNotExist):
        disputes.dispute(
            by=Actor.owner_of(books.aoba), statement_id=statement.public_id, reason="Mine!"
        )
    with pytest.raises(IllegalMove, match="Only the payee"):
        disputes.dispute(by=books.operator, statement_id=statement.public_id, reason="Ours!")

    assert picture() == before


def test_a_dispute_and_an_answer_say_something(books: Books) -> None:
    statement = raised(books)
    before = picture()

    with pytest.raises(InvalidInput) as unanswered:
        disputes.answer(by=books.operator, statement_id=statement.public_id, text=" ")
    with pytest.raises(InvalidInput) as without_reason:
        disputes.dispute(
            by=Actor.owner_of(books.aoba),
            statement_id=books.statement_of(books.aoba).public_id,
            reason="",
        )

    assert [fault.where for fault in unanswered.value.faults] == ["answer"]
    assert [fault.where for fault in without_reason.value.faults] == ["reason"]
    assert picture() == before


def test_a_statement_is_disputed_once_at_a_time(books: Books) -> None:
    statement = raised(books)
    before = picture()

    with pytest.raises(IllegalMove, match="disputed"):
        disputes.dispute(
            by=Actor.owner_of(books.birch), statement_id=statement.public_id, reason="And more."
        )
    assert picture() == before


def test_a_statement_that_is_not_disputed_has_no_answer(books: Books) -> None:
    books.issued()
    before = picture()

    with pytest.raises(IllegalMove):
        disputes.answer(
            by=books.operator, statement_id=books.statement_of(books.aoba).public_id, text="What?"
        )
    assert picture() == before
