"""Statements: drafted at each close, reviewed as a run, frozen and released when issued.

Lock order: run, statement, account.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Max
from django.utils import timezone

from config.jobs import announce, enqueue_on_commit
from ledger import balances, posting, recipes
from ledger.journal import AccountRef, EntryDraft, Purpose
from licensing.access import Actor
from licensing.claims import Claimable, claim
from licensing.errors import IllegalMove
from licensing.royalties import content, lifecycle
from licensing.royalties.lifecycle import RunMove, StatementMove
from licensing.royalties.models import (
    EARNING,
    Allocation,
    AllocationRole,
    Charge,
    ChargeKind,
    Run,
    RunState,
    Statement,
    StatementLine,
    StatementState,
)

STATED = (*EARNING, AllocationRole.COLLECTIVE_FEE)
# The planner knows nothing yet of rows that this transaction wrote: one pass over the lines is
# cheap whatever it guesses, a subquery for each statement is not.
TOTAL = """
UPDATE licensing_statement AS statement SET
    gross_minor = stated.gross, operator_fee_minor = stated.operator,
    collective_fee_minor = stated.collective, reserve_minor = stated.reserve,
    recouped_minor = stated.recouped
FROM (
    SELECT line.statement_id, sum(part.gross_minor) AS gross,
           sum(part.operator_fee_minor) AS operator, sum(part.collective_fee_minor) AS collective,
           sum(part.reserve_minor) AS reserve, sum(part.recouped_minor) AS recouped
    FROM licensing_statementline AS line
    JOIN licensing_allocation AS part ON part.id = line.allocation_id
    WHERE line.statement_id = ANY (%s) GROUP BY line.statement_id
) AS stated
WHERE stated.statement_id = statement.id
"""


def draft(allocations: Iterable[Allocation], month: date) -> Run:
    """Put allocations on the draft statements of their payees; call inside the booking.

    The month's draft run is found or begun, so what is closed after a run was approved goes into
    a supplementary one.
    """
    run = _draft_run(month)
    stated = [
        ((allocation.organisation_id, allocation.charge.currency), allocation)
        for allocation in allocations
        if allocation.role in STATED and allocation.organisation_id is not None
    ]
    found = _drafts(run, {drawn for drawn, _ in stated})
    StatementLine.objects.bulk_create(
        StatementLine(statement=found[drawn], allocation=allocation) for drawn, allocation in stated
    )
    total(found.values())
    return run


Drawn = tuple[int, str]
"""Whom a statement is for, by key, and its currency."""


def _drafts(run: Run, wanted: set[Drawn]) -> dict[Drawn, Statement]:
    """Return the run's statements for these, begun where there is none; the run is locked."""
    payees = {payee for payee, _ in wanted}
    listed = run.statements.filter(payee__in=payees)
    found = {(one.payee_id, one.currency): one for one in listed}
    begun = Statement.objects.bulk_create(
        Statement(run=run, payee_id=payee, currency=currency)
        for payee, currency in sorted(wanted - found.keys())
    )
    return found | {(one.payee_id, one.currency): one for one in begun}


def _draft_run(month: date) -> Run:
    """Return the month's draft run, locked; begin one where there is none."""
    first = month.replace(day=1)
    found = Run.objects.select_for_update().filter(month=first, state=RunState.DRAFT).first()
    if found is not None:
        return found
    try:
        return _next_run(first)
    except IntegrityError:
        return Run.objects.select_for_update().get(month=first, state=RunState.DRAFT)


def _next_run(month: date, **fields: Any) -> Run:
    """Begin a month's next run; of two who begin one at once the later takes the next number.

    Raises `IntegrityError` if it would be the second draft of the month.
    """
    while True:
        last = Run.objects.filter(month=month).aggregate(last=Max("number"))["last"] or 0
        try:
            with transaction.atomic():
                return Run.objects.create(month=month, number=last + 1, **fields)
        except IntegrityError as error:
            if "run_number_once" not in str(error):
                raise


