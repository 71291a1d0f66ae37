from datetime import timedelta

import pytest

from licensing.deals import services
from licensing.deals.models import Deal
from licensing.deals.negotiation import NotYourTurn
from licensing.deals.services import NotAParty, OfferChanged, OfferExpired
from licensing.deals.tasks import lapse_expired_offers
from licensing.errors import IllegalMove, InvalidInput
from tests.licensing.deals.conftest import Clock
from tests.licensing.deals.table import TERMS, Table, priced, refused, state_of

pytestmark = pytest.mark.django_db


def answers(deal: Deal) -> list[tuple[int, str]]:
    """Return each round with how it ended, oldest first."""
    return list(deal.offers.order_by("round").values_list("round", "answer"))


def test_a_counter_offer_answers_the_round_before_and_passes_the_turn(
    table: Table, deal: Deal
) -> None:
    offer = table.counter(deal, table.licensee, priced("8.00"))

    assert answers(deal) == [(1, "countered"), (2, "")]
    assert (offer.made_by, offer.terms) == (table.licensee.organisation, priced("8.00"))
    assert state_of(deal) == "negotiating"
    assert deal.moves.last().move == "counter"  # type: ignore[union-attr]


def test_a_side_cannot_counter_its_own_offer(table: Table, deal: Deal) -> None:
    with refused(NotYourTurn):
        table.counter(deal, table.licensor)


def test_a_counter_offer_with_faulty_terms_leaves_the_standing_one(
    table: Table, deal: Deal
) -> None:
    with refused(InvalidInput):
        table.counter(deal, table.licensee, TERMS | {"prices": []})


def test_accepting_ends_the_bargaining(table: Table, deal: Deal) -> None:
    offer = table.accept(deal, table.licensee)

    assert offer.answer == "accepted"
    assert state_of(deal) == "agreed"
    assert deal.standing_offer is None


def test_a_side_cannot_accept_its_own_offer(table: Table, deal: Deal) -> None:
    with refused(NotYourTurn):
        table.accept(deal, table.licensor)


def test_accepting_names_the_offer_so_that_a_newer_one_is_not_accepted_unread(
    table: Table, deal: Deal
) -> None:
    first = deal.standing_offer
    assert first is not None
    table.counter(deal, table.licensee)
    table.counter(deal, table.licensor, priced("20.00"))

    with refused(OfferChanged):
        services.accept_offer(by=table.licensee, deal_id=deal.public_id, offer_id=first.public_id)


@pytest.mark.parametrize("move", ["accept", "counter", "decline"])
def test_an_expired_offer_cannot_be_answered_even_before_the_sweep_ends_it(
    table: Table, deal: Deal, clock: Clock, move: str
) -> None:
    clock.forward(timedelta(days=14))

    with refused(OfferExpired):
        make(table, deal, move)


def make(table: Table, deal: Deal, move: str) -> None:
    """Make the licensee's move of this name."""
    if move == "accept":
        table.accept(deal, table.licensee)
    elif move == "counter":
        table.counter(deal, table.licensee)
    else:
        services.decline_offer(by=table.licensee, deal_id=deal.public_id)


def test_an_offer_stands_until_the_last_moment(table: Table, deal: Deal, clock: Clock) -> None:
    clock.forward(timedelta(days=14, microseconds=-1))

    table.accept(deal, table.licensee)

    assert state_of(deal) == "agreed"


def test_the_sweep_lets_an_expired_offer_lapse_once(table: Table, deal: Deal, clock: Clock) -> None:
    clock.forward(timedelta(days=14))

    lapse_expired_offers()
    lapse_expired_offers()

    assert state_of(deal) == "lapsed"
    assert answers(deal) == [(1, "lapsed")]
    assert [(move.move, move.by) for move in deal.moves.all()] == [
        ("open", table.licensor.organisation),
        ("lapse", None),
    ]


def test_the_sweep_leaves_offers_that_stand(deal: Deal) -> None:
    lapse_expired_offers()

    assert state_of(deal) == "negotiating"
    assert not services.lapse(deal_id=deal.public_id)


def test_declining_ends_the_negotiation(table: Table, deal: Deal) -> None:
    services.decline_offer(by=table.licensee, deal_id=deal.public_id)

    assert state_of(deal) == "declined"
    assert answers(deal) == [(1, "declined")]


def test_a_side_cannot_decline_its_own_offer(table: Table, deal: Deal) -> None:
    with refused(NotYourTurn):
        services.decline_offer(by=table.licensor, deal_id=deal.public_id)


def test_whoever_made_the_standing_offer_may_withdraw_it(table: Table, deal: Deal) -> None:
    services.withdraw(by=table.licensor, deal_id=deal.public_id)

    assert state_of(deal) == "withdrawn"
    assert answers(deal) == [(1, "withdrawn")]


def test_the_receiver_declines_and_cannot_withdraw(table: Table, deal: Deal) -> None:
    with refused(NotYourTurn):
        services.withdraw(by=table.licensee, deal_id=deal.public_id)


@pytest.mark.parametrize("side", ["licensor", "licensee"])
def test_either_side_may_walk_away_between_agreement_and_signature(table: Table, side: str) -> None:
    deal = table.agreed()

    services.withdraw(by=getattr(table, side), deal_id=deal.public_id)

    assert state_of(deal) == "withdrawn"
    assert answers(deal) == [(1, "accepted")]


def test_nothing_more_can_be_done_with_a_closed_deal(table: Table, deal: Deal) -> None:
    services.decline_offer(by=table.licensee, deal_id=deal.public_id)

    with refused(IllegalMove):
        table.counter(deal, table.licensee)
    with refused(IllegalMove):
        services.withdraw(by=table.licensor, deal_id=deal.public_id)
    with refused(IllegalMove):
        services.decline_offer(by=table.licensee, deal_id=deal.public_id)


def test_an_outsider_finds_no_deal_to_move(table: Table, deal: Deal) -> None:
    with refused(Deal.DoesNotExist):
        table.counter(deal, table.outsider)
    with refused(Deal.DoesNotExist):
        table.accept(deal, table.outsider)
    with refused(Deal.DoesNotExist):
        services.decline_offer(by=table.outsider, deal_id=deal.public_id)
    with refused(Deal.DoesNotExist):
        services.withdraw(by=table.outsider, deal_id=deal.public_id)
    with refused(Deal.DoesNotExist):
        table.sign(deal, table.outsider, "sha256:")


def test_the_operator_reads_and_cannot_move(table: Table, deal: Deal) -> None:
    with refused(NotAParty):
        table.counter(deal, table.operator)
    with refused(NotAParty):
        table.accept(deal, table.operator)
    with refused(NotAParty):
        services.decline_offer(by=table.operator, deal_id=deal.public_id)
    with refused(NotAParty):
        services.withdraw(by=table.operator, deal_id=deal.public_id)
    with refused(NotAParty):
        table.sign(deal, table.operator, "sha256:")
