"""Deals in every state, negotiated by the services as people would have."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from licensing.access import Actor
from licensing.deals import services
from licensing.deals.models import Deal, DealState, Licence
from licensing.demo.clock import at
from licensing.demo.licences import SIGNED, WITH_COLLECTIVE, per_million, terms
from licensing.parties.models import Organisation


def organisation(slug: str) -> Organisation:
    """Return an invented organisation."""
    return Organisation.objects.get(slug=slug)


def actor(slug: str) -> Actor:
    """Return the owner of an invented organisation, as a person if it has one."""
    party = organisation(slug)
    member = party.memberships.select_related("user").first()
    return Actor.owner_of(party, member.user if member else None)


def sign_all() -> dict[str, Licence]:
    """Negotiate and sign the licences in force; returns them by name."""
    licences = {}
    for number, deal in enumerate(SIGNED):
        with at(2026, 7, 6 + number):
            opened = _open(deal.licensor, deal.licensee, deal.title, _dearer(deal.terms))
        with at(2026, 7, 14 + number):
            services.counter_offer(
                by=actor(deal.licensee),
                deal_id=opened.public_id,
                terms=deal.terms,
                expires_at=timezone.now() + timedelta(days=14),
                message="We can agree at this rate; the rest stands.",
            )
        with at(2026, 7, 20 + number):
            offer = services.accept_offer(
                by=actor(deal.licensor),
                deal_id=opened.public_id,
                offer_id=_standing(opened),
            )
        for day, slug in ((24, deal.licensee), (27, deal.licensor)):
            with at(2026, 7, day, 14):
                signed = _sign(slug, opened, offer.terms_hash)
        if signed is None:
            raise RuntimeError(f"{deal.title} was not granted")
        licences[deal.name] = signed
    return licences


def negotiate_the_rest() -> None:
    """Leave a deal in every other state a negotiation can be in."""
    tokyo = per_million("3.20")
    world = "any"
    with at(2026, 9, 1):
        declined = _open(
            "ardoise", "parallax", "Ardoise × Parallax", _usd(per_million("9.00"), world)
        )
        withdrawn = _open("minato-games", "mikazuki", "湊ゲームス × 三日月AI", _jpy("900"))
        _open("ardoise", "mikazuki", "Ardoise × 三日月AI", _usd(tokyo, world))
    with at(2026, 9, 3):
        services.decline_offer(by=actor("parallax"), deal_id=declined.public_id)
        services.withdraw(by=actor("minato-games"), deal_id=withdrawn.public_id)
    with at(2026, 10, 2):
        for deal in Deal.objects.filter(state=DealState.NEGOTIATING):
            services.lapse(deal_id=deal.public_id)
    for accepted, title in (("agreed", "Northlight × 三日月AI"), ("signing", "Northlight × Loom")):
        other = "mikazuki" if accepted == "agreed" else "tensor-loom"
        deal = _open("northlight", other, title, _usd(tokyo, world), today=True)
        offer = services.accept_offer(
            by=actor(other), deal_id=deal.public_id, offer_id=_standing(deal)
        )
        if accepted == "signing":
            _sign(other, deal, offer.terms_hash)
    waiting = _open("minato-games", "tensor-loom", "湊ゲームス × Loom", _jpy("640"), today=True)
    services.counter_offer(
        by=actor("tensor-loom"),
        deal_id=waiting.public_id,
        terms=_jpy("480"),
        expires_at=timezone.now() + timedelta(days=10),
        message="Games are a small part of this run; 480 is what the budget carries.",
    )
    _open("tensor-loom", "zensokyo", "Shuttle 4", _jpy("400", WITH_COLLECTIVE), today=True)
    _open("parallax", "sakuraba", "桜庭書房 × Parallax", _jpy("350"), today=True)


def _usd(price: dict[str, Any], models: str) -> dict[str, Any]:
    return terms(currency="USD", prices=[price], models=models, starts_on="2026-12-01")


def _jpy(unit_price: str, fees: tuple[tuple[str, str], ...] = (("operator", "0.03"),)) -> Any:
    return terms(
        currency="JPY",
        prices=[per_million(unit_price)],
        models="any",
        fees=fees,
        starts_on="2026-12-01",
    )


def _dearer(agreed: Mapping[str, Any]) -> dict[str, Any]:
    """Return the opening position that the agreed terms were negotiated down from."""
    prices = [
        price | {"unit_price": f"{price['unit_price']}0"} if "unit_price" in price else price
        for price in agreed["prices"]
    ]
    payment = dict(agreed["payment"]) | {"due_days": 14}
    return {**agreed, "prices": prices, "payment": payment, "dispute_days": 30}


def _open(
    ours: str, theirs: str, title: str, offered: Mapping[str, Any], *, today: bool = False
) -> Deal:
    days = 21 if today else 28
    expires_at: datetime = timezone.now() + timedelta(days=days)
    return services.open_deal(
        by=actor(ours),
        counterparty=organisation(theirs),
        title=title,
        terms=offered,
        expires_at=expires_at,
        message="",
    )


def _standing(deal: Deal) -> str:
    offer = deal.standing_offer
    if offer is None:
        raise RuntimeError(f"{deal.title} has no standing offer")
    return offer.public_id


def _sign(slug: str, deal: Deal, terms_hash: str) -> Licence | None:
    by = actor(slug)
    return services.sign(
        by=by,
        deal_id=deal.public_id,
        signer_name=by.user.name if by.user else by.organisation.name,
        signer_title="",
        terms_hash=terms_hash,
    )
