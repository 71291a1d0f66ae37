import pytest

from ledger.payouts import lifecycle
from ledger.payouts.lifecycle import AttemptState, IllegalMove, Move, State


def test_a_payout_goes_from_due_to_paid_step_by_step() -> None:
    state = State.DUE

    for move in (Move.RESERVE, Move.SEND, Move.ACCEPT, Move.PAY):
        state = lifecycle.apply(state, move)

    assert state is State.PAID


def test_a_payout_that_failed_or_came_back_can_be_sent_again() -> None:
    assert lifecycle.apply(State.FAILED, Move.RETRY) is State.RESERVED
    assert lifecycle.apply(State.RETURNED, Move.RETRY) is State.RESERVED


@pytest.mark.parametrize(
    ("state", "move"),
    [
        (State.PAID, Move.FAIL),
        (State.FAILED, Move.PAY),
        (State.RESERVED, Move.CANCEL),
        (State.CANCELLED, Move.RESERVE),
        (State.SENDING, Move.RETRY),
    ],
)
def test_moves_backwards_are_refused(state: State, move: Move) -> None:
    assert not lifecycle.can(state, move)
    with pytest.raises(IllegalMove, match=f"a payout that is {state} cannot {move}"):
        lifecycle.apply(state, move)


def test_every_state_but_due_is_reached_and_cancelled_is_an_end() -> None:
    assert set(lifecycle.MOVES.values()) == set(State) - {State.DUE}
    assert not [move for move in Move if lifecycle.can(State.CANCELLED, move)]


def test_an_attempt_of_unknown_outcome_is_asked_again_and_a_decided_one_never() -> None:
    assert lifecycle.advance(AttemptState.UNKNOWN, AttemptState.SENT) is AttemptState.SENT
    for ended in (AttemptState.SUCCEEDED, AttemptState.FAILED):
        for to in AttemptState:
            with pytest.raises(IllegalMove, match="an attempt that is"):
                lifecycle.advance(ended, to)
