from datetime import date

import pytest
from django.db import transaction
from pytest_django import DjangoAssertNumQueries

from ledger import recipes
from ledger.balances import available_minor, balance_minor
from ledger.errors import (
    AlreadyReversed,
    KeyConflict,
    NotEnoughAvailable,
    OutsideTransaction,
    UnknownEntry,
)
from ledger.models import Account, Balance, Entry, Posting
from ledger.posting import Outcome, Status, draft_of, post, post_many, reverse
from tests.ledger.books import CASH, DAY, EARNED, PAYABLE, RECEIVABLE, payment, payout, release

pytestmark = pytest.mark.django_db


def test_a_posted_entry_stands_with_its_postings_and_balances() -> None:
    outcome = post(payment("payment:1", 1_100))

    entry = Entry.objects.get()
    assert outcome == Outcome("payment:1", Status.CREATED, entry.pk)
    assert (entry.cause, entry.effective_on, entry.memo) == ("payment_received", DAY, {})
    assert sorted(entry.postings.values_list("account__purpose", "amount_minor")) == [
        ("cash", 1_100),
        ("receivable", -1_100),
    ]
    assert (balance_minor(CASH), balance_minor(RECEIVABLE)) == (1_100, -1_100)


def test_the_same_draft_again_is_answered_with_the_first_entry() -> None:
    first = post(payment("payment:1"))

    again = post(payment("payment:1"))

    assert again == Outcome("payment:1", Status.EXISTS, first.entry_id)
    assert (Entry.objects.count(), Posting.objects.count()) == (1, 2)
    assert balance_minor(CASH) == 100


def test_a_key_with_other_content_is_refused_and_nothing_moves() -> None:
    post(payment("payment:1", 100))

    with pytest.raises(KeyConflict) as refused:
        post(payment("payment:1", 101))

    assert (refused.value.code, refused.value.status) == ("key_conflict", 409)
    assert balance_minor(CASH) == 100


def test_a_batch_answers_each_draft_in_the_order_given() -> None:
    old = post(payment("b", 5))

    answers = post_many([payment("c", 1), payment("b", 6), payment("a", 2), payment("b", 5)])

    assert [(answer.key, answer.status) for answer in answers] == [
        ("c", Status.CREATED),
        ("b", Status.CONFLICT),
        ("a", Status.CREATED),
        ("b", Status.EXISTS),
    ]
    assert answers[1].entry_id == answers[3].entry_id == old.entry_id
    assert balance_minor(CASH) == 8


def test_a_key_twice_in_one_batch_is_created_once() -> None:
    answers = post_many([payment("a", 2), payment("a", 2), payment("a", 3)])

    assert [answer.status for answer in answers] == ["created", "exists", "conflict"]
    assert balance_minor(CASH) == 2


def test_an_empty_batch_is_answered_with_nothing() -> None:
    assert post_many([]) == []


