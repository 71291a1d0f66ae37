"""A run of statements in the dashboard: what to check before it is approved, and its moves."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
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

from licensing.access import ActorRequest, scoped
from licensing.errors import LicensingError
from licensing.parties.roles import Scope
from licensing.refusal_words import refusal_said
from licensing.royalties import review, statements
from licensing.royalties.forms import HoldForm
from licensing.royalties.models import (
    Run,
    RunState,
    Statement,
    StatementState,
)

PER_PAGE = 50
REFRESH_SECONDS = 3
DONE = (StatementState.ISSUED, StatementState.PAID, StatementState.DISPUTED)


@scoped(Scope.STATEMENTS_APPROVE)
def run(request: ActorRequest, public_id: str) -> HttpResponse:
    """Show a run: its checks, its statements beside those of the month before, its moves."""
    shown = get_object_or_404(Run.objects.with_counts(), public_id=public_id)
    only_flagged = request.GET.get("changed") == "1"
    listed = review.with_variance(shown, only_flagged=only_flagged)
    page = Paginator(listed, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page_title": _("Run %(month)s · %(number)s")
        % {"month": f"{shown.month:%Y-%m}", "number": shown.number},
        "breadcrumbs": [{"label": _("Statements"), "url": reverse("statements")}],
        "run": shown,
        "checks": review.checks(request.actor, shown) if shown.state == RunState.DRAFT else [],
        "page": page,
        "lines": [
            {"statement": one, "variance": found} for one, found in review.changes(list(page))
        ],
        "only_flagged": only_flagged,
        "flag_percent": settings.VARIANCE_FLAG_PERCENT,
        "totals": _totals(shown),
        "progress": _progress(shown),
        "refresh_seconds": REFRESH_SECONDS if shown.state == RunState.ISSUING else None,
    }
    return render(request, "royalties/run.html", context)


def _totals(shown: Run) -> list[dict[str, Any]]:
    sums = shown.statements.values("currency").annotate(net=Sum("net_minor")).order_by("currency")
    return [dict(row) for row in sums]


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
        messages.error(request, refusal_said(refusal))
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
