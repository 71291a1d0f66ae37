"""PURE. The states of a usage report and the legal moves between them."""

from collections.abc import Mapping
from enum import StrEnum

from licensing.errors import IllegalMove


class State(StrEnum):
    """Where a report stands; the values are stored and public."""

    RECEIVING = "receiving"
    RECEIVED = "received"
    CHECKING = "checking"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    SUPERSEDED = "superseded"


class Move(StrEnum):
    """What can happen to a report; the values are stored with each recorded move."""

    COMPLETE = "complete"
    CHECK = "check"
    ACCEPT = "accept"
    REJECT = "reject"
    SUPERSEDE = "supersede"
    GIVE_UP = "give_up"


MOVES: Mapping[State, Mapping[Move, State]] = {
    # What is never completed is given up.
    State.RECEIVING: {Move.COMPLETE: State.RECEIVED, Move.GIVE_UP: State.REJECTED},
    State.RECEIVED: {Move.CHECK: State.CHECKING},
    # A check whose worker died is begun again.
    State.CHECKING: {
        Move.CHECK: State.CHECKING,
        Move.ACCEPT: State.ACCEPTED,
        Move.REJECT: State.REJECTED,
    },
    State.ACCEPTED: {Move.SUPERSEDE: State.SUPERSEDED},
    State.REJECTED: {Move.SUPERSEDE: State.SUPERSEDED},
    State.SUPERSEDED: {},
}


def apply(state: State, move: Move) -> State:
    """Return the next state; raises `IllegalMove` that names what is possible."""
    possible = MOVES[state]
    if move not in possible:
        allowed = ", ".join(possible) or "nothing"
        raise IllegalMove(
            f"A report that is {state} cannot {move}; possible: {allowed}.",
            state=state.value,
            move=move.value,
        )
    return possible[move]
