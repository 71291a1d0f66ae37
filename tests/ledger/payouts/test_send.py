"""The rail may refuse, stall or swallow its answer; the journal must end as if it had not."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection

from ledger.payouts import sending
from ledger.payouts.models import PayoutAttempt, PayoutMove, Recipient
from ledger.payouts.tasks import send_unsent_payouts
from tests.doubles.stripe.double import StripeDouble
from tests.ledger.payouts.scene import FAILED, RESERVED, Queue, journal, payable, reserved

pytestmark = pytest.mark.usefixtures("payee")


def later(hours: float) -> None:
    """Make every attempt look this much older."""
    for attempt in PayoutAttempt.objects.all():
        for name in ("created_at", "sent_at", "first_sent_at"):
            if at := getattr(attempt, name):
                setattr(attempt, name, at - timedelta(hours=hours))
        attempt.save()


def sweep(queue: Queue) -> int:
    """Run the sweep as it would run a little later."""
    later(0.1)
    found = send_unsent_payouts()
    queue.run()
    return found


def test_a_payout_is_sent_once_its_reservation_commits(
    stripe_double: StripeDouble, queue: Queue
) -> None:
    payout = reserved()
    assert queue.names()[-1:] == ["send_payout"]

    queue.run()

    payout.refresh_from_db()
    attempt = payout.attempts.get()
    assert (payout.state, attempt.state) == ("in_transit", "succeeded")
    state = stripe_double.state()
    assert [one["amount"] for one in state["transfers"]] == [26_937]
    assert [one["id"] for one in state["payouts"]] == [attempt.stripe_payout_id]
    assert state["transfers"][0]["id"] == attempt.transfer_id
    assert journal() == [RESERVED]
    assert payable() == 70_000
    moves = PayoutMove.objects.values_list("from_state", "to_state", "by")
    assert list(moves) == [
        ("due", "reserved", "usr_finance"),
        ("reserved", "sending", ""),
        ("sending", "in_transit", ""),
    ]


@pytest.mark.parametrize("operation", ["transfers.create", "payouts.create"])
@pytest.mark.parametrize("how", ["timeout_after_effect", "timeout", "429", "500"])
def test_an_answer_that_never_came_is_asked_for_again_and_nothing_is_sent_twice(
    stripe_double: StripeDouble, queue: Queue, operation: str, how: str
) -> None:
    stripe_double.control({"fail": [{"on": operation, "how": how, "times": 2}]})
    payout = reserved()

    queue.run()
    attempt = PayoutAttempt.objects.select_related("payout").get()
    assert (attempt.payout.state, attempt.state) == ("sending", "unknown")
    assert attempt.error_message

    assert sweep(queue) == 1
    assert payout.attempts.get().state == "unknown"
    assert sweep(queue) == 1

    payout.refresh_from_db()
    attempt = payout.attempts.get()
    assert (payout.state, attempt.state, attempt.error_message) == ("in_transit", "succeeded", "")
    state = stripe_double.state()
    assert [one["amount"] for one in state["transfers"]] == [26_937]
    assert [one["amount"] for one in state["payouts"]] == [26_937]
    assert journal() == [RESERVED]
    assert sweep(queue) == 0


def test_after_the_keys_are_forgotten_we_look_before_asking_again(
    stripe_double: StripeDouble, queue: Queue
) -> None:
    stripe_double.control(
        {
            "fail": [
                {"on": "transfers.create", "how": "timeout_after_effect"},
                {"on": "payouts.create", "how": "timeout_after_effect"},
            ]
        }
    )
    payout = reserved()
    queue.run()
    later(24)
    stripe_double.world.things["answers"].clear()
    sweep(queue)
    later(24)
    stripe_double.world.things["answers"].clear()
    sweep(queue)

    payout.refresh_from_db()
    assert payout.state == "in_transit"
    assert len(stripe_double.state()["transfers"]) == 1
    assert len(stripe_double.state()["payouts"]) == 1


def test_a_refusal_is_final_and_gives_the_money_back(
    stripe_double: StripeDouble, queue: Queue
) -> None:
    stripe_double.control({"fail": [{"on": "transfers.create", "how": "declined"}]})
    payout = reserved()

    queue.run()

    payout.refresh_from_db()
    attempt = payout.attempts.get()
    assert (payout.state, attempt.state) == ("failed", "failed")
    assert attempt.error_code == "declined_by_double"
    assert not attempt.take_back
    assert journal() == [RESERVED, FAILED]
    assert payable() == 100_000
    assert sweep(queue) == 0


def test_a_payout_refused_after_its_transfer_has_the_transfer_taken_back(
    stripe_double: StripeDouble, queue: Queue
) -> None:
    stripe_double.control({"fail": [{"on": "payouts.create", "how": "declined"}]})
    payout = reserved()
    queue.run()
    attempt = payout.attempts.get()
    assert attempt.take_back

    sending.take_back(attempt.pk)
    sending.take_back(attempt.pk)

    after = payout.attempts.get()
    assert not after.take_back
    assert after.reversal_id
    transfer = stripe_double.state()["transfers"][0]
    assert transfer["amount_reversed"] == 26_937
    assert journal() == [RESERVED, FAILED]


def test_a_worker_lost_in_the_middle_is_replaced_by_the_sweep(
    stripe_double: StripeDouble, queue: Queue
) -> None:
    payout = reserved()
    queue.clear()
    assert sending.claim(payout.pk)
    assert send_unsent_payouts() == 0

    assert sweep(queue) == 1

    payout.refresh_from_db()
    assert payout.state == "in_transit"
    assert len(stripe_double.state()["transfers"]) == 1


def test_a_lost_message_is_found_by_the_sweep(stripe_double: StripeDouble, queue: Queue) -> None:
    payout = reserved()
    queue.clear()

    assert sweep(queue) == 1

    payout.refresh_from_db()
    assert payout.state == "in_transit"
    assert stripe_double.state()["calls"].count("transfers.create") == 1


def test_a_payout_held_after_its_reservation_waits(
    stripe_double: StripeDouble, queue: Queue
) -> None:
    payout = reserved()
    payout.hold_reason = "bank details in doubt"
    payout.save()

    queue.run()
    assert sweep(queue) == 0

    assert payout.attempts.get().state == "unsent"
    assert "transfers.create" not in stripe_double.state()["calls"]


@pytest.mark.django_db(transaction=True)
def test_two_workers_sending_the_same_payout_ask_the_rail_once(
    stripe_double: StripeDouble, queue: Queue
) -> None:
    payout = reserved()
    queue.clear()
    start = Barrier(2)

    def work() -> None:
        start.wait(timeout=10)
        try:
            sending.send(payout.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(work), pool.submit(work)]:
            done.result(timeout=30)

    payout.refresh_from_db()
    assert payout.state == "in_transit"
    assert payout.attempts.count() == 1
    calls = stripe_double.state()["calls"]
    assert (calls.count("transfers.create"), calls.count("payouts.create")) == (1, 1)
    assert journal() == [RESERVED]


def test_sending_what_is_not_reserved_does_nothing(
    stripe_double: StripeDouble, queue: Queue, payee: Recipient
) -> None:
    payout = reserved()
    queue.run()
    calls = stripe_double.state()["calls"]

    sending.send(payout.pk)

    assert stripe_double.state()["calls"] == calls
    assert payee.payouts.get().attempts.count() == 1
