"""Negotiating: every move locks the deal, so that of two simultaneous ones exactly one succeeds.

Scopes are checked at the edge; these functions check who the parties are, whose turn it is and
whether the move is legal. Lock order: deal, then licence.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from config.jobs import enqueue_on_commit
from licensing.access import Actor
from licensing.catalogue.models import Work
from licensing.deals import negotiation, snapshot
from licensing.deals import terms as contract
from licensing.deals.models import Answer, Deal, DealMove, Licence, Offer, Signature
from licensing.deals.negotiation import Move, Side, State
from licensing.errors import Fault, IllegalMove, InvalidInput
from licensing.parties.models import Organisation
from licensing.parties.roles import Kind

LONGEST_OFFER = timedelta(days=365)
TITLE_LENGTH = 200
RIGHTS_SIDE = {Kind.LICENSOR, Kind.COLLECTIVE}


class OfferExpired(IllegalMove):
    """The standing offer can no longer be answered."""

    code = "offer_expired"


class OfferChanged(IllegalMove):
    """The offer named is not the one that stands."""

    code = "offer_not_standing"


class NotAParty(IllegalMove):
    """Whoever may read the deal without being a side of it may not move it."""

    code = "not_a_party"


class SignedAlready(IllegalMove):
    """This side's signature is there; the other's is awaited."""

    code = "signed_already"


class HashMismatch(IllegalMove):
    """The terms signed are not the terms agreed."""

    code = "terms_hash_mismatch"


@transaction.atomic
def open_deal(  # noqa: PLR0913  # an offer has this many parts, each by name
    *,
    by: Actor,
    counterparty: Organisation,
    title: str,
    terms: Mapping[str, Any],
    expires_at: datetime,
    message: str = "",
) -> Deal:
    """Open a negotiation with a first offer and return its deal.

    One side must license (a licensor or collective) and the other be a licensee. Raises
    `InvalidInput` for terms that mean nothing, for two parties of one side and for a past expiry.
    """
    licensor, licensee = _sides(by.organisation, counterparty)
    deal = Deal.objects.create(
        title=_one_line(title), licensor=licensor, licensee=licensee, opened_by=by.organisation
    )
    offer = _make_offer(deal, by, terms, expires_at, message)
    _move(deal, Move.OPEN, by, offer)
    return deal


@transaction.atomic
def counter_offer(
    *,
    by: Actor,
    deal_id: str,
    terms: Mapping[str, Any],
    expires_at: datetime,
    message: str = "",
) -> Offer:
    """Answer the standing offer with new terms and return the offer that replaces it.

    Raises `Deal.DoesNotExist` if ``by`` may not see the deal, `IllegalMove` if it is no longer
    open, `NotYourTurn` if the standing offer is the actor's own.
    """
    deal = Deal.objects.visible_to(by).lock(deal_id)
    standing = _standing(deal, Move.COUNTER, by)
    _answer(standing, Answer.COUNTERED)
    offer = _make_offer(deal, by, terms, expires_at, message)
    _move(deal, Move.COUNTER, by, offer)
    return offer


@transaction.atomic
def accept_offer(*, by: Actor, deal_id: str, offer_id: str) -> Offer:
    """Accept the other side's standing offer, named by its id, before it expires."""
    deal = Deal.objects.visible_to(by).lock(deal_id)
    standing = _standing(deal, Move.ACCEPT, by)
    if standing.public_id != offer_id:
        raise OfferChanged(
            f"The offer you are accepting is no longer the standing one: round "
            f"{standing.round} has replaced it. Read it and decide again.",
            standing=standing.public_id,
        )
    _answer(standing, Answer.ACCEPTED)
    _move(deal, Move.ACCEPT, by, standing)
    return standing


@transaction.atomic
def decline_offer(*, by: Actor, deal_id: str) -> Deal:
    """Decline the other side's standing offer, which ends the negotiation."""
    deal = Deal.objects.visible_to(by).lock(deal_id)
    standing = _standing(deal, Move.DECLINE, by)
    _answer(standing, Answer.DECLINED)
    _move(deal, Move.DECLINE, by, standing)
    return deal


