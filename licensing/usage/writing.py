"""The page on which a licensee sends a report by hand."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from licensing.access import ActorRequest, scoped
from licensing.deals.models import Licence
from licensing.errors import Fault, LicensingError
from licensing.parties.roles import Scope
from licensing.refusal_words import fault_said, refusal_said
from licensing.usage import by_hand, examples
from licensing.usage.forms import ReportForm
from licensing.usage.header import ReportType
from licensing.usage.models import UsageReport
from licensing.usage.refusal import ReportRefused

# Where the header's own words for a field differ from the form's.
FIELDS = {
    "model": "family",
    "model.family": "family",
    "model.version": "version",
    "replaces": "refers_to",
    "corrects": "refers_to",
}


@scoped(Scope.USAGE_WRITE)
def new_report(request: ActorRequest) -> HttpResponse:
    """Take a file and the little that the file does not say about itself."""
    if request.method != "POST":
        return _show(request, ReportForm(initial=_initial(request), actor=request.actor))
    form = ReportForm(request.POST, request.FILES, actor=request.actor)
    if not form.is_valid():
        return _show(request, form)
    try:
        report, is_new = _send(request, form)
    except ReportRefused as refused:
        return _show(request, form, refused)
    except LicensingError as refused:
        for fault in refused.faults or [Fault("", refused.code, refusal_said(refused))]:
            _complain(form, fault)
        return _show(request, form)
    if is_new:
        messages.success(request, str(_("The report is sent. Its totals are below.")))
    else:
        messages.info(request, str(_("This very report was sent before; nothing was added.")))
    return redirect("report", report.public_id)


def _send(request: ActorRequest, form: ReportForm) -> tuple[UsageReport, bool]:
    if form.cleaned_data["type"] == ReportType.ZERO:
        return by_hand.send_nothing(by=request.actor, said=form.header)
    blocks = form.cleaned_data["file"].chunks()
    return by_hand.send_file(by=request.actor, said=form.header, blocks=blocks)


def _complain(form: ReportForm, fault: Fault) -> None:
    name = FIELDS.get(fault.where, fault.where)
    if name in form.fields:
        form.add_error(name, fault_said(fault))
    else:
        where = f"{fault.where}: " if fault.where else ""
        form.add_error(None, f"{where}{fault_said(fault)}")


def _initial(request: ActorRequest) -> dict[str, Any]:
    """Fill in what an address names: a licence, a month, a report to correct or replace."""
    asked = {
        name: request.GET[name] for name in ("licence", "period", "type") if name in request.GET
    }
    held = Licence.objects.filter(licensee=request.actor.organisation)
    initial: dict[str, Any] = dict(asked)
    earlier = UsageReport.objects.filter(
        licensee=request.actor.organisation, public_id=request.GET.get("about", "")
    ).select_related("licence")
    for report in earlier:
        return initial | {
            "licence": report.licence.public_id,
            "period": report.label,
            "refers_to": report.report_id,
            "family": report.model_family,
            "version": report.model_version,
        }
    licence = held.filter(public_id=asked.get("licence", "")).first() or held.first()
    if licence is not None:
        family, version = examples.model_of(licence)
        initial |= {"licence": licence.public_id, "family": family, "version": version}
    return initial


def _show(
    request: ActorRequest, form: ReportForm, refused: ReportRefused | None = None
) -> HttpResponse:
    held = Licence.objects.filter(licensee=request.actor.organisation).select_related("deal")
    context = {
        "page_title": _("New usage report"),
        "breadcrumbs": [{"label": _("Usage reports"), "url": reverse("reports")}],
        "form": form,
        "licences": held,
        "refused": refused,
        "granted": [(one, one.terms["grant"]["models"]) for one in held],
        "command": examples.large_report(held.first(), form.fields["period"].initial),
    }
    return render(request, "usage/new.html", context, status=422 if form.is_bound else 200)
