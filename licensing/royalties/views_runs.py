"""A run of statements in the dashboard: what to check before it is approved, and its moves."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Sum
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from licensing.access import Actor, ActorRequest, scoped
from licensing.errors import LicensingError
from licensing.parties.roles import Scope
from licensing.royalties import month, statements
from licensing.royalties.forms import HoldForm
from licensing.royalties.models import (
    Allocation,
    AllocationRole,
    Run,
    RunState,
    Statement,
    StatementState,
)
from licensing.royalties.views_periods import change_of
from licensing.templatetags.money import money, quantity
from licensing.usage.models import ReportState, UsageReport

PER_PAGE = 50
REFRESH_SECONDS = 3
DONE = (StatementState.ISSUED, StatementState.PAID, StatementState.DISPUTED)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing to look at before approving: what it is, and whether it is as it should be."""

    text: str
    is_fine: bool
    url: str = ""


@scoped(Scope.STATEMENTS_APPROVE)
def run(request: ActorRequest, public_id: str) -> HttpResponse:
    """Show a run: its checks, its statements beside those of the month before, its moves."""
    shown = get_object_or_404(Run.objects.with_counts(), public_id=public_id)
    listed = shown.statements.select_related("payee").order_by("-net_minor", "pk")
    page = Paginator(listed, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page_title": _("Run %(month)s · %(number)s")
        % {"month": f"{shown.month:%Y-%m}", "number": shown.number},
        "breadcrumbs": [{"label": _("Statements"), "url": reverse("statements")}],
        "run": shown,
        "checks": _checks(request.actor, shown) if shown.state == RunState.DRAFT else [],
        "page": page,
        "lines": _lines(shown, list(page)),
        "totals": _totals(shown),
        "progress": _progress(shown),
        "refresh_seconds": REFRESH_SECONDS if shown.state == RunState.ISSUING else None,
    }
    return render(request, "royalties/run.html", context)


def _checks(actor: Actor, shown: Run) -> list[Check]:
    rows = month.rows(list(month.licences_of(actor, shown.month)), shown.month)
    waiting = [row for row in rows if row.state != "closed" or row.is_stale]
    checking = sum(row.checking for row in rows)
    reports = UsageReport.objects.filter(period=shown.month, state=ReportState.ACCEPTED)
    quarantined = reports.aggregate(total=Sum("lines_quarantined"))["total"] or 0
    periods = f"{reverse('periods')}?month={shown.month:%Y-%m}"
    return [
        Check(
            _("All %(all)s periods of the month are closed.") % {"all": len(rows)}
            if not waiting
            else _("%(open)s of %(all)s periods of the month are not closed.")
            % {"open": len(waiting), "all": len(rows)},
            not waiting,
            periods,
        ),
        Check(
            _("%(count)s reports are still being checked.") % {"count": checking}
            if checking
            else _("No report is being checked."),
            not checking,
            periods,
        ),
        Check(
            _("%(count)s lines of the month are quarantined and not charged.")
            % {"count": quantity(quarantined)}
            if quarantined
            else _("No line of the month is quarantined."),
            not quarantined,
        ),
        *_suspense(shown),
    ]


def _suspense(shown: Run) -> list[Check]:
    held = (
        Allocation.objects.filter(
            role=AllocationRole.SUSPENSE, charge__period__starts_on=shown.month
        )
        .values_list("charge__currency")
        .annotate(Sum("amount_minor"))
        .order_by("charge__currency")
    )
    amounts = [money(minor, code) for code, minor in held if minor]
    if not amounts:
        return [Check(_("Nothing of the month waits in suspense."), is_fine=True)]
    text = _("%(amounts)s of the month wait in suspense for an owner.")
    return [Check(text % {"amounts": ", ".join(amounts)}, is_fine=False)]


def _totals(shown: Run) -> list[dict[str, Any]]:
    sums = shown.statements.values("currency").annotate(net=Sum("net_minor")).order_by("currency")
    return [dict(row) for row in sums]


