"""What the deal page says: whose turn it is, what changed from round to round, what may be done."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from licensing.access import Actor
from licensing.deals import plain_terms
from licensing.deals import terms as contract
from licensing.deals.models import Answer, Deal, DealState, Offer
from licensing.deals.plain_terms import Change, PlainTerms
from licensing.parties.models import Organisation
from licensing.parties.roles import Scope

TO_SIGN = (DealState.AGREED, DealState.SIGNING)


@dataclass(frozen=True, slots=True)
class Round:
    """One offer beside what it changed in the round before; the first changed nothing."""

    offer: Offer
    changes: Sequence[Change]
    is_first: bool

    @property
    def state(self) -> str:
        """How it ended, or that it stands."""
        return self.offer.answer or "standing"


def rounds(deal: Deal) -> list[Round]:
    """Return a deal's rounds, newest first; read the offers with their makers beforehand."""
    offers = sorted(deal.offers.all(), key=lambda offer: offer.round)
    parsed = [contract.parse(offer.terms) for offer in offers]
    listed = [
        Round(offer, plain_terms.changes(parsed[at - 1], parsed[at]) if at else [], at == 0)
        for at, offer in enumerate(offers)
    ]
    return listed[::-1]


@dataclass(frozen=True, slots=True)
class Position:
    """Where a deal stands for one reader: what counts now, and what they may do about it."""

    deal: Deal
    actor: Actor
    offer: Offer
    signed: tuple[Organisation, ...]

    @classmethod
    def of(cls, deal: Deal, actor: Actor) -> "Position":
        """Read it from the database."""
        offers = {offer.answer: offer for offer in deal.offers.all()}
        current = offers.get("") or offers.get(Answer.ACCEPTED)
        if current is None:
            current = max(deal.offers.all(), key=lambda offer: offer.round)
        signatures = current.signatures.select_related("organisation")
        return cls(deal, actor, current, tuple(one.organisation for one in signatures))

    @property
    def terms(self) -> PlainTerms:
        """What counts now, in plain words."""
        return plain_terms.describe(contract.parse(self.offer.terms))

    @property
    def is_party(self) -> bool:
        """Whether the reader sits at the table."""
        return self.actor.organisation_id in {self.deal.licensor_id, self.deal.licensee_id}

    @property
    def is_ours(self) -> bool:
        """Whether the reader's side made the offer that counts."""
        return self.offer.made_by_id == self.actor.organisation_id

    @property
    def is_negotiating(self) -> bool:
        """Whether an offer stands."""
        return self.deal.state == DealState.NEGOTIATING

    @property
    def may_answer(self) -> bool:
        """Whether it is the reader's turn to counter, accept or decline."""
        return (
            self.is_negotiating
            and self.is_party
            and not self.is_ours
            and self.actor.may(Scope.DEALS_WRITE)
        )

    @property
    def may_withdraw(self) -> bool:
        """Whether the reader may take the offer back, or walk away before both have signed."""
        open_to = self.is_negotiating and self.is_ours
        walk = self.deal.state in TO_SIGN
        return self.is_party and (open_to or walk) and self.actor.may(Scope.DEALS_WRITE)

    @property
    def may_sign(self) -> bool:
        """Whether the reader's signature is missing and theirs to give."""
        return (
            self.deal.state in TO_SIGN
            and self.is_party
            and self.actor.organisation not in self.signed
            and self.actor.may(Scope.DEALS_SIGN)
        )

    @property
    def other_side(self) -> Organisation:
        """Who is across the table from the offer's maker."""
        return self.deal.other_side(self.offer.made_by)

    @property
    def turn(self) -> tuple[str, str | Promise] | None:
        """Return a tone and a sentence about whose move it is; None where nobody's."""
        names = {"other": self.other_side.name, "maker": self.offer.made_by.name}
        if self.is_negotiating:
            if self.is_ours:
                return "info", _("%(other)s has your offer and may answer it.") % names
            if self.is_party:
                return "warning", _("It is your turn: %(maker)s waits for your answer.") % names
            return "info", _("%(other)s has to answer the offer of %(maker)s.") % names
        if self.deal.state not in TO_SIGN:
            return None
        missing = [
            side.name
            for side in (self.deal.licensor, self.deal.licensee)
            if side not in self.signed
        ]
        if self.is_party and self.actor.organisation not in self.signed:
            return "warning", _("Both sides agree. Your signature is missing.")
        return "info", _("Both sides agree. Awaited: the signature of %(sides)s.") % {
            "sides": ", ".join(missing)
        }


@dataclass(frozen=True, slots=True)
class Line:
    """A deal in a list, with whose turn it is for the reader."""

    deal: Deal
    tone: str
    turn: str | Promise


def line(deal: Deal, actor: Actor) -> Line:
    """Say a deal in one line; it must come ``with_standing_offer`` and ``with_signature_of``."""
    if deal.state == DealState.NEGOTIATING:
        if deal.standing_by == actor.organisation_id:
            return Line(deal, "", _("Other side’s turn"))
        if actor.is_operator:
            asked = deal.licensee if deal.standing_by == deal.licensor_id else deal.licensor
            return Line(deal, "", _("%(side)s answers") % {"side": asked.name})
        return Line(deal, "warning", _("Your turn"))
    if deal.state in TO_SIGN:
        if actor.is_operator or deal.is_signed_by_us:
            return Line(deal, "", _("Signature awaited"))
        return Line(deal, "warning", _("Yours to sign"))
    return Line(deal, "", "")
