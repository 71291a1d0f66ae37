"""PURE. The states of a statement and of a run of statements, and the legal moves between them."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from licensing.errors import IllegalMove


class StatementMove(StrEnum):
    """What can be done to a statement."""

    APPROVE = "approve"
    HOLD = "hold"
    RELEASE = "release"
    ISSUE = "issue"
    DISPUTE = "dispute"
    SETTLE = "settle"
    PAY = "pay"
    UNPAY = "unpay"


STATEMENT_MOVES: dict[str, dict[StatementMove, str]] = {
    "draft": {StatementMove.APPROVE: "approved", StatementMove.HOLD: "held"},
    "approved": {StatementMove.ISSUE: "issued", StatementMove.HOLD: "held"},
    "held": {StatementMove.RELEASE: "draft"},
    "issued": {StatementMove.DISPUTE: "disputed", StatementMove.PAY: "paid"},
    "disputed": {StatementMove.SETTLE: "issued"},
    "paid": {StatementMove.UNPAY: "issued"},
}


class RunMove(StrEnum):
    """What can be done to a run."""

    APPROVE = "approve"
    REOPEN = "reopen"
    ISSUE = "issue"
    FINISH = "finish"
    RESUME = "resume"


RUN_MOVES: dict[str, dict[RunMove, str]] = {
    "draft": {RunMove.APPROVE: "approved"},
    "approved": {RunMove.REOPEN: "draft", RunMove.ISSUE: "issuing"},
    "issuing": {RunMove.FINISH: "issued"},
    "issued": {RunMove.RESUME: "issuing"},
}


def move_statement(state: str, move: StatementMove) -> str:
    """Return the statement's next state; raises `IllegalMove` that names what is possible."""
    return _move("statement", STATEMENT_MOVES[state], state, move)


def move_run(state: str, move: RunMove) -> str:
    """Return the run's next state; raises `IllegalMove` that names what is possible."""
    return _move("run", RUN_MOVES[state], state, move)


Move = TypeVar("Move", StatementMove, RunMove)


def _move(what: str, possible: Mapping[Move, str], state: str, move: Move) -> str:
    if move not in possible:
        moves = ", ".join(str(legal) for legal in possible) or "nothing"
        raise IllegalMove(
            f"This {what} is {state}, so the move {move} is not possible; {moves} would be.",
            state=state,
            move=str(move),
        )
    return possible[move]
