"""Money in suspense in the dashboard, the oldest first."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from licensing.access import ActorRequest, scoped
from licensing.parties.roles import Scope
from licensing.royalties import suspense as waiting_rooms

AGES = (
    (_("Up to 90 days"), 0, 90),
    (_("91 to 365 days"), 91, 365),
    (_("More than a year"), 366, 10**6),
)


@scoped(Scope.PERIODS_CLOSE)
def suspense(request: ActorRequest) -> HttpResponse:
    """Show what waits for an owner by its age, and the periods it comes from."""
    found = waiting_rooms.waiting(timezone.localdate())
    context = {
        "page_title": _("Suspense"),
        "breadcrumbs": [{"label": _("Periods"), "url": reverse("periods")}],
        "found": found,
        "ages": [
            {"label": label, "sums": _sums(one for one in found if least <= one.age_days <= most)}
            for label, least, most in AGES
        ],
    }
    return render(request, "royalties/suspense.html", context)


def _sums(found: Iterable[waiting_rooms.Waiting]) -> list[dict[str, Any]]:
    sums: dict[str, int] = {}
    for one in found:
        sums[one.currency] = sums.get(one.currency, 0) + one.amount_minor
    return [{"currency": code, "minor": minor} for code, minor in sorted(sums.items())]
