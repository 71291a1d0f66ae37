"""PURE. The states of a deal, the legal moves between them, and whose turn it is.

`MOVES` is the whole truth: what is not in it is refused. `apply` knows states only; `require_turn`
knows which side may make a move, given whose offer is standing.
"""

from enum import StrEnum

from licensing.errors import IllegalMove


class State(StrEnum):
    """Where a deal stands; the values are stored and public."""

    DRAFT = "draft"
    NEGOTIATING = "negotiating"
    AGREED = "agreed"
    SIGNING = "signing"
    IN_FORCE = "in_force"
    EXPIRED = "expired"
    TERMINATED = "terminated"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


class Move(StrEnum):
    """What can be done to a deal; the values are stored with each recorded move."""

    OPEN = "open"
    COUNTER = "counter"
    ACCEPT = "accept"
    DECLINE = "decline"
    WITHDRAW = "withdraw"
    LAPSE = "lapse"
    SIGN_FIRST = "sign_first"
    SIGN_SECOND = "sign_second"
    EXPIRE = "expire"
    TERMINATE = "terminate"


class Side(StrEnum):
    """The two sides of a deal; a collective stands on the licensor's side."""

    LICENSOR = "licensor"
    LICENSEE = "licensee"

    @property
    def other(self) -> "Side":
        """The counterparty."""
        return Side.LICENSEE if self is Side.LICENSOR else Side.LICENSOR


MOVES: dict[State, dict[Move, State]] = {
    State.DRAFT: {Move.OPEN: State.NEGOTIATING, Move.WITHDRAW: State.WITHDRAWN},
    State.NEGOTIATING: {
        Move.COUNTER: State.NEGOTIATING,
        Move.ACCEPT: State.AGREED,
        Move.DECLINE: State.DECLINED,
        Move.WITHDRAW: State.WITHDRAWN,
        Move.LAPSE: State.LAPSED,
    },
    State.AGREED: {Move.SIGN_FIRST: State.SIGNING, Move.WITHDRAW: State.WITHDRAWN},
    State.SIGNING: {Move.SIGN_SECOND: State.IN_FORCE, Move.WITHDRAW: State.WITHDRAWN},
    State.IN_FORCE: {Move.EXPIRE: State.EXPIRED, Move.TERMINATE: State.TERMINATED},
    State.EXPIRED: {},
    State.TERMINATED: {},
    State.DECLINED: {},
    State.WITHDRAWN: {},
    State.LAPSED: {},
}

ANSWERS = frozenset({Move.COUNTER, Move.ACCEPT, Move.DECLINE})

_DOING = {
    Move.OPEN: "opened",
    Move.COUNTER: "answered with a counter-offer",
    Move.ACCEPT: "accepted",
    Move.DECLINE: "declined",
    Move.WITHDRAW: "withdrawn",
    Move.LAPSE: "let lapse",
    Move.SIGN_FIRST: "signed by the first side",
    Move.SIGN_SECOND: "signed by the second side",
    Move.EXPIRE: "expired",
    Move.TERMINATE: "terminated",
}


class NotYourTurn(IllegalMove):
    """The move is legal and belongs to the other side."""

    code = "not_your_turn"


def apply(state: State, move: Move) -> State:
    """Return the state after a move; raises `IllegalMove` that says what can be done instead."""
    try:
        return MOVES[state][move]
    except KeyError:
        raise IllegalMove(_refusal(state, move), state=state.value, move=move.value) from None


def legal_moves(state: State) -> frozenset[Move]:
    """Return what the table allows from here, whoever asks."""
    return frozenset(MOVES[state])


def is_closed(state: State) -> bool:
    """Tell whether nothing can happen to the deal any more."""
    return not MOVES[state]


def whose_turn(state: State, standing_offer_by: Side) -> Side | None:
    """Return the side that has to answer the standing offer, or None while nobody has to.

    After agreement both sides may sign in either order, so it is nobody's turn alone.
    """
    return standing_offer_by.other if state is State.NEGOTIATING else None


def require_turn(state: State, move: Move, by: Side, standing_offer_by: Side) -> None:
    """Refuse an answer to one's own offer, and the withdrawal of the other side's.

    An offer is answered by the side that received it and withdrawn by the side that made it. Once
    the deal is agreed there is no standing offer left to answer: either side may still walk away,
    and both sign in any order. Raises `NotYourTurn`; whether the move is legal is for `apply`.
    """
    if move in ANSWERS and by is standing_offer_by:
        raise NotYourTurn(
            "The standing offer is your own. Wait for the other side's answer, or withdraw it.",
            move=move.value,
        )
    if move is Move.WITHDRAW and by is whose_turn(state, standing_offer_by):
        raise NotYourTurn(
            "The standing offer is the other side's. Decline it instead of withdrawing it.",
            move=move.value,
        )


def _refusal(state: State, move: Move) -> str:
    possible = [_DOING[legal] for legal in MOVES[state]]
    where = state.value.replace("_", " ")
    advice = (
        f"It can be {' or '.join(possible)}."
        if possible
        else "Nothing more can be done with it; open a new deal."
    )
    return f"This deal is {where} and cannot be {_DOING[move]}. {advice}"
