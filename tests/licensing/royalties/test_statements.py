"""Statements: approved as a run, held one by one, frozen and released when issued."""

from collections.abc import Callable

import pytest

from ledger.journal import Purpose
from ledger.models import Entry
from licensing.access import Actor
from licensing.claims import Claimable, claim
from licensing.errors import IllegalMove
from licensing.royalties import content, statements
from licensing.royalties.models import Run, Statement, StatementState
from tests.concurrency import Elsewhere
from tests.licensing.royalties.books import FERRY, LANTERN, Books, picture


def states() -> dict[str, str]:
    """Return the state of every statement by its payee."""
    return dict(Statement.objects.values_list("payee__slug", "state"))


def test_approving_a_run_approves_its_statements(books: Books) -> None:
    books.closed()
    run = Run.objects.get()

    statements.approve_run(by=books.operator, run_id=run.public_id)

    assert Run.objects.get().state == "approved"
    assert set(states().values()) == {"approved"}


def test_a_held_statement_stays_behind_and_follows_when_released(books: Books) -> None:
    books.closed()
    held = books.statement_of(books.birch)
    statements.hold(statement_id=held.public_id, reason="  bank details  ")

    run = books.issue()
    left_behind = states()
    statements.release(statement_id=held.public_id)
    going_again = Run.objects.get().state
    statements.issue_run(run_id=run.pk)

    assert left_behind == {"aoba": "issued", "birch": "held", "quill-press": "issued"}
    assert going_again == "issuing"
    assert set(states().values()) == {"issued"}
    assert Run.objects.get().state == "issued"
    assert books.balance(Purpose.PAYABLE, books.birch) == 73


def test_a_statement_held_in_a_draft_goes_back_to_draft(books: Books) -> None:
    books.closed()
    held = books.statement_of(books.birch)

    kept = statements.hold(statement_id=held.public_id, reason="bank details")
    released = statements.release(statement_id=held.public_id)

    assert (kept.state, kept.hold_reason) == ("held", "bank details")
    assert (released.state, released.hold_reason) == ("draft", "")


def test_reopening_takes_the_approval_back(books: Books) -> None:
    books.closed()
    run = Run.objects.get()
    statements.approve_run(by=books.operator, run_id=run.public_id)

    statements.reopen_run(run_id=run.public_id)

    reopened = Run.objects.get()
    assert (reopened.state, reopened.approved_by, reopened.approved_at) == ("draft", None, None)
    assert set(states().values()) == {"draft"}


def test_issuing_makes_what_is_stated_payable(books: Books) -> None:
    run = books.issued()

    assert run.state == "issued"
    assert books.balance(Purpose.PAYABLE, books.aoba) == 364
    assert books.balance(Purpose.PAYABLE, books.birch) == 73
    assert books.balance(Purpose.PAYABLE, books.collective) == 48
    assert books.balance(Purpose.EARNED, books.aoba) == 0
    assert Entry.objects.filter(cause="earnings_released").count() == 3


def test_an_issued_statement_is_frozen_with_its_hash(books: Books) -> None:
    books.issued()

    stated = books.statement_of(books.aoba)
    frozen = stated.content
    assert frozen is not None
    assert stated.content_sha256 == content.sha256(frozen)
    assert (frozen["gross_minor"], frozen["net_minor"]) == (417, 364)
    assert (frozen["opening_minor"], frozen["closing_minor"]) == (0, 364)
    only = frozen["lines"][0]
    assert (only["kind"], only["price"], only["charge_minor"]) == ("share", "tokens", 500)
    assert (only["charge_quantity"], only["weight"]) == ("2000000", "5")


def test_issuing_twice_is_one_entry_and_one_document(books: Books) -> None:
    run = books.issued()
    before = picture()

    assert statements.issue_run(run_id=run.pk)
    for statement in Statement.objects.all():
        statements.issue(statement_pk=statement.pk)

    assert picture() == before


