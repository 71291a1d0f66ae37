"""Using up an advance, as a calculation."""

from hypothesis import given
from hypothesis import strategies as st

from licensing.royalties.recoupment import recoup, released_of

EARNED = st.lists(
    st.dictionaries(st.sampled_from("abcd"), st.integers(-(10**9), 10**9), max_size=4), max_size=6
)


def test_the_earliest_earnings_are_recouped_first() -> None:
    """400 of 364 + 73 = 437: aoba 333.18, birch 66.82; the unit left over goes to birch."""
    assert recoup(400, [{"aoba": 364, "birch": 73}, {"aoba": 10}]) == [
        {"aoba": 333, "birch": 67},
        {"aoba": 0},
    ]
    assert recoup(440, [{"aoba": 364, "birch": 73}, {"aoba": 10}]) == [
        {"aoba": 364, "birch": 73},
        {"aoba": 3},
    ]


def test_what_is_below_zero_recoups_nothing() -> None:
    assert recoup(100, [{"aoba": -50, "birch": 30}]) == [{"birch": 30}]
    assert recoup(0, [{"aoba": 50}]) == [{"aoba": 0}]
    assert recoup(100, [{}, {"aoba": -1}]) == [{}, {}]


@given(st.integers(0, 10**10), EARNED)
def test_nobody_is_recouped_more_than_was_earned_nor_all_more_than_was_released(
    released: int, earned: list[dict[str, int]]
) -> None:
    taken = recoup(released, earned)

    for parts, whole in zip(earned, taken, strict=True):
        assert all(0 <= part <= parts[payee] for payee, part in whole.items())
    everything = sum(part for parts in earned for part in parts.values() if part > 0)
    assert sum(sum(whole.values()) for whole in taken) == min(released, everything)


@given(st.integers(0, 10**10), EARNED)
def test_a_payee_who_earned_nothing_changes_nothing(
    released: int, earned: list[dict[str, int]]
) -> None:
    with_another = [{**parts, "z": 0} for parts in earned]

    assert recoup(released, with_another) == recoup(released, earned)


def test_a_part_payment_releases_its_part_rounded_down_until_the_last() -> None:
    """Of 400, asked for as 440 with tax: 100 paid is 90.9; all of it is all of it."""
    assert released_of(400, 100, 440) == 90
    assert released_of(400, 439, 440) == 399
    assert released_of(400, 440, 440) == 400
    assert released_of(400, 0, 440) == 0
