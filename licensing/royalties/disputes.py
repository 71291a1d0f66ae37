"""Disputing an issued statement, and answering."""

from django.db import transaction
from django.utils import timezone

from licensing.access import Actor
from licensing.errors import Fault, IllegalMove, InvalidInput
from licensing.royalties import lifecycle
from licensing.royalties.lifecycle import StatementMove
from licensing.royalties.models import Dispute, Statement


@transaction.atomic
def dispute(*, by: Actor, statement_id: str, reason: str) -> Dispute:
    """Object to one's own issued statement; what it says is not paid out until answered.

    Raises `Statement.DoesNotExist` for outsiders, `IllegalMove` unless it is issued and unpaid,
    `InvalidInput` without a reason.
    """
    statement = (
        Statement.objects.visible_to(by).select_for_update(of=("self",)).get(public_id=statement_id)
    )
    if by.organisation_id != statement.payee_id:
        raise IllegalMove("Only the payee disputes a statement.", code="not_the_payee")
    _require(reason, "reason", "Say what is wrong, so that it can be answered.")
    statement.state = lifecycle.move_statement(statement.state, StatementMove.DISPUTE)
    statement.save(update_fields=["state"])
    return Dispute.objects.create(
        statement=statement, reason=reason.strip(), raised_by=by.user, raised_at=timezone.now()
    )


@transaction.atomic
def answer(*, by: Actor, statement_id: str, text: str) -> Dispute:
    """Answer a dispute, after which the statement stands again.

    What was wrong is put right by a report or by shares and booked as a difference at the next
    close; an issued statement is never changed.
    """
    statement = Statement.objects.select_for_update(of=("self",)).get(public_id=statement_id)
    _require(text, "answer", "Write what was found and what is done about it.")
    statement.state = lifecycle.move_statement(statement.state, StatementMove.SETTLE)
    statement.save(update_fields=["state"])
    open_dispute = statement.disputes.get(answered_at=None)
    open_dispute.answer = text.strip()
    open_dispute.answered_by = by.user
    open_dispute.answered_at = timezone.now()
    open_dispute.save(update_fields=["answer", "answered_by", "answered_at"])
    return open_dispute


def _require(text: str, field: str, advice: str) -> None:
    if not text.strip():
        raise InvalidInput(advice, faults=[Fault(field, "required", advice)])
