from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import InvalidEntry, UnknownCurrency
from ledger.journal import (
    KEY_LENGTH,
    LARGEST_MINOR,
    AccountRef,
    Cause,
    EntryDraft,
    Leg,
    Purpose,
    entry,
)

DAY = date(2026, 10, 31)
CASH = AccountRef(Purpose.CASH, "bank", "JPY")
OWED = AccountRef(Purpose.RECEIVABLE, "org_tensor", "JPY")
DOLLARS = AccountRef(Purpose.CASH, "bank", "USD")
DOLLARS_OWED = AccountRef(Purpose.RECEIVABLE, "org_tensor", "USD")


def draft(*legs: Leg, key: str = "payment:1", **changes: Any) -> EntryDraft:
    return EntryDraft(key=key, cause=Cause.PAYMENT_RECEIVED, effective_on=DAY, legs=legs, **changes)


def test_an_entry_that_is_off_by_one_cannot_be_built() -> None:
    with pytest.raises(InvalidEntry, match="payment:1 is off by 1 JPY") as refused:
        draft(Leg(CASH, 100), Leg(OWED, -99))

    assert (refused.value.code, refused.value.status) == ("entry_invalid", 422)


def test_an_entry_balances_in_each_currency_by_itself() -> None:
    with pytest.raises(InvalidEntry, match="is off by"):
        draft(Leg(CASH, 100), Leg(DOLLARS, -100))

    both = draft(Leg(CASH, 9), Leg(OWED, -9), Leg(DOLLARS, 5), Leg(DOLLARS_OWED, -5))
    assert len(both.legs) == 4


@pytest.mark.parametrize("legs", [(), (Leg(CASH, 1),)])
def test_an_entry_has_two_legs_at_least(legs: tuple[Leg, ...]) -> None:
    with pytest.raises(InvalidEntry, match="fewer than two legs"):
        draft(*legs)


def test_an_entry_names_an_account_once() -> None:
    with pytest.raises(InvalidEntry, match="names an account twice"):
        draft(Leg(CASH, 1), Leg(CASH, 2), Leg(OWED, -3))


@pytest.mark.parametrize("key", ["", "k" * (KEY_LENGTH + 1)])
def test_a_key_is_neither_empty_nor_endless(key: str) -> None:
    with pytest.raises(InvalidEntry, match="a key has 1 to 200 characters"):
        draft(Leg(CASH, 1), Leg(OWED, -1), key=key)


def test_a_leg_moves_something_that_fits_63_bits() -> None:
    with pytest.raises(InvalidEntry, match="moves nothing"):
        Leg(CASH, 0)
    with pytest.raises(InvalidEntry, match="does not fit"):
        Leg(CASH, LARGEST_MINOR + 1)

    assert Leg(CASH, -LARGEST_MINOR).amount_minor == -LARGEST_MINOR


@pytest.mark.parametrize("amount", [1.0, True, "1"])
def test_a_leg_is_a_whole_number(amount: Any) -> None:
    with pytest.raises(TypeError, match="whole numbers"):
        Leg(CASH, amount)


def test_an_account_has_a_known_currency_and_a_short_party() -> None:
    with pytest.raises(UnknownCurrency):
        AccountRef(Purpose.CASH, "bank", "XXX")
    with pytest.raises(InvalidEntry, match="longer than 64"):
        AccountRef(Purpose.CASH, "x" * 65, "JPY")

    assert str(OWED) == "receivable:org_tensor:JPY"


def test_what_we_hold_is_on_the_debit_side_and_what_we_owe_on_the_credit_side() -> None:
    held = {purpose for purpose in Purpose if purpose.normal_side == 1}

    assert held == {Purpose.ACCRUED, Purpose.RECEIVABLE, Purpose.CASH, Purpose.UNRECOUPED}


def test_drafts_that_say_the_same_are_equal_and_hash_the_same() -> None:
    one = draft(Leg(CASH, 5), Leg(OWED, -5), memo={"a": "1", "b": "2"})
    other = draft(Leg(OWED, -5), Leg(CASH, 5), memo={"b": "2", "a": "1"})

    assert one == other
    assert one.content_hash == other.content_hash


@pytest.mark.parametrize(
    "changes",
    [
        {"effective_on": date(2026, 11, 1)},
        {"cause": Cause.REVERSAL},
        {"memo": {"period": "2026-10"}},
        {"reverses": "payment:0"},
        {"legs": (Leg(CASH, 6), Leg(OWED, -6))},
        {"legs": (Leg(CASH, 5), Leg(AccountRef(Purpose.RECEIVABLE, "org_b", "JPY"), -5))},
    ],
)
def test_any_other_content_has_another_hash(changes: dict[str, Any]) -> None:
    said: dict[str, Any] = {
        "key": "payment:1",
        "cause": Cause.PAYMENT_RECEIVED,
        "effective_on": DAY,
        "legs": (Leg(CASH, 5), Leg(OWED, -5)),
    }

    assert EntryDraft(**said | changes).content_hash != EntryDraft(**said).content_hash


def test_a_memo_cannot_be_changed_afterwards() -> None:
    memo = {"period": "2026-10"}
    made = draft(Leg(CASH, 5), Leg(OWED, -5), memo=memo)
    memo["period"] = "2026-11"

    assert made.memo == {"period": "2026-10"}


def test_a_mirror_turns_every_leg_and_names_what_it_mirrors() -> None:
    mirror = draft(Leg(CASH, 5), Leg(OWED, -5)).mirrored(
        key="payment:1:undo", effective_on=date(2026, 11, 2)
    )

    assert mirror.legs == (Leg(CASH, -5), Leg(OWED, 5))
    assert (mirror.cause, mirror.reverses) == (Cause.REVERSAL, "payment:1")
    assert mirror.effective_on == date(2026, 11, 2)


def test_amounts_on_one_account_are_summed_and_zeros_left_out() -> None:
    made = entry(
        key="payment:1",
        cause=Cause.PAYMENT_RECEIVED,
        effective_on=DAY,
        amounts=[(CASH, 2), (CASH, 3), (OWED, -5), (DOLLARS, 0)],
    )

    assert made.legs == (Leg(CASH, 5), Leg(OWED, -5))


@given(st.lists(st.integers(-(10**12), 10**12).filter(bool), min_size=1, max_size=20))
def test_an_entry_closed_by_its_difference_balances_and_any_other_does_not(
    amounts: list[int],
) -> None:
    legs = [Leg(AccountRef(Purpose.EARNED, f"org_{i}", "JPY"), a) for i, a in enumerate(amounts)]
    rest = -sum(amounts)

    if rest:
        assert sum(leg.amount_minor for leg in draft(*legs, Leg(CASH, rest)).legs) == 0
        with pytest.raises(InvalidEntry):
            draft(*legs)
    with pytest.raises(InvalidEntry):
        draft(*legs, Leg(CASH, rest + 1 or 2))