def _lines(shown: Run, listed: list[Statement]) -> list[dict[str, Any]]:
    """Set each statement beside what its payee earned in the month before."""
    earlier: dict[tuple[int, str], int] = {
        (payee, code): net
        for payee, code, net in Statement.objects.filter(
            run__month=month.before(shown.month), payee__in=[one.payee_id for one in listed]
        )
        .values_list("payee", "currency")
        .annotate(Sum("net_minor"))
    }
    lines = []
    for one in listed:
        before_minor = earlier.get((one.payee_id, one.currency))
        change = "" if before_minor is None else change_of(one.net_minor, before_minor)
        lines.append({"statement": one, "before_minor": before_minor, "change": change})
    return lines


def _progress(shown: Run) -> dict[str, Any] | None:
    if shown.state != RunState.ISSUING:
        return None
    counts = shown.statements.exclude(state=StatementState.HELD)
    return {
        "id": "issue",
        "label": _("Issuing"),
        "done": counts.filter(state__in=DONE).count(),
        "total": counts.count(),
        "unit": _("statements"),
        "poll_url": reverse("run-progress", args=[shown.public_id]),
    }


@scoped(Scope.STATEMENTS_APPROVE)
def run_progress(request: ActorRequest, public_id: str) -> HttpResponse:
    """Answer with the progress bar alone; the page is loaded anew when it is done."""
    progress = _progress(get_object_or_404(Run, public_id=public_id))
    if progress is None:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "components/progress.html", progress)


def _moved(
    request: ActorRequest, public_id: str, move: Callable[[], object], done: str | Promise
) -> HttpResponse:
    """Make a move and go back to the run, which tells what came of it."""
    try:
        move()
    except (Run.DoesNotExist, Statement.DoesNotExist):
        raise Http404 from None
    except LicensingError as refusal:
        messages.error(request, refusal.detail)
    else:
        messages.success(request, str(done))
    return redirect("run", public_id)


@scoped(Scope.STATEMENTS_APPROVE)
@require_POST
def approve(request: ActorRequest, public_id: str) -> HttpResponse:
    """Approve every statement of a run that is not held."""
    return _moved(
        request,
        public_id,
        lambda: statements.approve_run(by=request.actor, run_id=public_id),
        gettext_lazy("Approved. Issue the run when you are ready."),
    )


@scoped(Scope.STATEMENTS_APPROVE)
@require_POST
def reopen(request: ActorRequest, public_id: str) -> HttpResponse:
    """Take the approval back."""
    return _moved(
        request,
        public_id,
        lambda: statements.reopen_run(run_id=public_id),
        gettext_lazy("The run is a draft again."),
    )


@scoped(Scope.STATEMENTS_APPROVE)
@require_POST
def issue(request: ActorRequest, public_id: str) -> HttpResponse:
    """Issue an approved run."""
    return _moved(
        request,
        public_id,
        lambda: statements.request_issue(run_id=public_id),
        gettext_lazy("The statements are being issued."),
    )


@scoped(Scope.STATEMENTS_APPROVE)
@require_POST
def hold(request: ActorRequest, public_id: str) -> HttpResponse:
    """Keep a statement back from its run, with a reason."""
    held = get_object_or_404(Statement.objects.select_related("run"), public_id=public_id)
    form = HoldForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    return _moved(
        request,
        held.run.public_id,
        lambda: statements.hold(statement_id=public_id, reason=reason),
        gettext_lazy("Held. It is not issued with its run."),
    )


@scoped(Scope.STATEMENTS_APPROVE)
@require_POST
def release(request: ActorRequest, public_id: str) -> HttpResponse:
    """Let a held statement go on with its run."""
    held = get_object_or_404(Statement.objects.select_related("run"), public_id=public_id)
    return _moved(
        request,
        held.run.public_id,
        lambda: statements.release(statement_id=public_id),
        gettext_lazy("Released."),
    )