def test_a_thousand_entries_take_as_many_queries_as_one(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    post(payment("warm", licensee="org_0"))

    with django_assert_num_queries(13):
        post_many([payment(f"p{n:04}", 1, licensee="org_0") for n in range(1_000)])

    assert balance_minor(CASH) == 1_100


def test_what_is_stored_reads_back_as_the_draft_it_came_from() -> None:
    draft = recipes.period_closed(
        key="period:1",
        licensee="org_tensor",
        currency="JPY",
        effective_on=DAY,
        operator_fee=3,
        collective_fees={"org_coda": 9},
        parts={"org_quill": 88},
        memo={"period": "2026-10"},
    )
    post(draft)

    assert draft_of(Entry.objects.get()) == draft


def test_a_reversal_mirrors_the_entry_on_its_own_day_and_names_it() -> None:
    first = post(payment("payment:1", 700))

    undone = reverse("payment:1", new_key="payment:1:bounced", effective_on=date(2026, 11, 4))

    entry = Entry.objects.get(pk=undone.entry_id)
    assert (entry.cause, entry.effective_on) == ("reversal", date(2026, 11, 4))
    assert entry.reverses_id == first.entry_id
    assert (balance_minor(CASH), balance_minor(RECEIVABLE)) == (0, 0)
    assert balance_minor(CASH, as_of=DAY) == 700
    assert draft_of(entry).reverses == "payment:1"


def test_a_reversal_repeated_is_the_same_reversal() -> None:
    post(payment("payment:1"))
    first = reverse("payment:1", new_key="undo", effective_on=DAY)

    again = reverse("payment:1", new_key="undo", effective_on=DAY)

    assert (again.status, again.entry_id) == (Status.EXISTS, first.entry_id)
    assert balance_minor(CASH) == 0


def test_an_entry_is_reversed_once() -> None:
    post(payment("payment:1"))
    reverse("payment:1", new_key="undo", effective_on=DAY)

    with pytest.raises(AlreadyReversed):
        reverse("payment:1", new_key="undo again", effective_on=DAY)

    assert Entry.objects.count() == 2
    assert balance_minor(CASH) == 0


def test_what_was_never_posted_cannot_be_reversed() -> None:
    with pytest.raises(UnknownEntry):
        reverse("payment:1", new_key="undo", effective_on=DAY)
    with pytest.raises(UnknownEntry):
        post(payment("payment:1").mirrored(key="undo", effective_on=DAY))

    assert not Entry.objects.exists()


def test_a_payout_takes_at_most_what_is_available() -> None:
    post(release("statement:1", 500))

    with pytest.raises(NotEnoughAvailable) as refused:
        post(payout("payout:1", 501))

    assert (refused.value.code, refused.value.status) == ("not_enough_available", 409)
    assert not Entry.objects.filter(key="payout:1").exists()
    assert available_minor(PAYABLE) == 500

    post(payout("payout:1", 500))
    assert available_minor(PAYABLE) == 0


def test_one_payout_too_many_refuses_its_whole_batch() -> None:
    post(release("statement:1", 500))

    with pytest.raises(NotEnoughAvailable):
        post_many([payout("payout:1", 300), payout("payout:2", 300), payment("payment:1")])

    assert Entry.objects.count() == 1
    assert (available_minor(PAYABLE), balance_minor(CASH)) == (500, 0)


def test_a_payout_may_use_what_the_same_batch_releases() -> None:
    post_many([payout("payout:1", 300), release("statement:1", 300)])

    assert available_minor(PAYABLE) == 0


def test_a_correction_after_payout_leaves_the_payee_owing_until_later_earnings() -> None:
    post_many([release("statement:1", 500), payout("payout:1", 500)])

    post(release("statement:1:corrected", -200))
    assert available_minor(PAYABLE) == -200
    with pytest.raises(NotEnoughAvailable):
        post(payout("payout:2", 1))

    post(release("statement:2", 350))
    assert available_minor(PAYABLE) == 150
    with pytest.raises(NotEnoughAvailable):
        post(payout("payout:2", 151))
    post(payout("payout:2", 150))
    assert Balance.objects.get(account__purpose="payable").floor_minor == 0


def test_money_on_hold_cannot_be_paid_out() -> None:
    post(release("statement:1", 500))
    Balance.objects.filter(account__purpose="payable").update(held_minor=400)

    with pytest.raises(NotEnoughAvailable):
        post(payout("payout:1", 101))
    post(payout("payout:1", 100))

    assert (balance_minor(PAYABLE), available_minor(PAYABLE)) == (400, 0)


def test_an_account_is_opened_once_and_knows_its_name() -> None:
    post(release("statement:1", 5))
    post(release("statement:2", 5))

    assert {account.ref for account in Account.objects.all()} == {EARNED, PAYABLE}
    assert str(Account.objects.get(purpose="earned")) == "earned:org_quill:JPY"


@pytest.mark.django_db(transaction=True)
def test_posting_outside_a_transaction_is_refused() -> None:
    with pytest.raises(OutsideTransaction):
        post(payment("payment:1"))

    assert not Entry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_cause_that_fails_takes_its_entry_with_it() -> None:
    def record_payment_and_fail() -> None:
        with transaction.atomic():
            post(payment("payment:1"))
            raise RuntimeError("the invoice could not be saved")

    with pytest.raises(RuntimeError):
        record_payment_and_fail()

    assert not Entry.objects.exists()
    assert balance_minor(CASH) == 0
