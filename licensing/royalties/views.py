"""Statements in the dashboard: the list, one statement, and why each figure is what it is."""

import json
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from ledger.documents.models import Document
from licensing.access import ActorRequest, scoped
from licensing.errors import LicensingError
from licensing.parties.roles import Scope
from licensing.refusal_words import refusal_said
from licensing.royalties import content, detail, disputes, downloads, explain, printing
from licensing.royalties.charges import clauses_of, share_of, trace_of
from licensing.royalties.forms import AnswerForm, DisputeForm
from licensing.royalties.models import Allocation, Charge, Run, Statement, StatementState
from licensing.royalties.works import Works
from licensing.usage.models import UsageReport

PER_PAGE = 25
MOST_RUNS = 6
MOST_LINES = 100


@scoped(Scope.STATEMENTS_READ)
def statements(request: ActorRequest) -> HttpResponse:
    """List a payee's statements; the operator sees the runs and everybody's."""
    query = request.GET.get("q", "").strip()
    state = request.GET.get("state", "")
    month = request.GET.get("month", "")
    visible = Statement.objects.visible_to(request.actor)
    found = visible.select_related("run", "payee").order_by("-run__month", "-pk")
    if query:
        found = found.filter(Q(payee__name__icontains=query) | Q(public_id=query))
    if state in StatementState.values:
        found = found.filter(state=state)
    if month:
        found = found.filter(run__month=_first_day(month))
    months = visible.order_by("-run__month").values_list("run__month", flat=True).distinct()
    context = {
        "page_title": _("Statements"),
        "page": Paginator(found, PER_PAGE).get_page(request.GET.get("page")),
        "runs": _runs(request),
        "query": query,
        "state": state,
        "month": month,
        "months": list(months),
        "states": StatementState.choices if request.actor.is_operator else PAYEE_STATES,
        "is_filtered": bool(query or state or month),
    }
    return render(request, "royalties/statements.html", context)


PAYEE_STATES = [
    (state.value, state.label)
    for state in (StatementState.ISSUED, StatementState.PAID, StatementState.DISPUTED)
]


def _first_day(month: str) -> str:
    """Return the first day of ``2026-10``, or a day on which nothing begins."""
    parts = month.split("-")
    is_month = [len(part) for part in parts] == [4, 2] and all(part.isdigit() for part in parts)
    return f"{month}-01" if is_month and "01" <= parts[1] <= "12" else "0001-01-01"


def _runs(request: ActorRequest) -> list[Run]:
    if not request.actor.may(Scope.STATEMENTS_APPROVE):
        return []
    return list(Run.objects.with_counts().order_by("-month", "-number")[:MOST_RUNS])


@scoped(Scope.STATEMENTS_READ)
def statement(request: ActorRequest, public_id: str) -> HttpResponse:
    """Show a statement from gross to net, line by line."""
    return _show(request, visible_statement(request, public_id))


def visible_statement(request: ActorRequest, public_id: str) -> Statement:
    """Return a statement the actor may see, or answer 404."""
    found = Statement.objects.visible_to(request.actor).select_related("run", "payee")
    return get_object_or_404(found, public_id=public_id)


def _show(
    request: ActorRequest,
    shown: Statement,
    *,
    disputing: DisputeForm | None = None,
    answering: AnswerForm | None = None,
) -> HttpResponse:
    stated = content.stated(shown)
    page = Paginator(list(enumerate(stated["lines"], 1)), MOST_LINES).get_page(
        request.GET.get("page")
    )
    is_payee = request.actor.organisation_id == shown.payee_id
    context = {
        "page_title": _("Statement"),
        "breadcrumbs": crumbs(request, shown),
        "statement": shown,
        "stated": stated,
        "waterfall": printing.waterfall(stated),
        "unrecouped": printing.unrecouped(stated),
        "page": page,
        "groups": printing.by_licence([line | {"number": n} for n, line in page]),
        "documents": {one.language: one for one in Document.objects.about(shown.public_id)},
        "languages": settings.LANGUAGES,
        "disputes": shown.disputes.select_related("raised_by", "answered_by"),
        "payouts": shown.payouts.select_related("payout").order_by("-pk"),
        "may_dispute": is_payee and shown.state == StatementState.ISSUED,
        "may_answer": request.actor.may(Scope.STATEMENTS_APPROVE)
        and shown.state == StatementState.DISPUTED,
        "disputing": disputing or DisputeForm(),
        "answering": answering or AnswerForm(),
    }
    refused = disputing or answering
    return render(request, "royalties/statement.html", context, status=422 if refused else 200)


def crumbs(request: ActorRequest, shown: Statement) -> list[dict[str, Any]]:
    """Return the way to a statement; by its run for who reviews runs."""
    way: list[dict[str, Any]] = [{"label": _("Statements"), "url": reverse("statements")}]
    if request.actor.may(Scope.STATEMENTS_APPROVE):
        label = _("Run %(month)s · %(number)s") % {
            "month": f"{shown.run.month:%Y-%m}",
            "number": shown.run.number,
        }
        way.append({"label": label, "url": reverse("run", args=[shown.run.public_id])})
    return way


