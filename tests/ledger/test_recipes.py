from datetime import date
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ledger import recipes
from ledger.errors import InvalidEntry
from ledger.journal import Cause, EntryDraft

DAY = date(2026, 10, 31)
YEN: dict[str, Any] = {"key": "k", "currency": "JPY", "effective_on": DAY}


def legs(draft: EntryDraft) -> dict[str, int]:
    return {f"{leg.account.purpose}:{leg.account.party}": leg.amount_minor for leg in draft.legs}


def test_a_closed_period_accrues_the_charge_and_divides_it() -> None:
    draft = recipes.period_closed(
        **YEN,
        licensee="org_tensor",
        operator_fee=30_000,
        collective_fees={"org_coda": 95_000},
        parts={"org_quill": 500_000, "org_ink": 250_000},
        reserves={"org_ink": 100_000},
        suspense=25_000,
        memo={"period": "2026-10"},
    )

    # 30,000 + 95,000 + 500,000 + 250,000 + 100,000 + 25,000 = 1,000,000
    assert legs(draft) == {
        "accrued:org_tensor": 1_000_000,
        "fees:operator": -30_000,
        "earned:org_coda": -95_000,
        "earned:org_quill": -500_000,
        "earned:org_ink": -250_000,
        "reserve:org_ink": -100_000,
        "suspense:": -25_000,
    }
    assert (draft.cause, draft.memo) == (Cause.PERIOD_CLOSED, {"period": "2026-10"})


def test_a_collective_with_works_of_its_own_earns_its_fee_and_part_on_one_account() -> None:
    draft = recipes.period_closed(
        **YEN,
        licensee="org_tensor",
        operator_fee=0,
        collective_fees={"org_coda": 10},
        parts={"org_coda": 90},
    )

    assert legs(draft) == {"accrued:org_tensor": 100, "earned:org_coda": -100}


def test_a_downward_correction_is_the_same_row_with_its_signs_turned() -> None:
    draft = recipes.period_closed(
        **YEN,
        licensee="org_tensor",
        operator_fee=-3,
        collective_fees={},
        parts={"org_quill": -100, "org_ink": 3},
    )

    assert legs(draft) == {
        "accrued:org_tensor": -100,
        "fees:operator": 3,
        "earned:org_quill": 100,
        "earned:org_ink": -3,
    }


def test_an_invoice_turns_the_accrued_into_a_claim_with_tax_beside_it() -> None:
    draft = recipes.invoice_issued(
        **YEN, licensee="org_tensor", net_minor=1_000_000, taxes={"JP": 100_000}
    )

    assert legs(draft) == {
        "receivable:org_tensor": 1_100_000,
        "accrued:org_tensor": -1_000_000,
        "tax:JP": -100_000,
    }


def test_a_credit_note_is_an_invoice_turned_round() -> None:
    draft = recipes.credit_note_issued(
        **YEN, licensee="org_tensor", net_minor=1_000, taxes={"JP": 100}
    )

    assert legs(draft) == {
        "receivable:org_tensor": -1_100,
        "accrued:org_tensor": 1_000,
        "tax:JP": 100,
    }


def test_a_payment_fills_cash_and_settles_the_claim() -> None:
    draft = recipes.payment_received(
        **YEN, licensee="org_tensor", rail="bank", amount_minor=1_100_000
    )

    assert legs(draft) == {"cash:bank": 1_100_000, "receivable:org_tensor": -1_100_000}


def test_released_earnings_become_payable() -> None:
    draft = recipes.earnings_released(**YEN, payee="org_quill", amount_minor=500_000)

    assert legs(draft) == {"earned:org_quill": 500_000, "payable:org_quill": -500_000}


PAYOUT: dict[str, Any] = {
    "payee": "org_quill",
    "rail": "stripe",
    "net_minor": 449_000,
    "withheld_minor": 51_000,
    "jurisdiction": "JP",
}


def test_a_payout_takes_gross_from_payable_into_transit_and_withholding() -> None:
    assert legs(recipes.payout_reserved(**YEN, **PAYOUT)) == {
        "payable:org_quill": 500_000,
        "in_transit:stripe": -449_000,
        "withholding:JP": -51_000,
    }


def test_a_failed_payout_mirrors_its_reservation_and_names_it() -> None:
    reserved = recipes.payout_reserved(**YEN, **PAYOUT)
    failed = recipes.payout_failed(**YEN | {"key": "f"}, **PAYOUT, reserved_key="k")

    assert failed.legs == reserved.mirrored(key="f", effective_on=DAY).legs
    assert (failed.cause, failed.reverses) == (Cause.PAYOUT_FAILED, "k")


def test_a_paid_payout_leaves_transit_and_cash() -> None:
    draft = recipes.payout_paid(**YEN, rail="stripe", net_minor=449_000)

    assert legs(draft) == {"in_transit:stripe": 449_000, "cash:stripe": -449_000}


def test_a_returned_payout_is_cash_again_and_owed_again() -> None:
    assert legs(recipes.payout_returned(**YEN, **PAYOUT)) == {
        "payable:org_quill": -500_000,
        "cash:stripe": 449_000,
        "withholding:JP": 51_000,
    }


def test_an_advance_is_prepaid_then_released_then_recouped_to_nothing() -> None:
    invoiced = recipes.advance_invoiced(
        **YEN, licensee="org_tensor", amount_minor=300, taxes={"JP": 30}
    )
    released = recipes.advance_released(**YEN, parts={"org_coda": 300})
    settled = recipes.recouped(
        **YEN, licensee="org_tensor", holder="org_coda", parts={"org_quill": 200, "org_ink": 100}
    )

    assert legs(invoiced) == {
        "receivable:org_tensor": 330,
        "prepaid:org_tensor": -300,
        "tax:JP": -30,
    }
    assert legs(released) == {
        "unrecouped:org_coda": 300,
        "payable:org_coda": -300,
    }
    assert legs(settled) == {
        "prepaid:org_tensor": 300,
        "accrued:org_tensor": -300,
        "earned:org_quill": 200,
        "earned:org_ink": 100,
        "unrecouped:org_coda": -300,
    }


def test_a_recipe_that_moves_nothing_is_refused() -> None:
    with pytest.raises(InvalidEntry, match="fewer than two legs"):
        recipes.earnings_released(**YEN, payee="org_quill", amount_minor=0)


@given(
    st.integers(-(10**12), 10**12),
    st.dictionaries(st.sampled_from("abcd"), st.integers(-(10**12), 10**12)),
    st.dictionaries(st.sampled_from("abcdefgh"), st.integers(-(10**12), 10**12), min_size=1),
)
def test_whatever_a_period_brings_its_entry_balances(
    fee: int, collectives: dict[str, int], parts: dict[str, int]
) -> None:
    charge = fee + sum(collectives.values()) + sum(parts.values())
    assume(charge)

    draft = recipes.period_closed(
        **YEN, licensee="x", operator_fee=fee, collective_fees=collectives, parts=parts
    )

    assert legs(draft)["accrued:x"] == charge
    assert sum(leg.amount_minor for leg in draft.legs) == 0
