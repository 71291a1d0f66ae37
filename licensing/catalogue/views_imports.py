"""Imports in the dashboard: send a file, watch it being read, fetch what was refused."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from licensing.access import ActorRequest, scoped
from licensing.catalogue.api_imports import refused_file
from licensing.catalogue.forms import ImportForm, add_faults
from licensing.catalogue.imports import services
from licensing.catalogue.imports.services import UNFINISHED, Options
from licensing.catalogue.imports.source import MAX_BYTES
from licensing.catalogue.models import CatalogueImport, ImportFormat
from licensing.errors import LicensingError
from licensing.parties.roles import Scope

PER_PAGE = 50
REFRESH_SECONDS = 2


@scoped(Scope.WORKS_WRITE)
def imports(request: ActorRequest) -> HttpResponse:
    """Take a file, and list what was sent before."""
    form = ImportForm(
        request.POST or None, request.FILES or None, is_operator=request.actor.is_operator
    )
    if request.method == "POST" and form.is_valid():
        try:
            job = _receive(request, form)
        except LicensingError as refusal:
            add_faults(form, refusal)
        else:
            return redirect("import", job.public_id)
    found = CatalogueImport.objects.visible_to(request.actor)
    context = {
        "page_title": _("Import works"),
        "breadcrumbs": [{"label": _("Works"), "url": reverse("works")}],
        "form": form,
        "page": Paginator(found, PER_PAGE).get_page(request.GET.get("page")),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "catalogue/imports.html", context, status=status)


def _receive(request: ActorRequest, form: ImportForm) -> CatalogueImport:
    said = form.cleaned_data
    file = said["file"]
    return services.receive(
        by=request.actor,
        content=file.read(MAX_BYTES + 1),
        file_name=file.name,
        options=Options(
            format=ImportFormat(said["format"]),
            dry_run=said["dry_run"],
            create_licensors=said.get("create_licensors", False),
            holder=request.actor.organisation if said.get("to_holder") else None,
        ),
    )


def _visible(request: ActorRequest, public_id: str) -> CatalogueImport:
    return get_object_or_404(CatalogueImport.objects.visible_to(request.actor), public_id=public_id)


@scoped(Scope.WORKS_READ)
def import_detail(request: ActorRequest, public_id: str) -> HttpResponse:
    """Show how far an import is, and why rows were refused."""
    job = _visible(request, public_id)
    running = job.state in UNFINISHED
    context = {
        "page_title": job.file_name,
        "breadcrumbs": [
            {"label": _("Works"), "url": reverse("works")},
            {"label": _("Import works"), "url": reverse("imports")},
        ],
        "job": job,
        "running": running,
        "refresh_seconds": REFRESH_SECONDS if running else None,
        "page": Paginator(job.refusals.all(), PER_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "catalogue/import.html", context)


@scoped(Scope.WORKS_READ)
def import_progress(request: ActorRequest, public_id: str) -> HttpResponse:
    """Answer with the progress bar alone; when the job is over the page is loaded again."""
    job = _visible(request, public_id)
    running = job.state in UNFINISHED
    answer = render(request, "catalogue/_progress.html", {"job": job, "running": running})
    if not running:
        answer["HX-Refresh"] = "true"
    return answer


@scoped(Scope.WORKS_READ)
def import_refused(request: ActorRequest, public_id: str) -> HttpResponseBase:
    """Download the refused rows in the format they came in."""
    return refused_file(_visible(request, public_id))
