"""Matching in the dashboard: what found no licensed work, and deciding about it."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, F, Q
from django.db.models.expressions import OrderBy
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from licensing.access import ActorRequest, scoped
from licensing.deals.models import Licence
from licensing.errors import LicensingError
from licensing.parties.roles import Scope
from licensing.refusal_words import fault_said, refusal_said
from licensing.tabs import tabs
from licensing.usage.matching import decisions, finding, history
from licensing.usage.matching.decisions import Choice
from licensing.usage.matching.forms import DecideForm
from licensing.usage.matching.models import Kind, MatchDecision, Status, Unmatched
from licensing.usage.matching.models import UnmatchedQuerySet as Items
from licensing.usage.models import UsageReport

PER_PAGE = 50
MOST_REPORTS = 50
REFRESH_SECONDS = 3
WAITING = Q(status=Status.OPEN, lines__gt=0)
TABS: dict[str, tuple[str | Promise, Q]] = {
    "open": (_("To decide"), WAITING),
    "mapped": (_("Mapped"), Q(status=Status.MAPPED)),
    "granted": (_("Granted"), Q(status=Status.GRANTED)),
    "infringing": (_("Infringing"), Q(status=Status.INFRINGING)),
    "ignored": (_("Ignored"), Q(status=Status.IGNORED)),
    "all": (_("All"), Q()),
}
LABELS = {name: label for name, (label, _condition) in TABS.items()}
SORTS: dict[str, list[OrderBy | str]] = {
    "lines": [F("lines").asc(), "pk"],
    "-lines": [F("lines").desc(), "pk"],
    "stake": [F("stake_minor").asc(nulls_first=True), "pk"],
    "-stake": [F("stake_minor").desc(nulls_last=True), "pk"],
    "seen": [F("first_seen_at").asc(), "pk"],
    "-seen": [F("first_seen_at").desc(), "pk"],
}


@scoped(Scope.MATCHING_READ)
def matching(request: ActorRequest) -> HttpResponse:
    """List identifiers that no licensed work answers, with what they stand for."""
    return _list(request, DecideForm(initial={"decision": Kind.MAP}))


def _list(request: ActorRequest, form: DecideForm, status: int = 200) -> HttpResponse:
    everything = Unmatched.objects.visible_to(request.actor)
    found = _filtered(everything, request)
    chosen = request.GET.get("status", "open")
    counts = found.aggregate(
        **{name: Count("pk", filter=condition) for name, (_label, condition) in TABS.items()}
    )
    _label, condition = TABS.get(chosen, TABS["open"])
    order = SORTS.get(request.GET.get("sort", ""), SORTS["-lines"])
    listed = found.filter(condition).select_related(
        "licence__deal", "licence__licensee", "licence__licensor", "work"
    )
    context = {
        "page_title": _("Matching"),
        "tabs": tabs(request, "status", LABELS, counts, chosen=chosen),
        "chosen": chosen,
        "page": Paginator(listed.order_by(*order), PER_PAGE).get_page(request.GET.get("page")),
        "licences": Licence.objects.filter(unmatched__in=everything)
        .distinct()
        .select_related("deal"),
        "asked_licence": request.GET.get("licence", ""),
        "query": request.GET.get("q", ""),
        "is_empty": not everything.exists(),
        "more": _more(request),
        "form": form,
        "ticked": request.POST.getlist("unmatched"),
        "may_decide": request.actor.may(Scope.MATCHING_WRITE) and chosen in {"open", "all"},
    }
    return render(request, "matching/list.html", context, status=status)


def _filtered(found: Items, request: ActorRequest) -> Items:
    if licence := request.GET.get("licence"):
        found = found.filter(licence__public_id=licence)
    if query := request.GET.get("q", "").strip():
        found = found.filter(Q(name__icontains=query) | Q(work__title__icontains=query))
    return found


def _more(request: ActorRequest) -> list[UsageReport]:
    """Return the reports with more unmatched identifiers than are kept."""
    seen = UsageReport.objects.filter(
        licence__in=Unmatched.objects.visible_to(request.actor).values("licence"),
        unmatched_more__gt=0,
    )
    return list(seen.order_by("-pk")[:3])


def _visible(request: ActorRequest, public_id: str) -> Unmatched:
    found = Unmatched.objects.visible_to(request.actor).select_related(
        "licence__deal", "licence__licensee", "licence__licensor", "work", "decision"
    )
    return get_object_or_404(found, public_id=public_id)


@scoped(Scope.MATCHING_READ)
def unmatched(request: ActorRequest, public_id: str) -> HttpResponse:
    """Show one identifier: where it was reported, what it may be, and what was decided."""
    item = _visible(request, public_id)
    return _show(request, item)


def _show(
    request: ActorRequest, item: Unmatched, refused: DecideForm | None = None, status: int = 200
) -> HttpResponse:
    """Show it with a form for mapping and one for granting; one of them may have been refused."""
    grants = refused is not None and refused.data.get("decision") == Kind.GRANT
    from_start = {"starts_on": item.licence.starts_on}
    query = request.GET.get("q", "").strip()
    may_decide = request.actor.may(Scope.MATCHING_WRITE)
    is_open = may_decide and item.status == Status.OPEN
    sightings = item.sightings.select_related("report").order_by("-report__period", "-report")
    progress = history.progress_of(item)
    candidates = _candidates(request, item, query) if is_open else []
    form = refused if refused and not grants else DecideForm()
    form.ask_for_work(beside_candidates=bool(candidates))
    context = {
        "page_title": item.name,
        "breadcrumbs": [{"label": _("Matching"), "url": reverse("matching")}],
        "item": item,
        "sightings": sightings[:MOST_REPORTS],
        "quantity": sorted(item.quantity.items()),
        "query": query,
        "candidates": candidates,
        "is_open": is_open,
        "undoable": history.undoable(item, request.actor) if may_decide else [],
        "events": history.events_of(item, request.actor),
        "form": form,
        "grant_form": refused
        if refused and grants
        else DecideForm(initial=from_start, auto_id="grant_%s"),
        "progress": progress,
        "refresh_seconds": REFRESH_SECONDS if progress else None,
    }
    return render(request, "matching/unmatched.html", context, status=status)


def _candidates(request: ActorRequest, item: Unmatched, query: str) -> list[finding.Candidate]:
    if query:
        return finding.searched(request.actor, item, query)
    return finding.suggested(request.actor, item)


@scoped(Scope.MATCHING_READ)
def progress(request: ActorRequest, public_id: str) -> HttpResponse:
    """Answer how many reports are judged again; once all are, have the page loaded anew."""
    item = _visible(request, public_id)
    so_far = history.progress_of(item)
    if so_far is None:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "components/progress.html", so_far)


@scoped(Scope.MATCHING_WRITE)
@require_POST
def decide(request: ActorRequest) -> HttpResponse:
    """Decide about the ticked identifiers, or about the one whose page was open."""
    names = request.POST.getlist("unmatched")
    form = DecideForm(request.POST, auto_id=_ids(request))
    one = _visible(request, names[0]) if request.POST.get("page") == "one" and names else None
    if form.is_valid() and _decided(request, names, form):
        if one is not None:
            return redirect("unmatched", one.public_id)
        return redirect("matching")
    if one is not None:
        return _show(request, one, form, status=422)
    return _list(request, form, status=422)


def _ids(request: ActorRequest) -> str:
    """Return how the fields of the form that was sent are named on its page."""
    return "grant_%s" if request.POST.get("decision") == Kind.GRANT else "id_%s"


def _decided(request: ActorRequest, names: list[str], form: DecideForm) -> bool:
    kind, written, starts_on, reason = form.said
    try:
        work = finding.named(request.actor, written).public_id if written else ""
        made = decisions.decide(
            by=request.actor, unmatched=names, choice=Choice(kind, reason, work, starts_on)
        )
    except Unmatched.DoesNotExist:
        raise Http404 from None
    except LicensingError as refusal:
        _complain(form, refusal)
        return False
    text = ngettext(
        "Decided about %(n)s identifier. Its reports are judged again.",
        "Decided about %(n)s identifiers. Their reports are judged again.",
        len(made),
    )
    messages.success(request, text % {"n": len(made)})
    return True


def _complain(form: DecideForm, refusal: LicensingError) -> None:
    if not refusal.faults:
        form.add_error(None, refusal_said(refusal))
    for fault in refusal.faults:
        form.add_error(fault.where if fault.where in form.fields else None, fault_said(fault))


@scoped(Scope.MATCHING_WRITE)
@require_POST
def undo(request: ActorRequest, public_id: str) -> HttpResponse:
    """Undo the decision that stands for an identifier."""
    item = _visible(request, public_id)
    asked = get_object_or_404(
        MatchDecision.objects.visible_to(request.actor),
        public_id=request.POST.get("decision", ""),
    )
    try:
        decisions.undo(
            by=request.actor,
            decision_id=asked.public_id,
            reason=request.POST.get("reason", ""),
        )
    except LicensingError as refusal:
        messages.error(request, refusal_said(refusal))
    else:
        messages.success(request, str(_("Undone. The reports are judged again.")))
    return redirect("unmatched", item.public_id)
