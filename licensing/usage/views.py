"""Usage reports in the dashboard: the list, one report with its verdicts, and its files."""

from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from licensing import evidence
from licensing.access import Actor, ActorRequest, scoped
from licensing.deals.models import Licence
from licensing.errors import LicensingError
from licensing.parties.roles import Scope
from licensing.tabs import tabs
from licensing.usage import examples, files, reading
from licensing.usage.api import lines_response
from licensing.usage.header import PERIOD
from licensing.usage.models import ReportState, UsageReport, UsageReportQuerySet
from licensing.usage.receipts import charges
from licensing.usage.remarks import remarks

PER_PAGE = 25
REFRESH_SECONDS = 3
# More lines than this take too long to rate while somebody waits for the page.
MOST_PRICED = 1_000_000
UNDER_WAY = (ReportState.RECEIVING, ReportState.RECEIVED, ReportState.CHECKING)
TABS: dict[str, tuple[str | Promise, Q]] = {
    "": (_("All"), Q()),
    "under-way": (_("Under way"), Q(state__in=UNDER_WAY)),
    "accepted": (_("In force"), Q(state=ReportState.ACCEPTED)),
    "to-fix": (_("With lines to fix"), reading.TO_FIX),
    "rejected": (_("Rejected"), Q(state=ReportState.REJECTED)),
    "superseded": (_("Superseded"), Q(state=ReportState.SUPERSEDED)),
}
LABELS = {name: label for name, (label, _condition) in TABS.items()}


@scoped(Scope.USAGE_READ)
def reports(request: ActorRequest) -> HttpResponse:
    """List what the actor may see, with what was received and what became of it."""
    chosen = request.GET.get("state", "")
    licences = Licence.objects.visible_to(request.actor).select_related("deal")
    everything = UsageReport.objects.visible_to(request.actor)
    found = _filtered(everything, request)
    counts = found.aggregate(
        **{
            name or "all": Count("pk", filter=condition)
            for name, (_label, condition) in TABS.items()
        }
    )
    _label, condition = TABS.get(chosen, TABS[""])
    listed = found.filter(condition).select_related("licence__deal", "licensee")
    page = Paginator(listed, PER_PAGE).get_page(request.GET.get("page"))
    months = list(everything.order_by("-period").values_list("period", flat=True).distinct())
    context = {
        "page_title": _("Usage reports"),
        "tabs": tabs(request, "state", LABELS, counts | {"": counts["all"]}, chosen=chosen),
        "chosen": chosen,
        "page": page,
        "lines": [reading.Line.of(one) for one in page],
        "licences": licences,
        "months": months,
        "asked_licence": request.GET.get("licence", ""),
        "asked_month": request.GET.get("month", ""),
        "is_empty": not months,
        "may_report": request.actor.may(Scope.USAGE_WRITE),
        "command": examples.small_report(licences.first(), last_month()),
    }
    return render(request, "usage/reports.html", context)


def last_month() -> str:
    """Return the month that is to be reported now."""
    today = timezone.localdate()
    year, month = (today.year, today.month - 1) if today.month > 1 else (today.year - 1, 12)
    return f"{date(year, month, 1):%Y-%m}"


def _filtered(found: UsageReportQuerySet, request: ActorRequest) -> UsageReportQuerySet:
    if licence := request.GET.get("licence"):
        found = found.filter(licence__public_id=licence)
    month = request.GET.get("month", "")
    if (named := PERIOD.fullmatch(month)) and named[1] != "0000":
        found = found.filter(period=f"{month}-01")
    return found


def visible_report(request: ActorRequest, public_id: str) -> UsageReport:
    """Return a report with what its page names, or answer 404."""
    found = UsageReport.objects.visible_to(request.actor).select_related(
        "licence__deal", "licence__licensor", "licensee", "refers_to", "submitted_by"
    )
    return get_object_or_404(found, public_id=public_id)


@scoped(Scope.USAGE_READ)
def report(request: ActorRequest, public_id: str) -> HttpResponse:
    """Show one report: what was declared, what was found, what to do about it."""
    shown = visible_report(request, public_id)
    context = _progress(shown) | {
        "page_title": shown.report_id,
        "breadcrumbs": [{"label": _("Usage reports"), "url": reverse("reports")}],
        "parts": list(reading.parts(shown)),
        "controls": list(reading.controls(shown)),
        "findings": reading.findings(shown),
        "refusal": reading.refusal(shown),
        "remarks": remarks(shown),
        "moves": reading.moves(shown),
        "followers": shown.followers.order_by("pk"),
        "lines_format": _lines_format(shown).upper(),
        "priced": charges(shown) if shown.declared_lines <= MOST_PRICED else None,
        "periods_url": _periods_url(request.actor, shown),
        "matching_url": _matching_url(request.actor, shown),
        "may_correct": request.actor.may(Scope.USAGE_WRITE)
        and shown.licensee_id == request.actor.organisation_id,
    }
    return render(request, "usage/report.html", context)


def _progress(shown: UsageReport) -> dict[str, Any]:
    is_moving = shown.state in UNDER_WAY
    return {
        "report": shown,
        "is_moving": is_moving,
        "refresh_seconds": REFRESH_SECONDS if is_moving else None,
        "poll_url": reverse("report-progress", args=[shown.public_id]) if is_moving else "",
    }


def _periods_url(actor: Actor, shown: UsageReport) -> str:
    """Return where the accounting periods are, for whoever closes them."""
    if not actor.may(Scope.PERIODS_CLOSE):
        return ""
    try:
        return f"{reverse('periods')}?licence={shown.licence.public_id}"
    except NoReverseMatch:
        return ""


def _matching_url(actor: Actor, shown: UsageReport) -> str:
    """Return where identifiers without a licensed work are decided about, for who may look."""
    if not actor.may(Scope.MATCHING_READ) or not shown.sightings.exclude(code="").exists():
        return ""
    return f"{reverse('matching')}?licence={shown.licence.public_id}"


@scoped(Scope.USAGE_READ)
def progress(request: ActorRequest, public_id: str) -> HttpResponse:
    """Answer how far the check is; once it is over, have the page loaded anew."""
    shown = visible_report(request, public_id)
    response = render(request, "usage/progress.html", _progress(shown))
    if shown.state not in UNDER_WAY:
        response["HX-Refresh"] = "true"
    return response


def _lines_format(shown: UsageReport) -> str:
    """Return the format in which a page hands out lines: one that a file can be sent in again."""
    return shown.format if shown.format in files.FORMATS else "csv"


@scoped(Scope.USAGE_READ)
def lines(request: ActorRequest, public_id: str) -> HttpResponseBase:
    """Hand out the lines of one verdict, or all, ready to be fixed."""
    shown = visible_report(request, public_id)
    try:
        return lines_response(
            shown, verdict=request.GET.get("verdict", ""), file_format=_lines_format(shown)
        )
    except LicensingError as refusal:
        raise Http404(refusal.detail) from None


@scoped(Scope.USAGE_READ)
def original(request: ActorRequest, public_id: str) -> HttpResponseBase:
    """Hand out the file as it was sent."""
    shown = visible_report(request, public_id)
    if not shown.original_key:
        raise Http404
    return FileResponse(
        evidence.open_stream(shown.original_key),
        as_attachment=True,
        filename=f"{shown.public_id}-{shown.original_key.rpartition('/')[2]}",
        content_type="application/octet-stream",
    )
