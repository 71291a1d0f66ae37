"""PURE. A charge divided with every party's way from gross to net, and differences of divisions."""

from decimal import Decimal
from functools import reduce

from hypothesis import given
from hypothesis import strategies as st

from licensing.royalties.allocation import Numerator
from licensing.royalties.division import NOTHING, Division, Part, divide

FEES = [("collective", Decimal("0.095")), ("operator", Decimal("0.03"))]
AMOUNTS = st.integers(-(10**14), 10**14)
NUMERATORS = st.lists(
    st.builds(
        Numerator,
        payee=st.sampled_from(["aoba", "birch", "cedar", "suspense"]),
        weight_total=st.integers(0, 12),
        numerator=st.integers(0, 10**20),
    ),
    max_size=6,
)
DIVISIONS = st.builds(lambda amount, rows: divide(amount, rows, FEES), AMOUNTS, NUMERATORS)


def figures(division: Division) -> tuple[int, int, int, dict[str, tuple[int, int, int]]]:
    """Return a division without its weights and without payees that get nothing."""
    return (
        division.amount_minor,
        division.operator_fee_minor,
        division.collective_fee_minor,
        {
            payee: (part.net_minor, part.operator_fee_minor, part.collective_fee_minor)
            for payee, part in division.parts.items()
            if part.moves
        },
    )


def plus(one: Division, other: Division) -> Division:
    """Add a difference to what was booked, as the journal does."""
    payees = {*one.parts, *other.parts}
    return Division(
        one.amount_minor + other.amount_minor,
        one.operator_fee_minor + other.operator_fee_minor,
        one.collective_fee_minor + other.collective_fee_minor,
        {
            payee: Part(
                one.parts.get(payee, Part()).net_minor + other.parts.get(payee, Part()).net_minor,
                one.parts.get(payee, Part()).operator_fee_minor
                + other.parts.get(payee, Part()).operator_fee_minor,
                one.parts.get(payee, Part()).collective_fee_minor
                + other.parts.get(payee, Part()).collective_fee_minor,
            )
            for payee in payees
        },
    )


def test_five_dollars_are_divided_as_worked_by_hand() -> None:
    """500: collective 47.5 → 48, operator 15, rest 437 by 5 : 1 → 364.17 and 72.83."""
    rows = [
        Numerator("aoba", 1, 1_000_000),
        Numerator("aoba", 3, 2_000_000),
        Numerator("birch", 3, 1_000_000),
    ]

    divided = divide(500, rows, FEES)

    assert (divided.operator_fee_minor, divided.collective_fee_minor) == (15, 48)
    assert divided.parts == {"aoba": Part(364, 13, 40, 5), "birch": Part(73, 2, 8, 1)}
    assert [part.gross_minor for part in divided.parts.values()] == [417, 83]


@given(DIVISIONS)
def test_the_columns_sum_to_the_charge(divided: Division) -> None:
    parts = divided.parts.values()

    assert sum(part.gross_minor for part in parts) == divided.amount_minor
    assert sum(part.operator_fee_minor for part in parts) == divided.operator_fee_minor
    assert sum(part.collective_fee_minor for part in parts) == divided.collective_fee_minor
    net = sum(part.net_minor for part in parts)
    fees = divided.operator_fee_minor + divided.collective_fee_minor
    assert net + fees == divided.amount_minor


@given(st.lists(DIVISIONS, min_size=1, max_size=5))
def test_booking_differences_one_after_another_equals_booking_the_last_once(
    rated: list[Division],
) -> None:
    booked = reduce(lambda so_far, whole: plus(so_far, whole.minus(so_far)), rated, NOTHING)

    assert figures(booked) == figures(rated[-1].minus(NOTHING))


@given(DIVISIONS)
def test_a_division_less_itself_moves_nothing(divided: Division) -> None:
    difference = divided.minus(divided)

    assert not difference.moves
    assert figures(difference) == (0, 0, 0, {})


@given(DIVISIONS, DIVISIONS)
def test_a_difference_sums_to_its_own_amount(whole: Division, booked: Division) -> None:
    difference = whole.minus(booked)

    net = sum(part.net_minor for part in difference.parts.values())
    fees = difference.operator_fee_minor + difference.collective_fee_minor
    assert net + fees == difference.amount_minor


def test_parts_may_move_while_the_amount_stays() -> None:
    before = divide(100, [Numerator("aoba", 1, 1)], [])
    after = divide(100, [Numerator("birch", 1, 1)], [])

    difference = after.minus(before)

    assert difference.moves
    assert difference.amount_minor == 0
    assert difference.parts == {"aoba": Part(-100, weight=0), "birch": Part(100, weight=1)}


def test_a_payee_whose_part_comes_to_nothing_is_named_the_first_time_only() -> None:
    rows = [Numerator("aoba", 1, 10**9), Numerator("birch", 1, 1)]
    first = divide(3, rows, [])

    assert list(first.minus(NOTHING).parts) == ["aoba", "birch"]
    assert list(divide(4, rows, []).minus(first).parts) == ["aoba"]
