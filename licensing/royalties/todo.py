"""What accounting asks of an organisation, and what it told its payees lately."""

from collections.abc import Iterator

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from licensing.access import Actor
from licensing.parties.roles import Scope
from licensing.royalties.models import (
    Dispute,
    Period,
    PeriodState,
    Run,
    RunState,
    Statement,
    StatementState,
)
from licensing.templatetags.periods import period as month_name
from licensing.todo import Event, Task

MOST = 10


def tasks(actor: Actor) -> Iterator[Task]:
    """Yield the months to close, the runs to approve or issue, and the disputes to answer."""
    if actor.may(Scope.PERIODS_CLOSE):
        yield from _periods()
    if actor.may(Scope.STATEMENTS_APPROVE):
        yield from _runs()
        yield from _disputes()


def _periods() -> Iterator[Task]:
    """Yield a line for each month with periods that are over and wait to be closed."""
    waiting = Period.objects.filter(
        Q(state=PeriodState.OPEN), Q(ends_on__lt=timezone.localdate()) | ~Q(failure="")
    )
    by_month: dict[str, list[bool]] = {}
    for starts_on, failure in waiting.order_by("starts_on").values_list("starts_on", "failure"):
        by_month.setdefault(f"{starts_on:%Y-%m}", []).append(bool(failure))
    for name, failures in list(by_month.items())[:MOST]:
        refused = sum(failures)
        text = _("Close the periods of %(month)s") % {"month": month_name(name)}
        if refused:
            text = _("A close of %(month)s was refused") % {"month": month_name(name)}
        yield Task(
            text,
            f"{reverse('periods')}?month={name}",
            tone="critical" if refused else "warning",
            count=len(failures),
        )


def _runs() -> Iterator[Task]:
    said = {
        RunState.DRAFT: _("Review and approve the statements of %(month)s"),
        RunState.APPROVED: _("Issue the statements of %(month)s"),
    }
    for run in Run.objects.filter(state__in=list(said)).with_counts().order_by("month")[:MOST]:
        yield Task(
            said[RunState(run.state)] % {"month": month_name(run.month)},
            reverse("run", args=[run.public_id]),
            count=run.statement_count,
        )


def _disputes() -> Iterator[Task]:
    unanswered = Dispute.objects.filter(answered_at=None).select_related("statement__payee")
    for one in unanswered.order_by("raised_at")[:MOST]:
        yield Task(
            _("Answer the dispute of %(payee)s") % {"payee": one.statement.payee.name},
            reverse("statement", args=[one.statement.public_id]) + "#answer",
        )


def events(actor: Actor, most: int) -> Iterator[Event]:
    """Yield the statements a payee was sent; for the operator, the runs that went out."""
    if not actor.may(Scope.STATEMENTS_READ):
        return
    if actor.is_operator:
        yield from _issued_runs(most)
        return
    sent = Statement.objects.visible_to(actor).select_related("run").order_by("-issued_at")
    for one in sent[:most]:
        if one.issued_at is not None:
            yield Event(
                at=one.paid_at or one.issued_at,
                text=_("Statement for %(month)s") % {"month": month_name(one.run.month)},
                url=reverse("statement", args=[one.public_id]),
                kind="statement",
                state=one.state,
                what=_("Paid") if one.state == StatementState.PAID else _("Issued"),
            )


def _issued_runs(most: int) -> Iterator[Event]:
    runs = Run.objects.exclude(issued_at=None).select_related("approved_by")
    for run in runs.order_by("-issued_at")[:most]:
        if run.issued_at is not None:
            yield Event(
                at=run.issued_at,
                text=_("Statements of %(month)s") % {"month": month_name(run.month)},
                url=reverse("run", args=[run.public_id]),
                kind="run",
                state=run.state,
                what=_("Issued"),
                who=str(run.approved_by or ""),
            )
