"""Accounting periods in the dashboard: the month's list, one period, and closing."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Sum
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from licensing.access import ActorRequest, scoped
from licensing.deals import terms as contract
from licensing.deals.models import Licence
from licensing.errors import LicensingError
from licensing.parties.roles import Kind, Scope
from licensing.refusal_words import refusal_said
from licensing.royalties import closing, month, rates
from licensing.royalties.charges import ShownCharge, shown_charges
from licensing.royalties.indices import readings
from licensing.royalties.models import Charge, ChargeKind, Period
from licensing.usage.models import UsageReport

PER_PAGE = 50
REFRESH_SECONDS = 3


def chosen_month(request: ActorRequest, default: date) -> date:
    """Return the month of the address (``?month=2026-10``), or the default one."""
    try:
        return date.fromisoformat(f"{request.GET.get('month', '')}-01")
    except ValueError:
        return default


def month_before_today() -> date:
    """Return the month that is to be closed now: the one that ended last."""
    return month.before(timezone.localdate().replace(day=1))


@scoped(Scope.PERIODS_CLOSE)
def periods(request: ActorRequest) -> HttpResponse:
    """List a month's licences with how far each is on its way to its charges."""
    shown = chosen_month(request, month_before_today())
    page = Paginator(month.licences_of(request.actor, shown), PER_PAGE).get_page(
        request.GET.get("page")
    )
    rows = month.rows(list(page), shown)
    under_way = any(row.is_under_way for row in rows)
    context = {
        "page_title": _("Periods"),
        "month": shown,
        "previous": month.before(shown),
        "next": month.after(shown),
        "page": page,
        "rows": rows,
        "ready": sum(row.is_ready for row in rows),
        "closed": sum(row.state == "closed" for row in rows),
        "awaited": sum(not row.in_force and row.state != "closed" for row in rows),
        "totals": _totals(rows),
        "refresh_seconds": REFRESH_SECONDS if under_way else None,
    }
    return render(request, "royalties/periods.html", context)


def _totals(rows: Iterable[month.Row]) -> list[dict[str, Any]]:
    sums: dict[str, int] = {}
    for row in rows:
        sums[row.licence.currency] = sums.get(row.licence.currency, 0) + row.charged_minor
    return [{"currency": code, "minor": minor} for code, minor in sorted(sums.items()) if minor]


@scoped(Scope.PERIODS_CLOSE)
@require_POST
def close_ready(request: ActorRequest) -> HttpResponse:
    """Ask for every period of a month to be closed whose reports are here."""
    shown = _posted_month(request)
    asked = 0
    for row in month.rows(list(month.licences_of(request.actor, shown)), shown):
        if row.is_ready:
            asked += _ask(request, row.licence, shown)
    if asked:
        text = ngettext("%(n)s period is being closed.", "%(n)s periods are being closed.", asked)
        messages.success(request, text % {"n": asked})
    return redirect(f"{reverse('periods')}?month={shown:%Y-%m}")


@scoped(Scope.PERIODS_CLOSE)
@require_POST
def close(request: ActorRequest) -> HttpResponse:
    """Ask for one licence's period to be closed, also if nothing was reported for it."""
    shown = _posted_month(request)
    licences = Licence.objects.visible_to(request.actor)
    licence = get_object_or_404(licences, public_id=request.POST.get("licence", ""))
    if _ask(request, licence, shown):
        messages.success(request, str(_("The period is being closed.")))
    return redirect("period", closing.period_of(licence, shown).public_id)


def _ask(request: ActorRequest, licence: Licence, shown: date) -> bool:
    """Ask for a close; tell the person if it is refused."""
    try:
        period = closing.period_of(licence, shown)
        closing.request_close(by=request.actor, period_id=period.public_id)
    except LicensingError as refusal:
        messages.error(request, refusal_said(refusal))
        return False
    return True


def _posted_month(request: ActorRequest) -> date:
    try:
        return date.fromisoformat(f"{request.POST.get('month', '')}-01")
    except ValueError:
        raise Http404 from None


