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
from licensing.royalties.indices.words import reading_missing
from licensing.royalties.rates import AmountTooLarge, IndexMissing
from licensing.royalties.sample_form import SampleForm
from licensing.royalties.simulator import Simulation, simulate


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
        "simulation": _simulated(terms, form),
        "currency": terms.currency,
    }
    return render(request, "royalties/simulator.html", context)


def _simulated(terms: contract.Terms, form: SampleForm) -> Simulation | None:
    if not form.is_valid():
        return None
    try:
        return simulate(terms, form.asked)
    except AmountTooLarge as refused:
        name = str(refused.context["price"])
        form.add_error(
            name if name in form.fields else None, _("That would cost more than can be charged.")
        )
    except IndexMissing as refused:
        form.add_error(None, reading_missing(refused))
    return None
