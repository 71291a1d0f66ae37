"""PURE. What a payout and one attempt to send it may become.

A payout that failed or came back keeps its row: sending it again is a new attempt of the same
payout, so that one debt to a payee is never two payouts that could both arrive.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from ledger.errors import LedgerError


class State(StrEnum):
    """Where the money of a payout is."""

    DUE = "due"
    RESERVED = "reserved"
    SENDING = "sending"
    IN_TRANSIT = "in_transit"
    PAID = "paid"
    FAILED = "failed"
    RETURNED = "returned"
    CANCELLED = "cancelled"


class Move(StrEnum):
    """What may happen to a payout."""

    RESERVE = "reserve"
    SEND = "send"
    ACCEPT = "accept"
    PAY = "pay"
    FAIL = "fail"
    RETURN = "return"
    RETRY = "retry"
    CANCEL = "cancel"


class AttemptState(StrEnum):
    """What is known of one attempt at the rail; `UNKNOWN` means ask again with the same key."""

    UNSENT = "unsent"
    SENT = "sent"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    UNKNOWN = "unknown"


MOVES: Mapping[tuple[State, Move], State] = MappingProxyType(
    {
        (State.DUE, Move.RESERVE): State.RESERVED,
        (State.DUE, Move.CANCEL): State.CANCELLED,
        (State.RESERVED, Move.SEND): State.SENDING,
        (State.SENDING, Move.ACCEPT): State.IN_TRANSIT,
        (State.SENDING, Move.FAIL): State.FAILED,
        (State.IN_TRANSIT, Move.PAY): State.PAID,
        (State.IN_TRANSIT, Move.FAIL): State.FAILED,
        (State.PAID, Move.RETURN): State.RETURNED,
        (State.FAILED, Move.RETRY): State.RESERVED,
        (State.RETURNED, Move.RETRY): State.RESERVED,
    }
)

ATTEMPT_MOVES: Mapping[AttemptState, frozenset[AttemptState]] = MappingProxyType(
    {
        AttemptState.UNSENT: frozenset({AttemptState.SENT}),
        AttemptState.SENT: frozenset(
            # Sent again when the worker that sent it was lost before it could write the answer.
            {
                AttemptState.SENT,
                AttemptState.SUCCEEDED,
                AttemptState.FAILED,
                AttemptState.UNKNOWN,
            }
        ),
        # An event may tell the outcome before our own question is answered.
        AttemptState.UNKNOWN: frozenset({AttemptState.SENT, AttemptState.SUCCEEDED}),
        AttemptState.SUCCEEDED: frozenset(),
        AttemptState.FAILED: frozenset(),
    }
)

OPEN_ATTEMPTS = (AttemptState.UNSENT, AttemptState.SENT, AttemptState.UNKNOWN)
# Between the decision to pay and the rail's word: a second payout now could pay the same debt.
UNDER_WAY = (State.DUE, State.RESERVED, State.SENDING)


class IllegalMove(LedgerError):
    """A payout or attempt was asked to become what its state does not allow."""

    code = "payout_move_illegal"


def apply(state: State, move: Move) -> State:
    """Return the state a payout is in after a move; raises `IllegalMove`."""
    try:
        return MOVES[state, move]
    except KeyError:
        raise IllegalMove(f"a payout that is {state} cannot {move}", state=state) from None


def can(state: State, move: Move) -> bool:
    """Tell whether a move is legal now."""
    return (state, move) in MOVES


def advance(state: AttemptState, to: AttemptState) -> AttemptState:
    """Return ``to`` if an attempt in ``state`` may become it; raises `IllegalMove`."""
    if to not in ATTEMPT_MOVES[state]:
        raise IllegalMove(f"an attempt that is {state} cannot become {to}", state=state)
    return to
