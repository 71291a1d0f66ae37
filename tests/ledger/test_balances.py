from datetime import date

import pytest
from pytest_django import DjangoAssertNumQueries

from ledger import recipes
from ledger.balances import (
    TrialRow,
    available_by_party,
    available_minor,
    balance_minor,
    history,
    trial_balance,
)
from ledger.journal import AccountRef, Purpose
from ledger.posting import post_many
from tests.ledger.books import CASH, PAYABLE, RECEIVABLE, payment, payout, release

pytestmark = pytest.mark.django_db

NOVEMBER = date(2026, 11, 30)


def invoice(key: str, on: date, currency: str = "JPY") -> None:
    post_many(
        [
            recipes.invoice_issued(
                key=key,
                licensee="org_tensor",
                currency=currency,
                effective_on=on,
                net_minor=1_000,
                taxes={"JP": 100},
            )
        ]
    )


def test_an_account_nothing_was_posted_to_holds_nothing() -> None:
    assert balance_minor(CASH) == 0
    assert balance_minor(CASH, as_of=NOVEMBER) == 0
    assert available_minor(CASH) == 0
    assert trial_balance() == []
    assert not history(CASH).exists()


def test_what_we_hold_and_what_we_owe_are_both_positive() -> None:
    post_many([payment("payment:1", 900), release("statement:1", 500)])

    assert balance_minor(CASH) == 900
    assert balance_minor(PAYABLE) == 500
    assert balance_minor(PAYABLE, as_of=NOVEMBER) == 500


def test_books_as_of_a_day_leave_out_what_belongs_to_later_days() -> None:
    invoice("invoice:1", date(2026, 10, 31))
    invoice("invoice:2", date(2026, 11, 1))

    assert balance_minor(RECEIVABLE, as_of=date(2026, 10, 30)) == 0
    assert balance_minor(RECEIVABLE, as_of=date(2026, 10, 31)) == 1_100
    assert balance_minor(RECEIVABLE) == 2_200


def test_what_is_available_to_many_payees_is_one_query(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    post_many([release("s:1", 500), release("s:2", 40, payee="org_ink"), payout("p:1", 100)])

    with django_assert_num_queries(1):
        found = available_by_party(Purpose.PAYABLE, ["org_quill", "org_ink", "org_new"], "JPY")

    assert found == {"org_quill": 400, "org_ink": 40, "org_new": 0}


def test_a_trial_balance_has_equal_columns_in_each_currency() -> None:
    invoice("invoice:1", date(2026, 10, 31))
    invoice("invoice:2", date(2026, 11, 30), "USD")

    def tax(code: str) -> AccountRef:
        return AccountRef(Purpose.TAX, "JP", code)

    def owed(code: str) -> AccountRef:
        return AccountRef(Purpose.RECEIVABLE, "org_tensor", code)

    def accrued(code: str) -> AccountRef:
        return AccountRef(Purpose.ACCRUED, "org_tensor", code)

    yen = [
        TrialRow(accrued("JPY"), 0, 1_000),
        TrialRow(owed("JPY"), 1_100, 0),
        TrialRow(tax("JPY"), 0, 100),
    ]
    dollars = [
        TrialRow(accrued("USD"), 0, 1_000),
        TrialRow(owed("USD"), 1_100, 0),
        TrialRow(tax("USD"), 0, 100),
    ]
    assert trial_balance() == yen + dollars
    assert trial_balance(currency="USD") == dollars
    assert trial_balance(as_of=date(2026, 10, 31)) == yen
    assert trial_balance(currency="USD", as_of=date(2026, 10, 31)) == []


def test_a_settled_account_is_left_out_of_the_trial_balance() -> None:
    invoice("invoice:1", NOVEMBER)
    post_many([payment("payment:1", 1_100)])

    purposes = [row.account.purpose for row in trial_balance()]

    assert purposes == ["accrued", "cash", "tax"]


def test_a_history_runs_from_the_newest_with_the_balance_after_each(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    post_many([payment("payment:1", 900)])
    post_many([payment("payment:2", -200)])

    with django_assert_num_queries(1):
        rows = [(row.entry.key, row.amount_minor, row.running_minor) for row in history(CASH)]

    assert rows == [("payment:2", -200, 700), ("payment:1", 900, 900)]