def total(statements: Iterable[Statement]) -> None:
    """Sum the lines of statements into their waterfall, all of them in one statement of SQL."""
    with connection.cursor() as cursor:
        cursor.execute(TOTAL, [[one.pk for one in statements]])


@transaction.atomic
def approve_run(*, by: Actor, run_id: str) -> Run:
    """Approve a draft run and every statement in it that is not held."""
    run = _locked_run(run_id)
    if not run.statements.exists():
        raise IllegalMove("This run has no statements. Close a period first.", code="run_empty")
    run.state = lifecycle.move_run(run.state, RunMove.APPROVE)
    run.approved_by = by.user
    run.approved_at = timezone.now()
    run.save(update_fields=["state", "approved_by", "approved_at"])
    run.statements.filter(state=StatementState.DRAFT).update(
        state=lifecycle.move_statement(StatementState.DRAFT, StatementMove.APPROVE)
    )
    return run


@transaction.atomic
def reopen_run(*, run_id: str) -> Run:
    """Take an approval back, so that statements can be held or periods closed again."""
    run = _locked_run(run_id)
    if Run.objects.filter(month=run.month, state=RunState.DRAFT).exists():
        raise IllegalMove(
            "A newer draft run of this month exists; issue this one or leave it approved.",
            code="newer_draft",
        )
    run.state = lifecycle.move_run(run.state, RunMove.REOPEN)
    run.approved_by, run.approved_at = None, None
    run.save(update_fields=["state", "approved_by", "approved_at"])
    run.statements.filter(state=StatementState.APPROVED).update(state=StatementState.DRAFT)
    return run


@transaction.atomic
def hold(*, statement_id: str, reason: str) -> Statement:
    """Keep a statement back from its run, saying why."""
    statement = Statement.objects.select_for_update(of=("self",)).get(public_id=statement_id)
    if not reason.strip():
        raise IllegalMove("Say why the statement is held.", code="reason_missing")
    statement.state = lifecycle.move_statement(statement.state, StatementMove.HOLD)
    statement.hold_reason = reason.strip()
    statement.save(update_fields=["state", "hold_reason"])
    return statement


@transaction.atomic
def release(*, statement_id: str) -> Statement:
    """Let a held statement go on with its run; in an approved run it is approved at once.

    A run that was issued without it is resumed and issues it too.
    """
    run = Run.objects.select_for_update().get(statements__public_id=statement_id)
    statement = Statement.objects.select_for_update(of=("self",)).get(public_id=statement_id)
    statement.state = lifecycle.move_statement(statement.state, StatementMove.RELEASE)
    statement.hold_reason = ""
    if run.state != RunState.DRAFT:
        statement.state = lifecycle.move_statement(statement.state, StatementMove.APPROVE)
    statement.save(update_fields=["state", "hold_reason"])
    if run.state == RunState.ISSUED:
        run.state = lifecycle.move_run(run.state, RunMove.RESUME)
        run.save(update_fields=["state"])
        enqueue_on_commit("licensing.royalties.tasks.issue_run", run_id=run.pk)
    return statement


@transaction.atomic
def request_issue(*, run_id: str) -> Run:
    """Ask for an approved run to be issued; a worker does it, a sweep finds it if lost."""
    run = _locked_run(run_id)
    run.state = lifecycle.move_run(run.state, RunMove.ISSUE)
    run.save(update_fields=["state"])
    enqueue_on_commit("licensing.royalties.tasks.issue_run", run_id=run.pk)
    return run


def issue_run(*, run_id: int) -> bool:
    """Issue every approved statement of a run; safe to repeat. False if another worker is at it.

    Each statement is its own transaction, so a worker killed half-way loses at most one and the
    next run goes on from there.
    """
    with claim(Claimable.RUN, run_id) as free:
        if not free:
            return False
        approved = Statement.objects.filter(run_id=run_id, state=StatementState.APPROVED)
        for pk in approved.order_by("pk").values_list("pk", flat=True):
            issue(statement_pk=pk)
        _finish(run_id)
    return True


