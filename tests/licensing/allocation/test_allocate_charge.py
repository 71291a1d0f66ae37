import random
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licensing.royalties.allocation import (
    SUSPENSE,
    ImpossibleShares,
    Numerator,
    allocate_charge,
    payee_weights,
)

OPERATOR = ("operator", Decimal("0.03"))
COLLECTIVE = ("collective", Decimal("0.095"))

payees = st.sampled_from(["aoi", "bungo", "chidori", "daiwa"])
numerators = st.builds(Numerator, payees, st.integers(0, 400), st.integers(0, 10**30)) | st.builds(
    Numerator, payees, st.integers(1, 12), st.integers(0, 20)
)
rows = st.lists(numerators, max_size=12)
amounts = st.integers(-(10**15), 10**15)
fee_lists = st.sampled_from([(), (OPERATOR,), (COLLECTIVE, OPERATOR)])


def test_shares_of_two_works_with_different_totals_meet_over_their_common_multiple() -> None:
    # Work one: 600 units, shares 1 of 2 each. Work two: 300 units, shares 1:2 of 3.
    # aoi: 600 x 1/2 + 300 x 1/3 = 400; bungo: 600 x 1/2 + 300 x 2/3 = 500. Together 900.
    weights = payee_weights(
        [
            Numerator("aoi", 2, 600),
            Numerator("bungo", 2, 600),
            Numerator("aoi", 3, 300),
            Numerator("bungo", 3, 600),
        ]
    )

    assert weights == {"aoi": 4, "bungo": 5}


def test_fees_come_first_and_the_rest_goes_out_by_largest_remainder() -> None:
    # 100.00: collective 9.50, operator 3.00, rest 87.50 = 8750 cents over 4:5.
    # 8750 x 4/9 = 3888.88..., 8750 x 5/9 = 4861.11...; the cent left over goes to aoi.
    allocation = allocate_charge(
        10_000, [Numerator("aoi", 9, 4), Numerator("bungo", 9, 5)], [COLLECTIVE, OPERATOR]
    )

    assert allocation.fees == {"collective": 950, "operator": 300}
    assert allocation.parts == {"aoi": 3889, "bungo": 4861}


def test_each_fee_is_rounded_half_away_from_zero_on_its_own() -> None:
    # 0.03 x 50 = 1.5 -> 2; 0.03 x -50 = -1.5 -> -2.
    shares = [Numerator("aoi", 1, 1)]

    assert allocate_charge(50, shares, [OPERATOR]).fees == {"operator": 2}
    assert allocate_charge(-50, shares, [OPERATOR]).fees == {"operator": -2}


def test_a_later_fee_is_a_part_of_the_whole_charge_and_not_of_what_is_left() -> None:
    halves = [("collective", Decimal("0.5")), ("operator", Decimal("0.25"))]

    allocation = allocate_charge(1000, [Numerator("aoi", 1, 1)], halves)

    assert allocation.fees == {"collective": 500, "operator": 250}
    assert allocation.parts == {"aoi": 250}


def test_fees_rounded_up_together_never_take_more_than_the_charge() -> None:
    # Three thirds of 5 minor units are 1.65 each and round to 2, 2 and 2; only 5 are there.
    thirds = [(name, Decimal("0.33")) for name in ("agent", "collective", "operator")]

    allocation = allocate_charge(5, [Numerator("aoi", 1, 1)], thirds)

    assert allocation.fees == {"agent": 2, "collective": 2, "operator": 1}
    assert allocation.parts == {"aoi": 0}


def test_equal_remainders_go_to_the_slug_that_sorts_first() -> None:
    shares = [Numerator(payee, 3, 1) for payee in ("chidori", "aoi", "bungo")]

    assert allocate_charge(100, shares).parts == {"aoi": 34, "bungo": 33, "chidori": 33}


def test_what_nobody_owns_waits_in_suspense() -> None:
    # 100 units owned by aoi alone, 300 units of works without any share.
    shares = [Numerator("aoi", 1, 100), Numerator("", 0, 300)]

    assert allocate_charge(4000, shares).parts == {"aoi": 1000, SUSPENSE: 3000}


