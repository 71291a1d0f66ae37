"""PURE. The states of a notice and the legal moves between them."""

from collections.abc import Mapping
from enum import StrEnum

from licensing.errors import IllegalMove


class State(StrEnum):
    """Where a notice stands; the values are stored and public."""

    STANDING = "standing"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"


class Move(StrEnum):
    """What can happen to a notice; the values are stored with each recorded move."""

    ANSWER = "answer"
    WITHDRAW = "withdraw"


MOVES: Mapping[State, Mapping[Move, State]] = {
    State.STANDING: {Move.ANSWER: State.ANSWERED, Move.WITHDRAW: State.WITHDRAWN},
    State.ANSWERED: {},
    State.WITHDRAWN: {},
}


def apply(state: State, move: Move) -> State:
    """Return the next state; raises `IllegalMove` that names what is possible."""
    possible = MOVES[state]
    if move not in possible:
        allowed = ", ".join(possible) or "nothing"
        raise IllegalMove(
            f"A notice that is {state} cannot {move}; possible: {allowed}.",
            state=state.value,
            move=move.value,
        )
    return possible[move]
