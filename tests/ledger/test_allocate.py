from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import NothingToDivideBy
from ledger.money import allocate

AMOUNTS = st.integers(min_value=-(10**15), max_value=10**15)
WEIGHTS = st.dictionaries(
    st.text(alphabet="abcdefghij", min_size=1, max_size=3),
    st.integers(min_value=0, max_value=10**12),
    min_size=1,
    max_size=12,
).filter(lambda weights: sum(weights.values()) > 0)


def test_what_is_left_over_goes_to_the_largest_remainders() -> None:
    # 100 by 3:3:1 is 42.857…, 42.857…, 14.285…; cut 42, 42, 14; two units left over, which go to
    # the two remainders of .857.
    assert allocate(100, [("a", 3), ("b", 3), ("c", 1)]) == {"a": 43, "b": 43, "c": 14}


def test_equal_remainders_go_to_the_key_that_sorts_first() -> None:
    assert allocate(5, [("b", 1), ("a", 1)]) == {"a": 3, "b": 2}
    assert allocate(-5, [("b", 1), ("a", 1)]) == {"a": -3, "b": -2}


def test_no_weight_and_no_amount_gives_everybody_nothing() -> None:
    assert allocate(0, [("a", 0), ("b", 0)]) == {"a": 0, "b": 0}


def test_an_amount_without_a_weight_above_zero_is_refused() -> None:
    with pytest.raises(NothingToDivideBy) as refused:
        allocate(1, [("a", 0)])

    assert refused.value.code == "weights_empty"


def test_a_negative_weight_is_refused() -> None:
    with pytest.raises(ValueError, match="must not be negative"):
        allocate(1, [("a", -1), ("b", 2)])


def test_a_key_given_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="stands twice"):
        allocate(1, [("a", 1), ("a", 2)])


@given(AMOUNTS, WEIGHTS)
def test_parts_sum_to_the_whole(amount: int, weights: dict[str, int]) -> None:
    assert sum(allocate(amount, weights.items()).values()) == amount


@given(AMOUNTS, WEIGHTS)
def test_no_part_is_a_unit_away_from_its_exact_share(amount: int, weights: dict[str, int]) -> None:
    parts = allocate(amount, weights.items())

    total = sum(weights.values())
    assert all(abs(parts[key] * total - amount * weight) < total for key, weight in weights.items())


@given(AMOUNTS, WEIGHTS, st.randoms())
def test_the_order_of_the_weights_never_matters(
    amount: int, weights: dict[str, int], random: Random
) -> None:
    shuffled = list(weights.items())
    random.shuffle(shuffled)

    assert allocate(amount, shuffled) == allocate(amount, weights.items())


@given(AMOUNTS, WEIGHTS)
def test_a_reversal_divides_as_what_it_reverses_did(amount: int, weights: dict[str, int]) -> None:
    mirror = {key: -part for key, part in allocate(amount, weights.items()).items()}

    assert allocate(-amount, weights.items()) == mirror


@given(AMOUNTS, WEIGHTS)
def test_a_payee_of_weight_zero_changes_nothing(amount: int, weights: dict[str, int]) -> None:
    parts = allocate(amount, weights.items())

    assert allocate(amount, [*weights.items(), ("nobody", 0)]) == {**parts, "nobody": 0}
