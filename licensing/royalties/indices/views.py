"""Index readings in the dashboard: what escalators by index are computed from."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from licensing.access import ActorRequest, scoped
from licensing.catalogue.forms import add_faults
from licensing.errors import LicensingError
from licensing.parties.roles import Scope
from licensing.royalties.indices import services
from licensing.royalties.indices.forms import ReadingForm
from licensing.royalties.indices.models import IndexReading

PER_PAGE = 100


@scoped(Scope.LEDGER_READ)
def readings(request: ActorRequest) -> HttpResponse:
    """List every revision by series, the latest month first."""
    asked = {name: request.GET.get(name, "") for name in ("series", "month")}
    return _show(request, ReadingForm(initial=asked))


@scoped(Scope.PERIODS_CLOSE)
@require_POST
def enter(request: ActorRequest) -> HttpResponse:
    """Enter a reading, or a revision of one."""
    form = ReadingForm(request.POST)
    if form.is_valid():
        try:
            services.enter_reading(by=request.actor, **form.cleaned_data)
        except LicensingError as refusal:
            add_faults(form, refusal)
        else:
            messages.success(request, str(_("The reading counts from the next close on.")))
            return redirect("index-readings")
    return _show(request, form, 422)


def _show(request: ActorRequest, form: ReadingForm, status: int = 200) -> HttpResponse:
    found = IndexReading.objects.select_related("entered_by")
    context = {
        "page_title": _("Index readings"),
        "breadcrumbs": [{"label": _("Periods"), "url": reverse("periods")}],
        "page": Paginator(found, PER_PAGE).get_page(request.GET.get("page")),
        "form": form,
        "may_enter": request.actor.may(Scope.PERIODS_CLOSE),
    }
    return render(request, "royalties/index_readings.html", context, status=status)