def test_issuing_goes_on_where_a_killed_worker_stopped(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    books.closed()
    run = Run.objects.get()
    statements.approve_run(by=books.operator, run_id=run.public_id)
    statements.request_issue(run_id=run.public_id)
    issue: Callable[..., Statement] = statements.issue
    done: list[int] = []

    def die_at_the_second(*, statement_pk: int) -> Statement:
        if done:
            raise KeyboardInterrupt
        done.append(statement_pk)
        return issue(statement_pk=statement_pk)

    with monkeypatch.context() as patched:
        patched.setattr(statements, "issue", die_at_the_second)
        with pytest.raises(KeyboardInterrupt):
            statements.issue_run(run_id=run.pk)
    half_way = sorted(states().values())
    statements.issue_run(run_id=run.pk)

    assert half_way == ["approved", "approved", "issued"]
    assert set(states().values()) == {"issued"}
    assert Entry.objects.filter(cause="earnings_released").count() == 3


def test_a_run_that_another_worker_issues_is_left_alone(books: Books) -> None:
    books.closed()
    run = Run.objects.get()
    statements.approve_run(by=books.operator, run_id=run.public_id)
    statements.request_issue(run_id=run.public_id)
    before = picture()
    other = Elsewhere()
    holding = claim(Claimable.RUN, run.pk)

    try:
        assert other.do(holding.__enter__)
        assert not statements.issue_run(run_id=run.pk)
        assert picture() == before
    finally:
        other.do(lambda: holding.__exit__(None, None, None))
        other.close()


def test_a_negative_statement_lowers_what_is_payable(books: Books) -> None:
    """Birch's 73 are taken back: the next payout of birch pays that much less."""
    books.issued()
    books.correct(FERRY | {"quantity": "0"})
    books.close()

    books.issue()

    taken_back = books.statement_of(books.birch)
    assert (taken_back.net_minor, taken_back.opening_minor) == (-73, 73)
    assert books.balance(Purpose.PAYABLE, books.birch) == 0


def test_a_payee_sees_only_its_own_issued_statements(books: Books) -> None:
    books.closed()
    payee = Actor.owner_of(books.aoba)
    while_draft = Statement.objects.visible_to(payee).count()

    books.issue()

    assert while_draft == 0
    assert [one.payee for one in Statement.objects.visible_to(payee)] == [books.aoba]
    assert Statement.objects.visible_to(books.operator).count() == 3
    assert not Statement.objects.visible_to(books.table.outsider).exists()


def refused(move: Callable[[], object], code: str) -> None:
    before = picture()

    with pytest.raises(IllegalMove) as raised:
        move()

    assert raised.value.code == code
    assert picture() == before


def test_a_run_is_approved_once(books: Books) -> None:
    books.closed()
    run = Run.objects.get()
    statements.approve_run(by=books.operator, run_id=run.public_id)

    refused(lambda: statements.approve_run(by=books.operator, run_id=run.public_id), "illegal_move")


def test_a_draft_is_not_issued(books: Books) -> None:
    books.closed()

    refused(lambda: statements.request_issue(run_id=Run.objects.get().public_id), "illegal_move")


def test_an_empty_run_is_not_approved(books: Books) -> None:
    run = Run.objects.create(month="2026-10-01", number=1)

    refused(lambda: statements.approve_run(by=books.operator, run_id=run.public_id), "run_empty")


def test_an_issued_run_is_not_reopened(books: Books) -> None:
    run = books.issued()

    refused(lambda: statements.reopen_run(run_id=run.public_id), "illegal_move")


def test_a_run_with_a_newer_draft_beside_it_is_not_reopened(books: Books) -> None:
    books.closed()
    run = Run.objects.get()
    statements.approve_run(by=books.operator, run_id=run.public_id)
    books.report([LANTERN], report_id="oct-late")
    books.close()

    refused(lambda: statements.reopen_run(run_id=run.public_id), "newer_draft")


def test_holding_needs_a_reason(books: Books) -> None:
    books.closed()
    one = books.statement_of(books.aoba)

    refused(lambda: statements.hold(statement_id=one.public_id, reason=" "), "reason_missing")


def test_an_issued_statement_is_not_held(books: Books) -> None:
    books.issued()
    one = books.statement_of(books.aoba)

    refused(lambda: statements.hold(statement_id=one.public_id, reason="late"), "illegal_move")


def test_a_statement_that_is_not_held_is_not_released(books: Books) -> None:
    books.closed()
    one = books.statement_of(books.aoba)

    refused(lambda: statements.release(statement_id=one.public_id), "illegal_move")


def test_only_approved_statements_are_issued(books: Books) -> None:
    books.closed()
    one = books.statement_of(books.aoba)

    assert statements.issue(statement_pk=one.pk).state == StatementState.DRAFT
    assert books.balance(Purpose.PAYABLE, books.aoba) == 0
