"""Jobs that follow what accounting and the ledger announce."""

from celery import shared_task

from config.jobs import enqueue_on_commit, repeatable
from ledger.payouts.lifecycle import State
from licensing.royalties.models import Run, RunState, StatementState
from licensing.settlement import advances, invoicing, payouts
from licensing.settlement.claims import unclaimed
from licensing.settlement.models import StatementPayout


@repeatable
def invoice_run(run_id: int) -> None:
    """Invoice the month of a run that was issued; repeats find the charges claimed."""
    invoicing.invoice_month(Run.objects.get(pk=run_id).month)


@shared_task(ignore_result=True)
def invoice_issued_runs() -> None:
    """Sweep: hand out again the issued runs whose month has charges that nobody invoiced."""
    waiting = unclaimed()
    months = waiting.values("period__starts_on")
    for run_id in Run.objects.filter(state=RunState.ISSUED, month__in=months).values_list(
        "pk", flat=True
    ):
        enqueue_on_commit("licensing.settlement.tasks.invoice_run", run_id=run_id)


@shared_task(ignore_result=True)
def invoice_advances() -> None:
    """Sweep: invoice the advances that licences in force agree on and nobody invoiced yet."""
    for licence_id in advances.to_invoice().values_list("pk", flat=True):
        advances.invoice(licence_id=licence_id)


@repeatable
def release_advance(invoice_id: int) -> None:
    """Release what was paid of an advance; an invoice of anything else is left alone."""
    advances.release_paid(invoice_id=invoice_id)


@shared_task(ignore_result=True)
def release_paid_advances() -> None:
    """Sweep: release advances whose payment no job has followed."""
    for invoice_id in advances.to_release().values_list("invoice_id", flat=True):
        enqueue_on_commit("licensing.settlement.tasks.release_advance", invoice_id=invoice_id)


@repeatable
def follow_payout(payout_id: int) -> None:
    """Mark the statements of a payout paid, or unpaid again."""
    payouts.follow(payout_id)


@shared_task(ignore_result=True)
def follow_settled_payouts() -> None:
    """Sweep: follow again the payouts whose statements do not agree with them."""
    behind = StatementPayout.objects.filter(
        payout__state=State.PAID, statement__state=StatementState.ISSUED
    )
    for payout_id in behind.values_list("payout_id", flat=True).distinct():
        enqueue_on_commit("licensing.settlement.tasks.follow_payout", payout_id=payout_id)
