"""What deals ask of an organisation, and their latest moves."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from licensing.access import Actor
from licensing.deals.models import Deal, DealMove
from licensing.deals.negotiation import Move
from licensing.parties.roles import Scope
from licensing.todo import Event, Task

MOST = 10
SAID = {
    Move.OPEN: _("First offer"),
    Move.COUNTER: _("Counter-offer"),
    Move.ACCEPT: _("Offer accepted"),
    Move.DECLINE: _("Offer declined"),
    Move.WITHDRAW: _("Withdrawn"),
    Move.LAPSE: _("The offer lapsed"),
    Move.SIGN_FIRST: _("First signature"),
    Move.SIGN_SECOND: _("Second signature"),
    Move.EXPIRE: _("The term ended"),
    Move.TERMINATE: _("Terminated"),
}


def tasks(actor: Actor) -> Iterator[Task]:
    """Yield the offers to answer and the agreements to sign, those that run out first."""
    if actor.is_operator:
        return
    if actor.may(Scope.DEALS_WRITE):
        for deal in Deal.objects.awaiting_answer_of(actor.organisation)[:MOST]:
            yield Task(
                _("Answer the offer in “%(deal)s”") % {"deal": deal.title},
                reverse("deal", args=[deal.public_id]),
                until=deal.standing_until,
            )
    if actor.may(Scope.DEALS_SIGN):
        for deal in Deal.objects.awaiting_signature_of(actor.organisation).order_by("pk")[:MOST]:
            yield Task(
                _("Sign “%(deal)s”") % {"deal": deal.title},
                reverse("deal", args=[deal.public_id]) + "#sign",
            )


def events(actor: Actor, most: int) -> Iterator[Event]:
    """Yield the latest moves in the deals an actor may see, newest first."""
    if not actor.may(Scope.DEALS_READ):
        return
    moves = DealMove.objects.filter(deal__in=Deal.objects.visible_to(actor))
    for move in moves.select_related("deal", "by").order_by("-pk")[:most]:
        yield Event(
            at=move.at,
            text=move.deal.title,
            url=reverse("deal", args=[move.deal.public_id]),
            kind="deal",
            state=move.to_state,
            what=SAID[Move(move.move)],
            who=move.by.name if move.by else "",
        )