@transaction.atomic
def withdraw(*, by: Actor, deal_id: str) -> Deal:
    """Take back one's own standing offer, or walk away between agreement and signature."""
    deal = Deal.objects.visible_to(by).lock(deal_id)
    require_party(deal, by)
    latest = _latest_offer(deal)
    negotiation.require_turn(
        State(deal.state), Move.WITHDRAW, _side(deal, by), _side_of(deal, latest.made_by_id)
    )
    negotiation.apply(State(deal.state), Move.WITHDRAW)
    if latest.answered_at is None:
        _answer(latest, Answer.WITHDRAWN)
    _move(deal, Move.WITHDRAW, by, latest)
    return deal


@transaction.atomic
def lapse(*, deal_id: str) -> bool:
    """Let a deal lapse whose standing offer has expired; return whether there was one to end."""
    deal = Deal.objects.lock(deal_id)
    standing = deal.standing_offer
    if standing is None or standing.expires_at > timezone.now():
        return False
    _answer(standing, Answer.LAPSED)
    _move(deal, Move.LAPSE, None, standing)
    return True


@transaction.atomic
def sign(
    *, by: Actor, deal_id: str, signer_name: str, signer_title: str, terms_hash: str
) -> Licence | None:
    """Sign the agreed terms, named by their hash; the second signature returns the licence.

    The licence freezes the terms and the repertoire of that moment. Raises `HashMismatch` if the
    hash is not that of the agreed offer, `IllegalMove` if there is nothing to sign or this side
    has signed, `InvalidInput` without a name.
    """
    deal = Deal.objects.visible_to(by).lock(deal_id)
    require_party(deal, by)
    first = not Signature.objects.filter(offer__deal=deal).exists()
    move = Move.SIGN_FIRST if first else Move.SIGN_SECOND
    negotiation.apply(State(deal.state), move)
    offer = deal.offers.get(answer=Answer.ACCEPTED)
    if offer.signatures.filter(organisation=by.organisation).exists():
        raise SignedAlready("Your side has signed already; the other side's signature is awaited.")
    if terms_hash != offer.terms_hash:
        raise HashMismatch(
            f"You are signing {terms_hash or 'nothing'}, but the agreed terms are "
            f"{offer.terms_hash}. Reload the deal and read what was agreed."
        )
    if not signer_name.strip():
        raise InvalidInput(
            "A signature needs the name of the person who signs.",
            faults=[Fault("signer_name", "required", "Write the name of the person who signs.")],
        )
    Signature.objects.create(
        offer=offer,
        organisation=by.organisation,
        user=by.user,
        signer_name=signer_name.strip(),
        signer_title=signer_title.strip(),
        terms_hash=offer.terms_hash,
        signed_at=timezone.now(),
    )
    _move(deal, move, by, offer)
    return None if first else _grant_licence(deal, offer)


def _grant_licence(deal: Deal, offer: Offer) -> Licence:
    """Freeze the agreement and the repertoire; ask for the agreement's PDF."""
    terms = contract.parse(offer.terms)
    licence = Licence(
        deal=deal,
        offer=offer,
        licensor=deal.licensor,
        licensee=deal.licensee,
        terms=offer.terms,
        terms_hash=offer.terms_hash,
        currency=terms.currency,
        starts_on=terms.grant.starts_on,
        ends_on=terms.grant.ends_on,
        signed_at=timezone.now(),
    )
    frozen = snapshot.freeze(licence, terms)
    licence.snapshot_key = frozen.key
    licence.snapshot_sha256 = frozen.sha256
    licence.snapshot_works = frozen.works
    licence.save()
    enqueue_on_commit("licensing.deals.tasks.prepare_agreement", licence_id=licence.pk)
    return licence


def _one_line(title: str) -> str:
    """Return a title fit for a mail's subject: spaces for line breaks, and not empty."""
    written = " ".join(title.split())
    if not written or len(written) > TITLE_LENGTH:
        raise InvalidInput(
            "A deal needs a title.",
            faults=[
                Fault("title", "required", f"Write a title of at most {TITLE_LENGTH} characters.")
            ],
        )
    return written


def _sides(ours: Organisation, theirs: Organisation) -> tuple[Organisation, Organisation]:
    """Return (licensor, licensee); one of each must be at the table."""
    pair = (ours, theirs)
    licensors = [party for party in pair if Kind(party.kind) in RIGHTS_SIDE]
    licensees = [party for party in pair if Kind(party.kind) is Kind.LICENSEE]
    if len(licensors) != 1 or len(licensees) != 1:
        raise InvalidInput(
            "A deal is between a licensor or collective and a licensee.",
            faults=[
                Fault(
                    "counterparty",
                    "wrong_side",
                    f"{theirs.name} is a {theirs.kind}, as you are a {ours.kind}. "
                    "Choose an organisation of the other side.",
                )
            ],
        )
    return licensors[0], licensees[0]


