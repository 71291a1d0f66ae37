"""Works in the dashboard: the list, one work, its names and its shares."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from licensing.access import Actor, ActorRequest, scoped
from licensing.catalogue import services
from licensing.catalogue.finding import narrowed, sees_shares, shown
from licensing.catalogue.forms import ClaimForm, IdentifierForm, ReserveForm, SharesForm, add_faults
from licensing.catalogue.identifiers import SCHEMES, BadIdentifier
from licensing.catalogue.imports.rows import shares_text
from licensing.catalogue.models import Reservation, Work, WorkQuerySet
from licensing.catalogue.ownership import as_stated, by_territory
from licensing.errors import LicensingError
from licensing.parties.roles import Scope
from licensing.refusal_words import fault_said, refusal_said
from licensing.territories import WORLD

PER_PAGE = 50


@scoped(Scope.WORKS_READ)
def works(request: ActorRequest) -> HttpResponse:
    """List works: all, one's own, or those under reservation; searched by title or identifier."""
    query = request.GET.get("q", "").strip()
    chosen = request.GET.get("whose", "own" if _has_own(request.actor) else "all")
    visible = Work.objects.visible_to(request.actor)
    fault = None
    try:
        found = narrowed(visible, request.actor, _wanted(query, request.GET.get("kind", "")))
    except BadIdentifier as refusal:
        found, fault = visible.none(), refusal.fault
    listed = shown(_whose(found, chosen, request.actor)).order_by("title", "pk")
    context = {
        "page_title": _("Works"),
        "page": Paginator(listed, PER_PAGE).get_page(request.GET.get("page")),
        "query": query,
        "kind": request.GET.get("kind", ""),
        "kinds": visible.order_by("kind").values_list("kind", flat=True).distinct(),
        "whose": chosen,
        "tabs": _tabs(request.actor, chosen, query),
        "fault": fault,
        "sees_shares": sees_shares(request.actor),
        "may_write": request.actor.may(Scope.WORKS_WRITE),
        "may_reserve": _has_own(request.actor) and request.actor.may(Scope.WORKS_WRITE),
        "is_empty": not query and not visible.exists(),
    }
    return render(request, "catalogue/works.html", context)


def _has_own(actor: Actor) -> bool:
    return actor.kind in services.OWNERS


def _wanted(query: str, kind: str) -> dict[str, str]:
    """Take ``scheme:value`` for an identifier and anything else for a part of the title."""
    scheme = query.partition(":")[0].lower()
    field = "identifier" if ":" in query and scheme in SCHEMES else "title"
    return {field: query, "kind": kind}


def _whose(found: WorkQuerySet, chosen: str, actor: Actor) -> WorkQuerySet:
    if chosen == "own":
        return found.owned_by(actor.organisation)
    if chosen == "reserved":
        standing = Reservation.objects.in_force(timezone.localdate())
        return found.filter(reservations__in=standing).distinct()
    return found


def _tabs(actor: Actor, chosen: str, query: str) -> list[dict[str, Any]]:
    choices = [("all", _("All")), ("reserved", _("Under reservation"))]
    if _has_own(actor):
        choices.insert(0, ("own", _("Our works")))
    asked = f"&q={query}" if query else ""
    return [
        {"label": label, "url": f"?whose={name}{asked}", "current": name == chosen, "count": None}
        for name, label in choices
    ]


@scoped(Scope.WORKS_READ)
def work(request: ActorRequest, public_id: str) -> HttpResponse:
    """Show one work: names, owners on a day, reservations, the printed © notice."""
    return _show(request, _visible(request, public_id))


def _visible(request: ActorRequest, public_id: str) -> Work:
    return get_object_or_404(Work.objects.visible_to(request.actor), public_id=public_id)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return timezone.localdate()


def _show(
    request: ActorRequest, one: Work, *, status: int = 200, **forms_shown: forms.Form
) -> HttpResponse:
    on = _day(request.GET.get("on", ""))
    owned = by_territory(one, one.shares.in_force(on).select_related("holder"))
    owns_all = bool(owned) and all(each.is_held_by(request.actor.organisation) for each in owned)
    context = {
        "page_title": one.title,
        "breadcrumbs": [{"label": _("Works"), "url": reverse("works")}],
        "work": one,
        "identifiers": one.identifiers.all(),
        "on": on,
        "owned": owned,
        "tells_territories": len(owned) > 1 or any(each.territory != WORLD for each in owned),
        "reservations": one.reservations.select_related("holder"),
        "sees_shares": sees_shares(request.actor),
        "may_write": request.actor.may(Scope.WORKS_WRITE),
        "may_reserve": _has_own(request.actor) and request.actor.may(Scope.WORKS_WRITE),
        "identifier_form": IdentifierForm(),
        "shares_form": SharesForm(
            initial={
                "shares": shares_text(as_stated(owned), "\n"),
                "weight_total": one.weight_total,
            }
        ),
        "contested": [each for each in owned if each.is_contested],
        "claim_form": ClaimForm(),
        "may_claim": _has_own(request.actor)
        and request.actor.may(Scope.WORKS_WRITE)
        and not owns_all,
        "reserve_form": ReserveForm(),
        **forms_shown,
    }
    return render(request, "catalogue/work.html", context, status=status)


@scoped(Scope.WORKS_WRITE)
@require_POST
def add_identifier(request: ActorRequest, public_id: str) -> HttpResponse:
    """Give a work another name."""
    one = _visible(request, public_id)
    form = IdentifierForm(request.POST)
    if form.is_valid():
        try:
            added = services.add_identifier(
                by=request.actor, work_id=public_id, **form.cleaned_data
            )
        except LicensingError as refusal:
            form.add_error(
                "identifier",
                fault_said(refusal.faults[0]) if refusal.faults else refusal_said(refusal),
            )
        else:
            messages.success(request, str(_("Added: %(name)s") % {"name": added}))
            return redirect("work", public_id)
    return _show(request, one, status=422, identifier_form=form)


@scoped(Scope.WORKS_WRITE)
@require_POST
def set_shares(request: ActorRequest, public_id: str) -> HttpResponse:
    """Record who owns a work from a day on."""
    one = _visible(request, public_id)
    form = SharesForm(request.POST)
    if form.is_valid():
        try:
            services.set_shares(by=request.actor, work_id=public_id, **form.cleaned_data)
        except LicensingError as refusal:
            add_faults(form, refusal)
        else:
            messages.success(request, str(_("The shares were recorded.")))
            return redirect("work", public_id)
    return _show(request, one, status=422, shares_form=form)
