import pytest

from licensing.deals.negotiation import (
    MOVES,
    Move,
    NotYourTurn,
    Side,
    State,
    apply,
    is_closed,
    legal_moves,
    require_turn,
    whose_turn,
)
from licensing.errors import IllegalMove


def test_a_deal_is_opened_countered_accepted_signed_twice_and_in_force() -> None:
    state = State.DRAFT

    for move in (Move.OPEN, Move.COUNTER, Move.ACCEPT, Move.SIGN_FIRST, Move.SIGN_SECOND):
        state = apply(state, move)

    assert state is State.IN_FORCE


@pytest.mark.parametrize(
    ("state", "move", "after"),
    [
        (State.DRAFT, Move.WITHDRAW, State.WITHDRAWN),
        (State.NEGOTIATING, Move.DECLINE, State.DECLINED),
        (State.NEGOTIATING, Move.LAPSE, State.LAPSED),
        (State.NEGOTIATING, Move.WITHDRAW, State.WITHDRAWN),
        (State.AGREED, Move.WITHDRAW, State.WITHDRAWN),
        (State.SIGNING, Move.WITHDRAW, State.WITHDRAWN),
        (State.IN_FORCE, Move.EXPIRE, State.EXPIRED),
        (State.IN_FORCE, Move.TERMINATE, State.TERMINATED),
    ],
)
def test_every_other_way_a_deal_ends(state: State, move: Move, after: State) -> None:
    assert apply(state, move) is after


@pytest.mark.parametrize(
    ("state", "move"),
    [(state, move) for state in State for move in Move if move not in MOVES[state]],
)
def test_whatever_is_not_in_the_table_is_refused(state: State, move: Move) -> None:
    with pytest.raises(IllegalMove) as refused:
        apply(state, move)

    assert refused.value.context == {"state": state.value, "move": move.value}


def test_the_refusal_says_what_can_be_done_instead() -> None:
    with pytest.raises(IllegalMove) as refused:
        apply(State.AGREED, Move.COUNTER)

    assert refused.value.detail == (
        "This deal is agreed and cannot be answered with a counter-offer. "
        "It can be signed by the first side or withdrawn."
    )


def test_the_refusal_of_a_closed_deal_points_to_a_new_one() -> None:
    with pytest.raises(IllegalMove) as refused:
        apply(State.LAPSED, Move.ACCEPT)

    assert refused.value.detail == (
        "This deal is lapsed and cannot be accepted. "
        "Nothing more can be done with it; open a new deal."
    )


def test_every_state_stands_in_the_table_and_only_the_ends_are_closed() -> None:
    closed = {state for state in State if is_closed(state)}

    assert set(MOVES) == set(State)
    assert closed == {
        State.EXPIRED,
        State.TERMINATED,
        State.DECLINED,
        State.WITHDRAWN,
        State.LAPSED,
    }
    assert legal_moves(State.DRAFT) == {Move.OPEN, Move.WITHDRAW}


def test_it_is_the_turn_of_the_side_that_did_not_make_the_standing_offer() -> None:
    assert whose_turn(State.NEGOTIATING, Side.LICENSOR) is Side.LICENSEE
    assert whose_turn(State.NEGOTIATING, Side.LICENSEE) is Side.LICENSOR
    assert whose_turn(State.AGREED, Side.LICENSOR) is None


@pytest.mark.parametrize("move", [Move.COUNTER, Move.ACCEPT, Move.DECLINE])
def test_a_side_cannot_answer_its_own_offer(move: Move) -> None:
    with pytest.raises(NotYourTurn):
        require_turn(State.NEGOTIATING, move, by=Side.LICENSOR, standing_offer_by=Side.LICENSOR)

    require_turn(State.NEGOTIATING, move, by=Side.LICENSEE, standing_offer_by=Side.LICENSOR)


def test_a_side_withdraws_its_own_offer_and_declines_the_other_sides() -> None:
    withdraw = Move.WITHDRAW
    require_turn(State.NEGOTIATING, withdraw, by=Side.LICENSEE, standing_offer_by=Side.LICENSEE)

    with pytest.raises(NotYourTurn, match="Decline it instead"):
        require_turn(State.NEGOTIATING, withdraw, by=Side.LICENSOR, standing_offer_by=Side.LICENSEE)


@pytest.mark.parametrize("side", list(Side))
def test_either_side_may_walk_away_or_sign_once_the_deal_is_agreed(side: Side) -> None:
    require_turn(State.AGREED, Move.WITHDRAW, by=side, standing_offer_by=Side.LICENSEE)
    require_turn(State.AGREED, Move.SIGN_FIRST, by=side, standing_offer_by=Side.LICENSEE)
    require_turn(State.SIGNING, Move.WITHDRAW, by=side, standing_offer_by=Side.LICENSEE)
