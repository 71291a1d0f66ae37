"""Trying a deal's terms on sample counts before anybody signs."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from licensing.access import ActorRequest, scoped
from licensing.deals import terms as contract
from licensing.deals.reading import Position
from licensing.deals.views import visible_deal
from licensing.parties.roles import Scope
from licensing.royalties.simulator import SampleForm, simulate


@scoped(Scope.DEALS_READ)
def simulator(request: ActorRequest, public_id: str) -> HttpResponse:
    """Show what the terms that count now would charge for the counts in the address."""
    deal = visible_deal(request, public_id)
    offer = Position.of(deal, request.actor).offer
    terms = contract.parse(offer.terms)
    form = SampleForm(terms, request.GET or None)
    context = {
        "page_title": _("Try the terms"),
        "breadcrumbs": [
            {"label": _("Deals"), "url": reverse("deals")},
            {"label": deal.title, "url": reverse("deal", args=[public_id])},
        ],
        "deal": deal,
        "offer": offer,
        "form": form,
        "simulation": simulate(terms, form.quantities()) if form.is_valid() else None,
        "currency": terms.currency,
    }
    return render(request, "royalties/simulator.html", context)
