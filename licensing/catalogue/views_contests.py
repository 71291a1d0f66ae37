"""Contested works in the dashboard, and the form that claims a part of a work."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from licensing.access import ActorRequest, scoped
from licensing.catalogue import contests
from licensing.catalogue.finding import sees_shares
from licensing.catalogue.forms import ClaimForm
from licensing.catalogue.models import Work
from licensing.errors import LicensingError
from licensing.parties.roles import Scope
from licensing.refusal_words import fault_said, refusal_said

PER_PAGE = 50


@scoped(Scope.WORKS_READ)
def contested_works(request: ActorRequest) -> HttpResponse:
    """List the works of which more is claimed than there is; a licensor sees its own."""
    if not sees_shares(request.actor):
        raise Http404
    today = timezone.localdate()
    page = Paginator(contests.contested(request.actor, today), PER_PAGE).get_page(
        request.GET.get("page")
    )
    listed = Work.objects.filter(pk__in=[one.pk for one in page]).order_by("title", "pk")
    context = {
        "page_title": _("Contested works"),
        "breadcrumbs": [{"label": _("Works"), "url": reverse("works")}],
        "page": page,
        "contests": list(contests.contests(listed, today)),
    }
    return render(request, "catalogue/contested.html", context)


@scoped(Scope.WORKS_WRITE)
@require_POST
def claim(request: ActorRequest, public_id: str) -> HttpResponse:
    """Claim a part of a work for one's own organisation."""
    get_object_or_404(Work.objects.visible_to(request.actor), public_id=public_id)
    form = ClaimForm(request.POST)
    if not form.is_valid():
        messages.error(request, str(_("Write a whole number and a day.")))
        return redirect("work", public_id)
    try:
        contests.claim_share(by=request.actor, work_id=public_id, **form.cleaned_data)
    except LicensingError as refusal:
        told = " ".join(map(fault_said, refusal.faults)) or refusal_said(refusal)
        messages.error(request, told)
    else:
        messages.success(request, str(_("Your claim is recorded.")))
    return redirect("work", public_id)
