"""Mandates and reservations in the dashboard."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from licensing.access import ActorRequest, scoped
from licensing.catalogue import mandates as acts
from licensing.catalogue import reservations as statements
from licensing.catalogue.forms import MandateForm, ReserveForm, add_faults
from licensing.catalogue.models import Mandate, Reservation, Work
from licensing.catalogue.services import OWNERS
from licensing.errors import LicensingError
from licensing.parties.roles import Kind, Scope
from licensing.refusal_words import refusal_said

PER_PAGE = 50
MOST_AT_ONCE = 200


def _moved(
    request: ActorRequest, move: Callable[[], object], said: str | Promise, back: str
) -> HttpResponse:
    try:
        move()
    except ObjectDoesNotExist:
        raise Http404 from None
    except LicensingError as refusal:
        messages.error(request, refusal_said(refusal))
    else:
        messages.success(request, str(said))
    return redirect(back)


@scoped(Scope.WORKS_READ)
def mandates(request: ActorRequest) -> HttpResponse:
    """List the mandates given and held."""
    return _mandates(request, MandateForm())


def _mandates(request: ActorRequest, form: MandateForm, status: int = 200) -> HttpResponse:
    found = (
        Mandate.objects.visible_to(request.actor)
        .select_related("member", "collective")
        .prefetch_related("excluded_works")
    )
    today = timezone.localdate()
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page_title": _("Mandates"),
        "breadcrumbs": [{"label": _("Works"), "url": reverse("works")}],
        "page": page,
        "lines": [(one, _state(one)) for one in page],
        "today": today,
        "form": form,
        "may_give": request.actor.kind is Kind.LICENSOR and request.actor.may(Scope.WORKS_WRITE),
    }
    return render(request, "catalogue/mandates.html", context, status=status)


def _state(mandate: Mandate) -> str:
    today = timezone.localdate()
    if mandate.starts_on > today:
        return "future"
    return "ended" if mandate.ends_on is not None and mandate.ends_on < today else "in_force"


@scoped(Scope.WORKS_WRITE)
@require_POST
def give_mandate(request: ActorRequest) -> HttpResponse:
    """Let a collective act for the actor's organisation."""
    form = MandateForm(request.POST)
    if form.is_valid():
        try:
            acts.give(by=request.actor, member=request.actor.organisation, **form.cleaned_data)
        except LicensingError as refusal:
            add_faults(form, refusal)
        else:
            messages.success(request, str(_("The mandate is given.")))
            return redirect("mandates")
    return _mandates(request, form, 422)


@scoped(Scope.WORKS_WRITE)
@require_POST
def end_mandate(request: ActorRequest, public_id: str) -> HttpResponse:
    """End a mandate today."""
    return _moved(
        request,
        lambda: acts.end(by=request.actor, mandate_id=public_id, ends_on=timezone.localdate()),
        _("The mandate ends today. Licences signed under it stay in force."),
        "mandates",
    )


@scoped(Scope.WORKS_READ)
def reservations(request: ActorRequest) -> HttpResponse:
    """List the public statements that rights are reserved."""
    return _reservations(request, ReserveForm(), _chosen(request.GET.getlist("work")))


def _chosen(ids: list[str]) -> list[Work]:
    return list(Work.objects.filter(public_id__in=ids[:MOST_AT_ONCE]))


def _reservations(
    request: ActorRequest, form: ReserveForm, chosen: list[Work], status: int = 200
) -> HttpResponse:
    own = request.actor.kind in OWNERS
    found = Reservation.objects.visible_to(request.actor).select_related("holder", "work")
    if own and request.GET.get("whose") != "all":
        found = found.filter(holder=request.actor.organisation)
    context = {
        "page_title": _("Reservations"),
        "breadcrumbs": [{"label": _("Works"), "url": reverse("works")}],
        "page": Paginator(found, PER_PAGE).get_page(request.GET.get("page")),
        "form": form,
        "chosen": chosen,
        "may_reserve": own and request.actor.may(Scope.WORKS_WRITE),
        "today": timezone.localdate(),
    }
    return render(request, "catalogue/reservations.html", context, status=status)


@scoped(Scope.WORKS_WRITE)
@require_POST
def reserve(request: ActorRequest) -> HttpResponse:
    """Reserve the chosen works, or everything the organisation owns."""
    form = ReserveForm(request.POST)
    ids = request.POST.getlist("work")[:MOST_AT_ONCE]
    if form.is_valid():
        try:
            made = _reserve(request, ids, form)
        except ObjectDoesNotExist:
            raise Http404 from None
        except LicensingError as refusal:
            add_faults(form, refusal)
        else:
            said = ngettext("%(made)d reservation made.", "%(made)d reservations made.", made)
            messages.success(request, said % {"made": made})
            return redirect("reservations")
    return _reservations(request, form, _chosen(ids), 422)


def _reserve(request: ActorRequest, ids: list[str], form: ReserveForm) -> int:
    if ids:
        return statements.reserve_many(by=request.actor, work_ids=ids, **form.cleaned_data)
    statements.reserve(by=request.actor, **form.cleaned_data)
    return 1


@scoped(Scope.WORKS_WRITE)
@require_POST
def lift(request: ActorRequest, public_id: str) -> HttpResponse:
    """Lift a reservation from today on."""
    return _moved(
        request,
        lambda: statements.lift(
            by=request.actor, reservation_id=public_id, on=timezone.localdate()
        ),
        _("The reservation is lifted from today on."),
        "reservations",
    )
