from collections.abc import Iterator
from threading import Event

import pytest
from django.db import connection, transaction
from django.db.models import Sum

from ledger.balances import available_minor, balance_minor
from ledger.errors import AlreadyReversed, NotEnoughAvailable
from ledger.models import Account, Balance, Entry, Posting
from ledger.posting import Outcome, Status, post, post_many, reverse
from tests.concurrency import Elsewhere, together
from tests.ledger.books import CASH, DAY, PAYABLE, payment, payout, release

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def elsewhere() -> Iterator[Elsewhere]:
    second = Elsewhere()
    yield second
    second.close()


def statuses(answers: list[Outcome | Exception]) -> list[str]:
    return sorted(answer.status for answer in answers if isinstance(answer, Outcome))


def test_one_key_posted_by_four_at_once_is_one_entry() -> None:
    answers = together(*[lambda: post(payment("payment:1"))] * 4)

    assert statuses(answers) == ["created", "exists", "exists", "exists"]
    assert (Entry.objects.count(), Posting.objects.count()) == (1, 2)
    assert balance_minor(CASH) == 100


def test_a_key_waits_for_the_rival_that_has_not_committed(elsewhere: Elsewhere) -> None:
    waiting = Event()

    def post_and_commit() -> Outcome:
        waiting.set()
        with transaction.atomic():
            return post(payment("payment:1"))

    with transaction.atomic():
        mine = post(payment("payment:1"))
        answer = elsewhere.start(post_and_commit)
        waiting.wait()

    assert answer() == Outcome("payment:1", Status.EXISTS, mine.entry_id)


def test_a_rival_that_rolls_back_leaves_the_key_free(elsewhere: Elsewhere) -> None:
    def post_and_commit() -> Outcome:
        with transaction.atomic():
            return post(payment("payment:1"))

    with transaction.atomic():
        post(payment("payment:1"))
        answer = elsewhere.start(post_and_commit)
        transaction.set_rollback(True)

    assert answer().status is Status.CREATED
    assert balance_minor(CASH) == 100


def test_one_key_with_two_contents_at_once_is_one_entry_and_one_conflict() -> None:
    answers = together(
        lambda: post_many([payment("payment:1", 100)])[0],
        lambda: post_many([payment("payment:1", 101)])[0],
    )

    assert statuses(answers) == ["conflict", "created"]
    assert Entry.objects.count() == 1


def test_batches_over_the_same_keys_and_accounts_in_any_order_never_deadlock() -> None:
    drafts = [payment(f"payment:{n}", n + 1, licensee=f"org_{n % 7}") for n in range(60)]

    answers = together(
        lambda: post_many(drafts),
        lambda: post_many(drafts[::-1]),
        lambda: post_many(drafts[30:] + drafts[:30]),
    )

    assert not [answer for answer in answers if isinstance(answer, Exception)]
    assert Entry.objects.count() == 60
    # 1 + 2 + … + 60 = 1,830
    assert balance_minor(CASH) == 1_830


def test_balances_equal_the_sum_of_postings_under_concurrency() -> None:
    together(
        *(
            lambda worker=worker: [
                post(payment(f"payment:{worker}:{n}", n + 1, licensee=f"org_{n % 3}"))
                for n in range(10)
            ]
            for worker in range(4)
        )
    )

    sums = dict(Posting.objects.values_list("account").annotate(Sum("amount_minor")))
    assert dict(Balance.objects.values_list("account", "posted_minor")) == sums
    # four workers of 1 + 2 + … + 10
    assert balance_minor(CASH) == 220
    assert Account.objects.count() == 4


def test_two_payouts_at_once_cannot_both_take_the_same_money() -> None:
    with transaction.atomic():
        post(release("statement:1", 500))

    answers = together(lambda: post(payout("payout:1", 300)), lambda: post(payout("payout:2", 300)))

    assert statuses(answers) == ["created"]
    assert len([answer for answer in answers if isinstance(answer, NotEnoughAvailable)]) == 1
    assert available_minor(PAYABLE) == 200


def test_of_two_reversals_at_once_one_succeeds() -> None:
    with transaction.atomic():
        post(payment("payment:1"))

    answers = together(
        lambda: reverse("payment:1", new_key="undo:1", effective_on=DAY),
        lambda: reverse("payment:1", new_key="undo:2", effective_on=DAY),
    )

    assert statuses(answers) == ["created"]
    assert len([answer for answer in answers if isinstance(answer, AlreadyReversed)]) == 1
    assert balance_minor(CASH) == 0


def test_the_tables_are_guarded_again_after_a_flush() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_trigger WHERE tgenabled = 'D'")
        assert cursor.fetchone() == (0,)