def test_a_charge_without_any_usage_waits_in_suspense_whole() -> None:
    allocation = allocate_charge(500_000, [], [OPERATOR])

    assert allocation.fees == {"operator": 15_000}
    assert allocation.parts == {SUSPENSE: 485_000}


def test_a_charge_of_nothing_gives_everyone_nothing() -> None:
    allocation = allocate_charge(0, [Numerator("aoi", 1, 5)], [OPERATOR])

    assert (allocation.fees, allocation.parts) == ({"operator": 0}, {"aoi": 0})


def test_the_weights_kept_as_proof_are_as_small_as_they_can_be() -> None:
    millions = [Numerator("aoi", 1, 3_000_000), Numerator("bungo", 1, 6_000_000)]

    assert allocate_charge(9, millions).weights == {"aoi": 1, "bungo": 2}


@pytest.mark.parametrize("row", [Numerator("aoi", -1, 5), Numerator("aoi", 1, -5)])
def test_a_share_below_zero_is_refused(row: Numerator) -> None:
    with pytest.raises(ImpossibleShares):
        payee_weights([row])


@pytest.mark.parametrize(
    "fees",
    [
        [OPERATOR, OPERATOR],
        [("operator", Decimal("1.01"))],
        [("operator", Decimal("-0.01"))],
    ],
)
def test_a_fee_that_cannot_be_is_refused(fees: list[tuple[str, Decimal]]) -> None:
    with pytest.raises(ImpossibleShares):
        allocate_charge(100, [Numerator("aoi", 1, 1)], fees)


@given(amounts, rows, fee_lists)
def test_fees_and_parts_always_sum_to_the_charge(
    amount: int, shares: list[Numerator], fees: tuple[tuple[str, Decimal], ...]
) -> None:
    allocation = allocate_charge(amount, shares, fees)

    assert sum(allocation.fees.values()) + sum(allocation.parts.values()) == amount


@given(amounts, rows, fee_lists, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_never_matters(
    amount: int,
    shares: list[Numerator],
    fees: tuple[tuple[str, Decimal], ...],
    chance: random.Random,
) -> None:
    shuffled = list(shares)
    chance.shuffle(shuffled)

    assert allocate_charge(amount, shuffled, fees) == allocate_charge(amount, shares, fees)


@given(amounts, rows, st.integers(0, 50))
def test_a_payee_of_weight_zero_changes_nothing(
    amount: int, shares: list[Numerator], total: int
) -> None:
    with_nobody = [*shares, Numerator("zero", total, 0)]

    assert allocate_charge(amount, with_nobody) == allocate_charge(amount, shares)


@given(amounts, rows, fee_lists)
def test_a_negative_charge_mirrors_the_positive_one(
    amount: int, shares: list[Numerator], fees: tuple[tuple[str, Decimal], ...]
) -> None:
    there, back = (allocate_charge(sign * amount, shares, fees) for sign in (1, -1))

    assert back.parts == {payee: -part for payee, part in there.parts.items()}
    assert back.fees == {payee: -fee for payee, fee in there.fees.items()}


@given(rows)
def test_weights_are_in_the_proportion_of_the_exact_shares(shares: list[Numerator]) -> None:
    exact: dict[str, Fraction] = {}
    for row in shares:
        payee = row.payee if row.weight_total else SUSPENSE
        exact[payee] = exact.get(payee, Fraction(0)) + Fraction(
            row.numerator, row.weight_total or 1
        )
    whole = sum(exact.values())

    weights = payee_weights(shares)

    assert {
        payee: Fraction(weight, sum(weights.values())) for payee, weight in weights.items()
    } == {payee: share / whole for payee, share in exact.items() if share}


@given(st.integers(0, 10**15), rows.filter(lambda some: any(row.numerator for row in some)))
def test_nobody_is_off_their_exact_part_by_a_whole_minor_unit(
    amount: int, shares: list[Numerator]
) -> None:
    allocation = allocate_charge(amount, shares)
    whole = sum(allocation.weights.values())

    for payee, part in allocation.parts.items():
        assert abs(part - Fraction(amount * allocation.weights[payee], whole)) < 1