@transaction.atomic
def _finish(run_id: int) -> None:
    run = Run.objects.select_for_update().get(pk=run_id)
    if run.state != RunState.ISSUING:
        return
    if run.statements.filter(state=StatementState.APPROVED).exists():
        return
    run.state = lifecycle.move_run(run.state, RunMove.FINISH)
    run.issued_at = run.issued_at or timezone.now()
    run.save(update_fields=["state", "issued_at"])
    announce("run.issued", run_id=run.pk)


@transaction.atomic
def issue(*, statement_pk: int) -> Statement:
    """Freeze a statement, release what it states to its payee and ask for its PDF."""
    statement = (
        Statement.objects.select_for_update(of=("self",))
        .select_related("payee", "run")
        .get(pk=statement_pk)
    )
    if statement.state != StatementState.APPROVED:
        return statement
    statement.state = lifecycle.move_statement(statement.state, StatementMove.ISSUE)
    statement.issued_at = timezone.now()
    advances = Charge.objects.filter(
        kind=ChargeKind.ADVANCE, allocations__line__statement=statement
    )
    _read_balances(statement, sum(one.amount_minor for one in advances))
    statement.refresh_from_db(fields=["net_minor"])
    frozen = content.of(statement)
    statement.content = frozen
    statement.content_sha256 = content.sha256(frozen)
    statement.save(
        update_fields=[
            "state",
            "issued_at",
            "opening_minor",
            "unrecouped_minor",
            "content",
            "content_sha256",
        ]
    )
    for entry in _releases(statement, list(advances)):
        posting.post(entry)
    enqueue_on_commit("licensing.royalties.tasks.prepare_statement", statement_id=statement.pk)
    return statement


def issue_alone(allocation: Allocation) -> Statement:
    """State an allocation that is payable now, in an issued run of its own.

    For what the terms promise on receipt, so that it need not wait for a month's run.
    """
    if allocation.organisation is None:
        raise ValueError("nobody is named whom this could be stated to")
    month = timezone.localdate().replace(day=1)
    run = _next_run(month, state=RunState.ISSUED, issued_at=timezone.now())
    statement = Statement.objects.create(
        run=run,
        payee=allocation.organisation,
        currency=allocation.charge.currency,
        state=StatementState.APPROVED,
    )
    StatementLine.objects.create(statement=statement, allocation=allocation)
    total([statement])
    return issue(statement_pk=statement.pk)


def _read_balances(statement: Statement, advanced_minor: int) -> None:
    """Note the payee's balances at issue; what is advanced by this statement counts as had."""
    payee, code = statement.payee.public_id, statement.currency
    statement.opening_minor = balances.balance_minor(AccountRef(Purpose.PAYABLE, payee, code))
    unrecouped = balances.balance_minor(AccountRef(Purpose.UNRECOUPED, payee, code))
    statement.unrecouped_minor = unrecouped + advanced_minor


def _releases(statement: Statement, advances: Sequence[Charge]) -> Iterator[EntryDraft]:
    """Yield what makes a statement payable: earnings, and advances by an entry of their own."""
    payee = statement.payee.public_id
    issued_on = timezone.localdate(statement.issued_at)
    memo = {"statement": statement.public_id, "month": f"{statement.run.month:%Y-%m}"}
    earned = statement.net_minor - sum(one.amount_minor for one in advances)
    if earned:
        yield recipes.earnings_released(
            key=f"statement:{statement.public_id}",
            payee=payee,
            currency=statement.currency,
            effective_on=issued_on,
            amount_minor=earned,
            memo=memo,
        )
    for one in advances:
        yield recipes.advance_released(
            key=one.entry_key,
            currency=statement.currency,
            effective_on=issued_on,
            parts={payee: one.amount_minor},
            memo={**memo, "charge": one.public_id},
        )


def _locked_run(run_id: str) -> Run:
    return Run.objects.select_for_update().get(public_id=run_id)
