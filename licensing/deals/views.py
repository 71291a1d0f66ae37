"""Deals in the dashboard: the list, one deal with its rounds, and the moves."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from ledger.documents.models import Document
from licensing.access import ActorRequest, scoped
from licensing.deals import agreement, references, services
from licensing.deals.drafting import as_text
from licensing.deals.forms import SignForm
from licensing.deals.models import REFERENCE_LENGTH, Deal, DealQuerySet, DealState, Licence
from licensing.deals.reading import TO_SIGN, Position, line, rounds
from licensing.errors import InvalidInput, LicensingError
from licensing.parties.models import Organisation
from licensing.parties.roles import Scope
from licensing.refusal_words import fault_said, refusal_said

PER_PAGE = 25
CLOSED = (
    DealState.EXPIRED,
    DealState.TERMINATED,
    DealState.DECLINED,
    DealState.WITHDRAWN,
    DealState.LAPSED,
)
TABS: dict[str, tuple[str | Promise, tuple[DealState, ...]]] = {
    "": (_("All"), tuple(DealState)),
    "negotiating": (_("Negotiating"), (DealState.DRAFT, DealState.NEGOTIATING)),
    "to-sign": (_("To sign"), TO_SIGN),
    "in-force": (_("In force"), (DealState.IN_FORCE,)),
    "closed": (_("Closed"), CLOSED),
}


@scoped(Scope.DEALS_READ)
def deals(request: ActorRequest) -> HttpResponse:
    """List what the actor may see, by state, with whose turn it is."""
    chosen = request.GET.get("state", "")
    query = request.GET.get("q", "").replace("\x00", "").strip()
    found = _searched(Deal.objects.visible_to(request.actor), query)
    counts = found.aggregate(
        **{
            name or "all": Count("pk", filter=Q(state__in=states))
            for name, (_label, states) in TABS.items()
        }
    )
    _label, states = TABS.get(chosen, TABS[""])
    listed = (
        found.filter(state__in=states)
        .with_standing_offer()
        .with_signature_of(request.actor.organisation)
        .select_related("licensor", "licensee")
        .order_by("-pk")
    )
    page = Paginator(listed, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page_title": _("Deals"),
        "tabs": _tabs(chosen, query, counts),
        "page": page,
        "lines": [line(one, request.actor) for one in page],
        "query": query,
        "chosen": chosen,
        "is_empty": not query and not counts["all"],
        "may_open": request.actor.may(Scope.DEALS_WRITE),
    }
    return render(request, "deals/deals.html", context)


def _searched(found: DealQuerySet, query: str) -> DealQuerySet:
    if not query:
        return found
    return found.filter(
        Q(title__icontains=query)
        | Q(licensor__name__icontains=query)
        | Q(licensee__name__icontains=query)
        | Q(public_id=query)
    )


def _tabs(chosen: str, query: str, counts: dict[str, int]) -> list[dict[str, Any]]:
    return [
        {
            "label": label,
            "url": "?" + urlencode({key: value for key, value in asked if value}),
            "current": name == chosen,
            "count": counts[name or "all"],
        }
        for name, (label, _states) in TABS.items()
        for asked in [(("state", name), ("q", query))]
    ]


@scoped(Scope.DEALS_READ)
def deal(request: ActorRequest, public_id: str) -> HttpResponse:
    """Show one deal: what stands, whose turn it is, its rounds, and what may be done."""
    return _show(request, visible_deal(request, public_id))


def visible_deal(request: ActorRequest, public_id: str) -> Deal:
    """Return a deal with its parties and offers, or answer 404."""
    found = (
        Deal.objects.visible_to(request.actor)
        .select_related("licensor", "licensee", "opened_by")
        .prefetch_related("offers__made_by")
    )
    return get_object_or_404(found, public_id=public_id)


def _show(request: ActorRequest, shown: Deal, signing: SignForm | None = None) -> HttpResponse:
    position = Position.of(shown, request.actor)
    licence = Licence.objects.filter(deal=shown).first()
    person = request.actor.user
    context = {
        "page_title": shown.title,
        "breadcrumbs": [{"label": _("Deals"), "url": reverse("deals")}],
        "deal": shown,
        "position": position,
        "terms": position.terms,
        "document_text": as_text(position.offer.terms),
        "rounds": rounds(shown),
        "licence": licence,
        **_references(shown, request),
        "documents": Document.objects.about(licence.public_id) if licence else (),
        "signatures": position.offer.signatures.select_related("organisation"),
        "signing": signing
        or SignForm(
            initial={
                "terms_hash": position.offer.terms_hash,
                "signer_name": person.name if person else "",
            }
        ),
    }
    return render(request, "deals/deal.html", context, status=422 if signing else 200)


def _references(shown: Deal, request: ActorRequest) -> dict[str, Any]:
    """Return both sides' numbers, and whether the actor may write one of them."""
    ours = request.actor.organisation_id
    by_side = {
        shown.licensor_id: shown.licensor_reference,
        shown.licensee_id: shown.licensee_reference,
    }
    return {
        "our_reference": by_side.get(ours, ""),
        "may_refer": ours in by_side and request.actor.may(Scope.DEALS_WRITE),
        "reference_length": REFERENCE_LENGTH,
    }


