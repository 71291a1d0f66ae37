"""A payout is promised once and never above what is payable."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from ledger.errors import KeyConflict, LedgerError, NotEnoughAvailable, UnknownCurrency
from ledger.payouts import services
from ledger.payouts.errors import InvalidPayout, PayoutUnderWay
from ledger.payouts.models import Payout, Recipient
from tests.ledger.payouts.scene import DAY, PAYEE, SNAPSHOT, Queue, earn, journal, payable, prepared


@pytest.fixture(autouse=True)
def earnings(db: None, queue: Queue) -> None:
    """100,000 yen are payable to a party that Stripe has never heard of."""
    del db, queue
    earn(100_000)


def test_a_payout_is_due_with_what_is_withheld_taken_out_of_it() -> None:
    payout = prepared()

    assert payout.state == "due"
    assert payout.public_id.startswith("po_")
    assert (payout.gross_minor, payout.withholding_minor, payout.net_minor) == (
        30_000,
        3_063,
        26_937,
    )
    assert payout.causes == ["stm_one"]
    assert payout.snapshot == SNAPSHOT
    assert payout.recipient.snapshot == {"name": "Quill Press"}
    assert journal() == []
    assert payable() == 100_000


def test_the_same_key_again_returns_the_same_payout() -> None:
    assert prepared().pk == prepared().pk
    assert Payout.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"key": "run-1", "amount_minor": 30_001}, KeyConflict),
        ({"key": "run-1", "causes": ["stm_two"]}, KeyConflict),
        ({"key": "run-2", "amount_minor": 30_001}, PayoutUnderWay),
    ],
)
def test_what_is_promised_is_not_promised_again(
    changes: dict[str, Any], refusal: type[LedgerError]
) -> None:
    first = prepared()

    with pytest.raises(refusal):
        prepared(**changes)

    assert Payout.objects.get() == first


@pytest.mark.parametrize(
    ("changes", "refusal", "reason"),
    [
        ({"amount_minor": 100_001}, NotEnoughAvailable, "100000 JPY, not 100001 JPY"),
        ({"party": "org_nobody"}, NotEnoughAvailable, "org_nobody can be paid 0 JPY"),
        ({"amount_minor": 3_063}, InvalidPayout, "leaves nothing to send"),
        ({"withholding_minor": -1}, InvalidPayout, "leaves nothing to send"),
        ({"jurisdiction": ""}, InvalidPayout, "needs the jurisdiction"),
        ({"currency": "XXX"}, UnknownCurrency, "'XXX' is not a currency"),
    ],
)
def test_a_payout_that_cannot_be_is_refused_and_leaves_nothing(
    changes: dict[str, Any], refusal: type[LedgerError], reason: str
) -> None:
    with pytest.raises(refusal, match=reason):
        prepared(**changes)

    assert not Payout.objects.exists()
    assert not Recipient.objects.exists()
    assert payable() == 100_000


@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_promise_the_balance_once() -> None:
    start = Barrier(2)

    def run(key: str) -> bool:
        start.wait(timeout=10)
        try:
            prepared(key, amount_minor=60_000)
        except PayoutUnderWay:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(run, ["run-1", "run-2"]))

    assert sorted(results) == [False, True]
    assert Payout.objects.get().gross_minor == 60_000


def test_a_cancelled_payout_frees_the_balance_and_says_who_and_why() -> None:
    payout = prepared()

    services.cancel(payout_id=payout.pk, reason="paid by hand", by="usr_finance")

    again = prepared(amount_minor=100_000)
    assert again.pk != payout.pk
    move = payout.moves.get()
    assert (move.to_state, move.by, move.reason) == ("cancelled", "usr_finance", "paid by hand")
    assert journal() == []
    assert payout.due_on == DAY
    assert payout.party == PAYEE