@scoped(Scope.DEALS_READ)
def period(request: ActorRequest, public_id: str) -> HttpResponse:
    """Show what a period was charged, from which reports, and who gets it."""
    shown = _visible(request, public_id)
    (row,) = month.rows([shown.licence], shown.starts_on)
    reports = UsageReport.objects.of_period(shown.licence_id, shown.starts_on, shown.ends_on)
    sees_parts = request.actor.kind is not Kind.LICENSEE
    charges = shown_charges(shown, with_parts=sees_parts)
    context = {
        "page_title": f"{shown.licence.deal.title}",
        "breadcrumbs": _crumbs(request, shown),
        "period": shown,
        "licence": shown.licence,
        "row": row,
        "reports": reports.order_by("pk"),
        "charges": charges,
        "closes": shown.closes.order_by("-number"),
        "variance": _variance(shown, charges),
        "sees_parts": sees_parts,
        "may_close": request.actor.may(Scope.PERIODS_CLOSE),
        "missing": _missing_reading(shown) if shown.failure else None,
        "progress": _progress(shown),
        "refresh_seconds": REFRESH_SECONDS if row.is_under_way else None,
    }
    return render(request, "royalties/period.html", context)


@scoped(Scope.DEALS_READ)
def period_progress(request: ActorRequest, public_id: str) -> HttpResponse:
    """Answer with the progress bar alone; the page is loaded anew when it is done."""
    shown = _visible(request, public_id)
    if shown.state not in month.UNDER_WAY:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "components/progress.html", _progress(shown))


def _missing_reading(shown: Period) -> tuple[str, str] | None:
    """Return the first series and month that a refused close waits for, if it waits for any."""
    names = set(rates.readings_named(contract.parse(shown.licence.terms), shown.starts_on))
    lacking = names - {one.name for one in readings.current(names)}
    return min(lacking, default=None)


def _visible(request: ActorRequest, public_id: str) -> Period:
    found = Period.objects.visible_to(request.actor).select_related(
        "licence__deal", "licence__licensor", "licence__licensee"
    )
    return get_object_or_404(found, public_id=public_id)


def _progress(shown: Period) -> dict[str, Any] | None:
    if shown.state not in month.UNDER_WAY:
        return None
    return {
        "id": "close",
        "label": _("Closing"),
        "done": shown.steps_done,
        "total": shown.steps_total,
        "unit": _("steps"),
        "poll_url": reverse("period-progress", args=[shown.public_id]),
    }


def _crumbs(request: ActorRequest, shown: Period) -> list[dict[str, Any]]:
    if request.actor.may(Scope.PERIODS_CLOSE):
        address = f"{reverse('periods')}?month={shown.starts_on:%Y-%m}"
        return [{"label": _("Periods"), "url": address}]
    deal = shown.licence.deal
    return [
        {"label": _("Deals"), "url": reverse("deals")},
        {"label": deal.title, "url": reverse("deal", args=[deal.public_id])},
    ]


def _variance(shown: Period, charges: Iterable[ShownCharge]) -> list[dict[str, Any]]:
    """Compare what each price came to with the period before."""
    now: dict[str, int] = {}
    for one in charges:
        if one.charge.kind != ChargeKind.PRICE:
            continue
        now[one.charge.price_id] = now.get(one.charge.price_id, 0) + one.charge.amount_minor
    last = (
        Period.objects.filter(licence=shown.licence_id, starts_on__lt=shown.starts_on)
        .order_by("-starts_on")
        .first()
    )
    charged = Charge.objects.rated().filter(period=last) if last else Charge.objects.none()
    earlier = dict(charged.values_list("price_id").annotate(Sum("amount_minor")))
    return [
        {
            "price": price,
            "now_minor": now.get(price, 0),
            "before_minor": earlier.get(price, 0),
            "change_minor": now.get(price, 0) - earlier.get(price, 0),
            "percent": change_of(now.get(price, 0), earlier.get(price, 0)),
        }
        for price in sorted({*now, *earlier})
    ]


def change_of(now_minor: int, before_minor: int) -> str:
    """Return a change in whole per cent with its sign; empty where there is nothing to compare."""
    if before_minor <= 0:
        return ""
    share = round((now_minor - before_minor) * 100 / before_minor)
    return f"{share:+d}%".replace("-", "\N{MINUS SIGN}") if share else "±0%"
