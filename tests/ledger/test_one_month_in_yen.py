"""The worked month of docs/money.md, posted row by row."""

from datetime import date
from typing import Any

import pytest

from ledger import recipes
from ledger.balances import trial_balance
from ledger.journal import EntryDraft
from ledger.money import allocate
from ledger.posting import post_many

pytestmark = pytest.mark.django_db

YEN: dict[str, Any] = {"currency": "JPY", "effective_on": date(2026, 10, 31)}


def october() -> list[EntryDraft]:
    parts = allocate(1_000_000 - 30_000 - 95_000, [("quill", 2), ("ink", 1)])
    return [
        recipes.period_closed(
            **YEN,
            key="close",
            licensee="tensor",
            operator_fee=30_000,
            collective_fees={"coda": 95_000},
            parts=parts,
        ),
        recipes.invoice_issued(
            **YEN, key="invoice", licensee="tensor", net_minor=1_000_000, taxes={"JP": 100_000}
        ),
        recipes.payment_received(
            **YEN, key="payment", licensee="tensor", rail="bank", amount_minor=1_100_000
        ),
        recipes.earnings_released(**YEN, key="release", payee="quill", amount_minor=parts["quill"]),
        recipes.payout_reserved(
            **YEN,
            key="reserve",
            payee="quill",
            rail="bank",
            net_minor=523_775,
            withheld_minor=59_558,
            jurisdiction="JP",
        ),
        recipes.payout_paid(**YEN, key="paid", rail="bank", net_minor=523_775),
    ]


def test_the_worked_month_ends_in_the_balances_that_the_page_says() -> None:
    post_many(october())

    # 1,100,000 - 523,775 = 576,225 = 30,000 + 95,000 + 291,667 + 59,558 + 100,000
    assert {
        f"{row.account.purpose}:{row.account.party}": row.debit_minor - row.credit_minor
        for row in trial_balance()
    } == {
        "cash:bank": 576_225,
        "fees:operator": -30_000,
        "earned:coda": -95_000,
        "earned:ink": -291_667,
        "withholding:JP": -59_558,
        "tax:JP": -100_000,
    }