def _standing(deal: Deal, move: Move, by: Actor) -> Offer:
    """Return the offer that waits for ``by``'s answer, or refuse the move."""
    require_party(deal, by)
    negotiation.apply(State(deal.state), move)
    standing = deal.offers.select_related("made_by").get(answered_at=None)
    negotiation.require_turn(
        State(deal.state), move, _side(deal, by), _side_of(deal, standing.made_by_id)
    )
    if standing.expires_at <= timezone.now():
        raise OfferExpired(
            "This offer has expired and can no longer be answered. Open a new deal, or ask the "
            "other side to.",
            expired_at=standing.expires_at.isoformat(),
        )
    return standing


def _make_offer(
    deal: Deal, by: Actor, terms: Mapping[str, Any], expires_at: datetime, message: str
) -> Offer:
    """Append the next round; the terms are parsed, and stored as they hash."""
    now = timezone.now()
    if not now < expires_at <= now + LONGEST_OFFER:
        raise InvalidInput(
            "An offer must expire in the future, within a year.",
            faults=[
                Fault(
                    "expires_at",
                    "out_of_range",
                    f"{expires_at.isoformat()} is not within a year from now.",
                )
            ],
        )
    parsed = contract.parse(terms)
    _require_fees_fit(parsed, deal)
    _require_works_known(parsed)
    return Offer.objects.create(
        deal=deal,
        round=deal.offers.count() + 1,
        made_by=by.organisation,
        made_by_user=by.user,
        made_at=now,
        expires_at=expires_at,
        terms=contract.document(parsed),
        terms_hash=contract.terms_hash(parsed),
        message=message,
    )


def _require_fees_fit(terms: contract.Terms, deal: Deal) -> None:
    """Refuse a collective's fee where no collective is at the table."""
    if deal.licensor.kind == Kind.COLLECTIVE:
        return
    for index, fee in enumerate(terms.fees):
        if fee.to == "collective":
            raise InvalidInput(
                "The terms give a fee to a collective, but no collective is a party.",
                faults=[
                    Fault(
                        f"fees[{index}].to",
                        "no_collective",
                        f"{deal.licensor.name} is not a collective; remove this fee.",
                    )
                ],
            )


def _require_works_known(terms: contract.Terms) -> None:
    """Refuse to exclude a work nobody registered: a misspelt exclusion would grant the work."""
    excluded = terms.grant.works.exclude
    known = set(Work.objects.filter(public_id__in=excluded).values_list("public_id", flat=True))
    faults = [
        Fault(
            f"grant.works.exclude[{index}]",
            "work_unknown",
            f"There is no work {work}. Correct its id, or remove it.",
        )
        for index, work in enumerate(excluded)
        if work not in known
    ]
    if faults:
        raise InvalidInput("The terms exclude works that are not registered.", faults=faults)


def _answer(offer: Offer, answer: Answer) -> None:
    offer.answered_at = timezone.now()
    offer.answer = answer
    offer.save(update_fields=["answered_at", "answer"])


def _move(deal: Deal, move: Move, by: Actor | None, offer: Offer) -> None:
    """Apply a legal move, record it and tell the other side."""
    before = State(deal.state)
    after = negotiation.apply(before, move)
    deal.state = after
    deal.save(update_fields=["state"])
    recorded = DealMove.objects.create(
        deal=deal,
        move=move,
        from_state=before,
        to_state=after,
        by=by.organisation if by else None,
        by_user=by.user if by else None,
        offer=offer,
        at=timezone.now(),
    )
    enqueue_on_commit("licensing.deals.tasks.tell_counterparty", move_id=recorded.pk)


def _latest_offer(deal: Deal) -> Offer:
    return deal.offers.order_by("-round")[:1].get()


def require_party(deal: Deal, by: Actor) -> None:
    """Refuse whoever sees the deal without being a side of it: the operator."""
    if by.organisation_id not in {deal.licensor_id, deal.licensee_id}:
        raise NotAParty("Only the two parties may move a deal; you may read it.")


def _side(deal: Deal, by: Actor) -> Side:
    return _side_of(deal, by.organisation_id)


def _side_of(deal: Deal, organisation_id: int) -> Side:
    return Side.LICENSOR if organisation_id == deal.licensor_id else Side.LICENSEE