@scoped(Scope.STATEMENTS_READ)
def why(request: ActorRequest, public_id: str, number: int) -> HttpResponse:
    """Follow one line down: clause, calculation, works, reports and the entry that books it."""
    shown = visible_statement(request, public_id)
    allocations = content.allocations_of(shown)
    if not 1 <= number <= len(allocations):
        raise Http404
    allocation = allocations[number - 1]
    charge = allocation.charge
    with detail.opened([allocation]) as opened:
        behind = Works(opened, [(number, allocation)])
        works = behind[: explain.MOST_WORKS]
    context = {
        "page_title": _("Why this number?"),
        "breadcrumbs": [
            *crumbs(request, shown),
            {"label": shown.public_id, "url": reverse("statement", args=[shown.public_id])},
        ],
        "statement": shown,
        "number": number,
        "line": content.stated(shown)["lines"][number - 1],
        "charge": charge,
        "share": share_of(allocation),
        "clause": clauses_of(charge.period.licence).get(charge.price_id),
        "quoted": _quoted(charge),
        "trace": trace_of(charge),
        "payouts": shown.payouts.select_related("payout").order_by("-pk"),
        "works": works,
        "work_count": len(behind),
        "reports": _reports(request, allocation),
        "released_by": f"statement:{shown.public_id}" if shown.issued_at else "",
        "may_read_journal": request.actor.may(Scope.LEDGER_READ),
    }
    return render(request, "royalties/why.html", context)


def _quoted(charge: Charge) -> dict[str, str]:
    """Return the clause word for word as it was signed, and its place in the terms."""
    found = explain.quoted(charge)
    text = json.dumps(found["clause"], ensure_ascii=False, indent=2) if found["clause"] else ""
    return {"path": found["path"], "text": text}


@scoped(Scope.STATEMENTS_READ)
def usage_csv(request: ActorRequest, public_id: str, number: int) -> HttpResponseBase:
    """Hand out the usage lines behind one line."""
    shown = visible_statement(request, public_id)
    allocations = content.allocations_of(shown)
    if not 1 <= number <= len(allocations):
        raise Http404
    return downloads.usage_csv(shown, allocations[number - 1], number)


def _reports(request: ActorRequest, allocation: Allocation) -> list[dict[str, Any]]:
    """Return the reports behind a line; a link where the actor may open them."""
    reports = explain.reports_of(allocation.charge)
    names = [one["report"] for one in reports]
    visible = set(
        UsageReport.objects.visible_to(request.actor)
        .filter(public_id__in=names)
        .values_list("public_id", flat=True)
    )
    return [{**one, "is_visible": one["report"] in visible} for one in reports]


@scoped(Scope.STATEMENTS_READ)
def statement_file(request: ActorRequest, public_id: str, name: str) -> HttpResponseBase:
    """Hand out a statement as one of the files it can be taken away as."""
    shown = visible_statement(request, public_id)
    if name not in downloads.FILES or (name == "statement.json" and shown.content is None):
        raise Http404
    return downloads.response(shown, name)


@scoped(Scope.STATEMENTS_READ)
def statement_pdf(request: ActorRequest, public_id: str, language: str) -> HttpResponse:
    """Lead to the PDF in a language; it is asked for here if nobody has before."""
    shown = visible_statement(request, public_id)
    if language not in dict(settings.LANGUAGES) or shown.content is None:
        raise Http404
    return redirect("document", printing.request(shown, language).public_id)


@scoped(Scope.STATEMENTS_READ)
@require_POST
def dispute(request: ActorRequest, public_id: str) -> HttpResponse:
    """Object to one's own statement."""
    shown = visible_statement(request, public_id)
    form = DisputeForm(request.POST)
    if not form.is_valid():
        return _show(request, shown, disputing=form)
    try:
        disputes.dispute(
            by=request.actor, statement_id=public_id, reason=form.cleaned_data["reason"]
        )
    except LicensingError as refusal:
        messages.error(request, refusal_said(refusal))
    else:
        messages.success(request, str(_("Your dispute is with finance now.")))
    return redirect("statement", public_id)


@scoped(Scope.STATEMENTS_APPROVE)
@require_POST
def answer(request: ActorRequest, public_id: str) -> HttpResponse:
    """Answer a payee's dispute."""
    shown = visible_statement(request, public_id)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _show(request, shown, answering=form)
    try:
        disputes.answer(by=request.actor, statement_id=public_id, text=form.cleaned_data["answer"])
    except LicensingError as refusal:
        messages.error(request, refusal_said(refusal))
    else:
        messages.success(request, str(_("Answered; the statement stands again.")))
    return redirect("statement", public_id)
