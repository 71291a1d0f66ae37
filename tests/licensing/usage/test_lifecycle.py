import pytest

from licensing.errors import IllegalMove
from licensing.usage import lifecycle
from licensing.usage.lifecycle import Move, State

LEGAL = {
    ("receiving", "complete"): "received",
    ("receiving", "give_up"): "rejected",
    ("received", "check"): "checking",
    ("checking", "check"): "checking",
    ("checking", "accept"): "accepted",
    ("checking", "reject"): "rejected",
    ("accepted", "supersede"): "superseded",
    ("rejected", "supersede"): "superseded",
}


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("move", Move)
def test_a_report_moves_only_as_the_table_says(state: State, move: Move) -> None:
    after = LEGAL.get((state, move))

    if after is None:
        with pytest.raises(IllegalMove, match=str(state)):
            lifecycle.apply(state, move)
    else:
        assert lifecycle.apply(state, move) == after
