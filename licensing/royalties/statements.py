"""Statements: drafted at each close, reviewed as a run, frozen and released when issued.

Lock order: run, statement, account.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max, QuerySet, Sum
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

STATED = (AllocationRole.PAYEE, AllocationRole.COLLECTIVE_FEE)


def draft(allocations: Iterable[Allocation], month: date) -> Run:
    """Put allocations on the draft statements of their payees; call inside the booking.

    The month's draft run is found or begun, so what is closed after a run was approved goes into
    a supplementary one.
    """
    run = _draft_run(month)
    statements: dict[tuple[int, str], Statement] = {}
    lines = []
    for allocation in allocations:
        if allocation.role not in STATED or allocation.organisation_id is None:
            continue
        key = (allocation.organisation_id, allocation.charge.currency)
        if key not in statements:
            statements[key], _ = Statement.objects.get_or_create(
                run=run, payee_id=key[0], currency=key[1]
            )
        lines.append(StatementLine(statement=statements[key], allocation=allocation))
    StatementLine.objects.bulk_create(lines)
    total(Statement.objects.filter(pk__in=[one.pk for one in statements.values()]))
    return run


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


def total(statements: QuerySet[Statement]) -> None:
    """Sum the lines of statements into their waterfall."""
    for statement in statements:
        sums = Allocation.objects.filter(line__statement=statement).aggregate(
            gross=Sum("gross_minor"),
            operator=Sum("operator_fee_minor"),
            collective=Sum("collective_fee_minor"),
            reserve=Sum("reserve_minor"),
            recouped=Sum("recouped_minor"),
        )
        statement.gross_minor = sums["gross"] or 0
        statement.operator_fee_minor = sums["operator"] or 0
        statement.collective_fee_minor = sums["collective"] or 0
        statement.reserve_minor = sums["reserve"] or 0
        statement.recouped_minor = sums["recouped"] or 0
        statement.save(
            update_fields=[
                "gross_minor",
                "operator_fee_minor",
                "collective_fee_minor",
                "reserve_minor",
                "recouped_minor",
            ]
        )


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
    total(Statement.objects.filter(pk=statement.pk))
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
