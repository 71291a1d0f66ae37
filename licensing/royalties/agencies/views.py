"""Agents in the dashboard: who has a part of one's own parts, and whose agent one is."""

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from licensing.access import ActorRequest, scoped
from licensing.catalogue.forms import add_faults
from licensing.errors import LicensingError
from licensing.parties.roles import Scope
from licensing.refusal_words import refusal_said
from licensing.royalties.agencies import services
from licensing.royalties.agencies.forms import AgencyForm
from licensing.royalties.agencies.models import Agency

PER_PAGE = 50


@scoped(Scope.STATEMENTS_READ)
def agencies(request: ActorRequest) -> HttpResponse:
    """List the agencies given and held."""
    return _show(request, AgencyForm(request.actor))


def _show(request: ActorRequest, form: AgencyForm, status: int = 200) -> HttpResponse:
    found = Agency.objects.visible_to(request.actor).select_related(
        "payee", "agent", "licence__deal"
    )
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    is_payee = request.actor.kind in services.PAYEES
    context = {
        "page_title": _("Agents"),
        "breadcrumbs": [{"label": _("Statements"), "url": reverse("statements")}],
        "page": page,
        "lines": [
            {
                "agency": one,
                "state": _state(one),
                "may_end": request.actor.may(Scope.AGENCIES_WRITE)
                and one.payee_id == request.actor.organisation_id
                and one.ends_on is None,
            }
            for one in page
        ],
        "form": form,
        "may_appoint": is_payee and request.actor.may(Scope.AGENCIES_WRITE),
    }
    return render(request, "royalties/agencies.html", context, status=status)


def _state(agency: Agency) -> str:
    today = timezone.localdate()
    if agency.starts_on > today:
        return "future"
    return "ended" if agency.ends_on is not None and agency.ends_on < today else "in_force"


@scoped(Scope.AGENCIES_WRITE)
@require_POST
def appoint(request: ActorRequest) -> HttpResponse:
    """Let an agent have a part of one's own."""
    form = AgencyForm(request.actor, request.POST)
    if form.is_valid():
        try:
            services.appoint(
                by=request.actor, payee=request.actor.organisation, **form.cleaned_data
            )
        except LicensingError as refusal:
            add_faults(form, refusal)
        else:
            messages.success(request, str(_("The agent has its part from that day on.")))
            return redirect("agencies")
    return _show(request, form, 422)


@scoped(Scope.AGENCIES_WRITE)
@require_POST
def end(request: ActorRequest, public_id: str) -> HttpResponse:
    """End an agent's part today."""
    try:
        services.end(by=request.actor, agency_id=public_id, ends_on=timezone.localdate())
    except ObjectDoesNotExist:
        raise Http404 from None
    except LicensingError as refusal:
        messages.error(request, refusal_said(refusal))
    else:
        messages.success(request, str(_("The agent’s part ends today.")))
    return redirect("agencies")