def _moved(
    request: ActorRequest, public_id: str, move: Callable[[], object], done: str | Promise
) -> HttpResponse:
    """Make a move and go back to the deal, which tells what came of it."""
    try:
        move()
    except Deal.DoesNotExist:
        raise Http404 from None
    except LicensingError as refusal:
        messages.error(request, refusal_said(refusal))
    else:
        messages.success(request, str(done))
    return redirect("deal", public_id)


@scoped(Scope.DEALS_WRITE)
@require_POST
def accept(request: ActorRequest, public_id: str) -> HttpResponse:
    """Accept the offer that was read."""
    offer_id = request.POST.get("offer", "")
    return _moved(
        request,
        public_id,
        lambda: services.accept_offer(by=request.actor, deal_id=public_id, offer_id=offer_id),
        _("You have accepted the offer. Both sides sign next."),
    )


@scoped(Scope.DEALS_WRITE)
@require_POST
def decline(request: ActorRequest, public_id: str) -> HttpResponse:
    """Decline the standing offer."""
    return _moved(
        request,
        public_id,
        lambda: services.decline_offer(by=request.actor, deal_id=public_id),
        _("You have declined the offer. The negotiation is over."),
    )


@scoped(Scope.DEALS_WRITE)
@require_POST
def withdraw(request: ActorRequest, public_id: str) -> HttpResponse:
    """Take the standing offer back, or walk away before both have signed."""
    return _moved(
        request,
        public_id,
        lambda: services.withdraw(by=request.actor, deal_id=public_id),
        _("You have withdrawn. The negotiation is over."),
    )


@scoped(Scope.DEALS_WRITE)
@require_POST
def reference(request: ActorRequest, public_id: str) -> HttpResponse:
    """Write the number that one's own side files the deal under."""
    written = request.POST.get("reference", "")
    return _moved(
        request,
        public_id,
        lambda: references.set_reference(by=request.actor, deal_id=public_id, reference=written),
        _("Your contract number is kept. Statements issued from now on print it."),
    )


@scoped(Scope.DEALS_SIGN)
@require_POST
def sign(request: ActorRequest, public_id: str) -> HttpResponse:
    """Sign the terms whose hash was shown."""
    shown = visible_deal(request, public_id)
    form = SignForm(request.POST)
    if not form.is_valid():
        return _show(request, shown, form)
    said = {name: form.cleaned_data[name] for name in form.fields if name != "consent"}
    try:
        licence = services.sign(by=request.actor, deal_id=public_id, **said)
    except InvalidInput as refusal:
        for fault in refusal.faults:
            form.add_error(fault.where if fault.where in form.fields else None, fault_said(fault))
        return _show(request, shown, form)
    except LicensingError as refusal:
        messages.error(request, refusal_said(refusal))
    else:
        messages.success(
            request,
            str(
                _("Signed by both sides: the licence is in force.")
                if licence
                else _("Signed. The other side’s signature is awaited.")
            ),
        )
    return redirect("deal", public_id)


@scoped(Scope.DEALS_READ)
def agreement_pdf(request: ActorRequest, public_id: str, language: str) -> HttpResponseBase:
    """Hand out the signed agreement in one language, once it is printed."""
    shown = visible_deal(request, public_id)
    licence = get_object_or_404(Licence, deal=shown)
    if language not in dict(settings.LANGUAGES):
        raise Http404
    document = get_object_or_404(
        Document.objects.about(licence.public_id).filter(file__gt=""),
        kind=agreement.KIND,
        language=language,
    )
    return FileResponse(
        document.file.open("rb"),
        content_type="application/pdf",
        filename=f"{licence.public_id}.{language}.pdf",
    )


def organisation_named(public_id: str) -> Organisation:
    """Return an organisation chosen in a form; raises `Organisation.DoesNotExist`."""
    return Organisation.objects.get(public_id=public_id)
