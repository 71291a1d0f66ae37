"""Writing an offer in the dashboard: the first of a deal, or a counter-offer.

One page does both. Its buttons add and remove rows, show what would change and switch between
the form and the whole document, each by an ordinary POST; only ``send`` makes a move.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from licensing.access import ActorRequest, scoped
from licensing.deals import services
from licensing.deals import terms as contract
from licensing.deals.desk import Desk
from licensing.deals.drafting import ROW_BUTTONS, Document, Draft, base_of
from licensing.deals.forms import DealForm, DocumentForm, OfferForm
from licensing.deals.models import Deal, Offer
from licensing.deals.reading import Position
from licensing.deals.views import organisation_named, visible_deal
from licensing.errors import InvalidInput, LicensingError
from licensing.parties.roles import Scope
from licensing.refusal_words import refusal_said


@dataclass(frozen=True)
class Errand:
    """What distinguishes the two pages: how an offer is sent, and what it answers."""

    title: str
    make_form: Callable[..., OfferForm]
    send: Callable[[Desk, Document], str]
    deal: Deal | None = None
    standing: Offer | None = None

    @property
    def start(self) -> Document:
        """The document that writing starts from."""
        return self.standing.terms if self.standing else Draft.blank().base


@scoped(Scope.DEALS_WRITE)
def new_deal(request: ActorRequest) -> HttpResponse:
    """Write the first offer of a deal."""

    def make_form(data: Any = None) -> OfferForm:
        return DealForm(data, actor=request.actor)

    def send(desk: Desk, document: Document) -> str:
        said = desk.offer.cleaned_data
        opened = services.open_deal(
            by=request.actor,
            counterparty=organisation_named(said["counterparty"]),
            title=said["title"],
            terms=document,
            expires_at=desk.offer.expires_at,
            message=said["message"],
        )
        return opened.public_id

    return _write(request, Errand(_("New deal"), make_form, send))


@scoped(Scope.DEALS_WRITE)
def counter(request: ActorRequest, public_id: str) -> HttpResponse:
    """Write a counter-offer, starting from the offer that stands."""
    answered = visible_deal(request, public_id)
    position = Position.of(answered, request.actor)
    if not position.may_answer:
        messages.error(request, _("There is no offer here that waits for your answer."))
        return redirect("deal", public_id)

    def send(desk: Desk, document: Document) -> str:
        services.counter_offer(
            by=request.actor,
            deal_id=public_id,
            terms=document,
            expires_at=desk.offer.expires_at,
            message=desk.offer.cleaned_data["message"],
        )
        return public_id

    errand = Errand(_("Counter-offer"), OfferForm, send, answered, position.offer)
    return _write(request, errand)


def _write(request: ActorRequest, errand: Errand) -> HttpResponse:
    if request.method != "POST":
        desk = Desk(errand.make_form(), standing=errand.standing)
        desk.show(errand.start)
        return _page(request, errand, desk)
    desk = Desk(errand.make_form(request.POST), standing=errand.standing)
    if "document" in request.POST:
        desk.document = DocumentForm(request.POST)
        if "as_form" in request.POST:
            desk.offer = _unjudged(desk.offer, errand)
    else:
        draft = Draft.read(request.POST, base_of(request.POST, errand.start))
        for button in request.POST:
            if button.startswith(ROW_BUTTONS):
                fresh = _unjudged(desk.offer, errand)
                return _page(request, errand, Desk(fresh, draft.press(button)))
        desk.draft = draft
        if "as_document" in request.POST:
            draft.is_valid()
            text = Desk(_unjudged(desk.offer, errand))
            text.as_text(draft.document())
            return _page(request, errand, text)
    return _judged(request, errand, desk)


def _judged(request: ActorRequest, errand: Errand, desk: Desk) -> HttpResponse:
    """Read what was written and do what the button says, or show what is wrong with it."""
    try:
        document = desk.written()
        if document is not None:
            return _act(request, errand, desk, document)
    except InvalidInput as refusal:
        desk.refuse(refusal)
    except LicensingError as refusal:
        messages.error(request, refusal_said(refusal))
        return redirect("deal", errand.deal.public_id) if errand.deal else redirect("deals")
    return _page(request, errand, desk, status=422)


def _act(request: ActorRequest, errand: Errand, desk: Desk, document: Document) -> HttpResponse:
    if "send" in request.POST:
        return _send(request, errand, desk, document)
    if "as_form" in request.POST:
        contract.parse(document)
        desk.show(document)
        if desk.unshowable:
            return _page(request, errand, desk, status=422)
    else:
        desk.preview(document)
    return _page(request, errand, desk)


def _send(request: ActorRequest, errand: Errand, desk: Desk, document: Document) -> HttpResponse:
    """Make the move, unless there are warnings that nobody has acknowledged yet."""
    desk.warn(document)
    if not desk.is_acknowledged(request.POST):
        return _page(request, errand, desk, status=422)
    public_id = errand.send(desk, document)
    messages.success(request, _("Your offer has been sent."))
    return redirect("deal", public_id)


def _unjudged(sent: OfferForm, errand: Errand) -> OfferForm:
    """Return the form with what was typed and without complaints."""
    fresh = errand.make_form()
    fresh.initial = {name: sent[name].data for name in sent.fields}
    return fresh


def _page(request: ActorRequest, errand: Errand, desk: Desk, status: int = 200) -> HttpResponse:
    breadcrumbs = [{"label": _("Deals"), "url": reverse("deals")}]
    if errand.deal is not None:
        address = reverse("deal", args=[errand.deal.public_id])
        breadcrumbs.append({"label": errand.deal.title, "url": address})
    context = {
        "page_title": errand.title,
        "breadcrumbs": breadcrumbs,
        "desk": desk,
        "deal": errand.deal,
        "cancel_url": breadcrumbs[-1]["url"],
    }
    return render(request, "deals/write.html", context, status=status)
