"""Jobs of accounting: closing periods, issuing runs, printing statements."""

from celery import shared_task
from django.utils import timezone

from config.jobs import enqueue_on_commit, repeatable
from licensing.royalties import closing, printing, reopening, reserving, statements, suspense
from licensing.royalties.models import Period, PeriodState, Run, RunState, Statement
from licensing.usage.models import UsageReport


@repeatable
def close_period(period_id: int) -> None:
    """Close one period; a second message finds it claimed or closed and does nothing."""
    closing.close_period(period_id)


@shared_task(ignore_result=True)
def close_due_periods() -> None:
    """Sweep: hand out again the closes whose message or worker was lost."""
    waiting = Period.objects.filter(state__in=[PeriodState.DUE, PeriodState.CLOSING])
    for period_id in waiting.values_list("pk", flat=True):
        enqueue_on_commit("licensing.royalties.tasks.close_period", period_id=period_id)


@repeatable
def note_report(report_id: int) -> None:
    """Make the period of an accepted report, or show a closed one as changed since its close."""
    report = UsageReport.objects.select_related("licence").get(pk=report_id)
    closing.note_change(report.licence, report.period)


@shared_task(ignore_result=True)
def note_missed_reports() -> None:
    """Sweep: note the accepted reports whose period no close has looked at since."""
    for report_id in closing.unnoted().values_list("pk", flat=True):
        enqueue_on_commit("licensing.royalties.tasks.note_report", report_id=report_id)


@repeatable
def liquidate(period_id: int) -> None:
    """Release a period's reserve; a second message finds nothing held."""
    reserving.liquidate(period_id)


@shared_task(ignore_result=True)
def liquidate_due_reserves() -> None:
    """Sweep: hand out the periods whose reserve is to be released by today."""
    for period in reserving.due(timezone.localdate()):
        enqueue_on_commit("licensing.royalties.tasks.liquidate", period_id=period.pk)


@shared_task(ignore_result=True)
def reopen_settled() -> None:
    """Sweep: open the periods with money in suspense whose works have other owners now."""
    for period in suspense.settled(timezone.localdate()):
        reopening.reopen(period.pk)


@repeatable
def reopen_revised() -> None:
    """Open the periods rated by a reading that was revised; started by it, and swept."""
    for period in reopening.revised():
        reopening.reopen(period.pk)


@repeatable
def issue_run(run_id: int) -> None:
    """Issue the approved statements of a run; repeats go on where the last one stopped."""
    statements.issue_run(run_id=run_id)


@shared_task(ignore_result=True)
def issue_waiting_runs() -> None:
    """Sweep: hand out again the runs whose message or worker was lost."""
    for run_id in Run.objects.filter(state=RunState.ISSUING).values_list("pk", flat=True):
        enqueue_on_commit("licensing.royalties.tasks.issue_run", run_id=run_id)


@repeatable
def prepare_statement(statement_id: int) -> None:
    """Ask for a statement's PDF in its payee's language."""
    statement = Statement.objects.select_related("payee", "run").get(pk=statement_id)
    printing.request(statement, statement.payee.language)


@shared_task(ignore_result=True)
def prepare_missing_statements() -> None:
    """Sweep: ask again for statement PDFs whose message was lost."""
    for statement_id in printing.missing().values_list("pk", flat=True):
        enqueue_on_commit("licensing.royalties.tasks.prepare_statement", statement_id=statement_id)
