import json
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licensing.royalties.rates import BrokenTrace, Tally, rate, replay
from licensing.royalties.rates.rational import as_decimal, exact_text, exact_value
from tests.licensing.rating.charges import OCTOBER, charges, priced, tokens
from tests.licensing.terms.documents import PER_MILLION

THIRDS: dict[str, Any] = {**PER_MILLION, "per": "7", "minimum": "1", "maximum": "100"}


def trace_of(quantity: str = "5000", price: dict[str, Any] = PER_MILLION) -> list[dict[str, Any]]:
    [charge] = charges(priced(price), tokens(quantity))
    return [dict(record) for record in charge.trace]


def test_a_trace_survives_being_stored_as_json() -> None:
    stored = json.loads(json.dumps(trace_of("12345678", THIRDS)))

    assert replay(stored) == 100_00


@pytest.mark.parametrize(
    ("step", "field", "forged"),
    [
        (0, "quantity", "5001"),
        (0, "counted", "5001"),
        (0, "times", "2"),
        (1, "unit_price", "2.6"),
        (1, "amount", "0.0126"),
        (2, "amount_minor", 2),
        (2, "currency", "JPY"),
        (0, "note", "added"),
        (1, "step", "volume"),
        (1, "step", "magic"),
        (1, "per", "0"),
        (1, "per", "1e6"),
        (1, "per", 1000000),
        (1, "per", None),
    ],
)
def test_a_trace_that_was_changed_anywhere_does_not_replay(
    step: int, field: str, forged: object
) -> None:
    trace = trace_of()
    trace[step][field] = forged

    with pytest.raises(BrokenTrace):
        replay(trace)


def test_a_trace_with_a_step_missing_does_not_replay() -> None:
    with pytest.raises(BrokenTrace, match="Step 0 says"):
        replay(trace_of()[1:])
    with pytest.raises(BrokenTrace, match="exactly one rounded figure"):
        replay(trace_of()[:-1])
    with pytest.raises(BrokenTrace, match="Step 0 cannot be replayed"):
        replay([{"step": "difference", "amount_minor": 0}])


@given(st.fractions(max_denominator=10**9))
def test_an_exact_number_is_read_back_as_it_was_written(number: Fraction) -> None:
    assert exact_value(exact_text(number)) == number


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (Fraction(0), "0"),
        (Fraction(-5, 2), "-2.5"),
        (Fraction(1, 8), "0.125"),
        (Fraction(1, 3), "1/3"),
        (Fraction(-1, 30), "-1/30"),
        (Fraction(10**20), "100000000000000000000"),
    ],
)
def test_exact_numbers_are_decimals_where_they_end(number: Fraction, text: str) -> None:
    assert exact_text(number) == text


@pytest.mark.parametrize("text", ["", "1e5", "1_0", "1/0", ".5", "5.", "1" * 401, "1/3.5", "１"])
def test_other_texts_are_not_exact_numbers(text: str) -> None:
    with pytest.raises(ValueError, match="not an exact number"):
        exact_value(text)


def test_a_decimal_keeps_more_digits_than_the_usual_context() -> None:
    number = Fraction(10**35 + 1, 10**6)

    assert as_decimal(number) == Decimal("100000000000000000000000000000.000001")


@pytest.mark.parametrize(
    "quantity",
    [Decimal(-1), Decimal("NaN"), Decimal("Infinity"), Decimal("0.0000001")],
)
def test_a_quantity_that_no_line_can_say_is_refused(quantity: Decimal) -> None:
    with pytest.raises(ValueError, match="a quantity"):
        Tally("ai-train", "token", quantity)


@pytest.mark.parametrize("quantity", [1.5, 1, "1"])
def test_a_quantity_is_a_decimal(quantity: Any) -> None:
    with pytest.raises(TypeError):
        Tally("ai-train", "token", quantity)


tallies = st.builds(
    Tally,
    st.sampled_from(["ai-train", "ai-input"]),
    st.sampled_from(["token", "page"]),
    st.decimals(0, 10**9, places=6),
    territory=st.sampled_from([None, "JP", "US"]),
    media=st.sampled_from([None, "video"]),
)


@given(st.lists(tallies, max_size=8), st.randoms(use_true_random=False))
def test_the_order_of_the_tallies_never_matters(usage: list[Tally], chance: Any) -> None:
    factors = [
        {"when": {"territory": ["JP"]}, "times": "1.5"},
        {"when": {"territory": ["US"], "media": ["video"]}, "times": "0.7"},
    ]
    terms = priced(
        {**PER_MILLION, "per": "7", "factors": factors}, {**THIRDS, "id": "p", "unit": "page"}
    )
    shuffled = list(usage)
    chance.shuffle(shuffled)

    assert rate(terms, shuffled, OCTOBER) == rate(terms, usage, OCTOBER)
