"""An event that never comes is made good by asking."""

from datetime import timedelta

import pytest

from ledger.payouts import events
from ledger.payouts.models import Payout, PayoutAttempt
from ledger.payouts.tasks import ask_after_payout, ask_after_payouts
from tests.doubles.stripe.double import StripeDouble
from tests.ledger.payouts.scene import (
    FAILED,
    PAID,
    RESERVED,
    Queue,
    deliver,
    journal,
    reserved,
    settle,
)

pytestmark = pytest.mark.usefixtures("payee")


@pytest.fixture
def attempt(queue: Queue) -> PayoutAttempt:
    """Return an attempt that has been in transit for a day."""
    payout = reserved()
    queue.run()
    attempt = payout.attempts.get()
    assert attempt.sent_at
    attempt.sent_at -= timedelta(days=1)
    attempt.save()
    return attempt


@pytest.mark.parametrize(("end", "booked"), [("paid", PAID), ("failed", FAILED)])
def test_the_end_of_a_payout_is_asked_for_and_its_late_event_changes_nothing(
    stripe_double: StripeDouble, queue: Queue, attempt: PayoutAttempt, end: str, booked: object
) -> None:
    event = settle(stripe_double, end)

    assert ask_after_payouts() == 1
    queue.run()
    deliver(event)
    queue.run()

    assert Payout.objects.get().state == end
    assert journal() == [RESERVED, booked]
    assert events.ask_after(attempt.pk) == "stale"
    assert ask_after_payouts() == 0


def test_a_payout_still_in_transit_waits(attempt: PayoutAttempt) -> None:
    assert events.ask_after(attempt.pk) == "waiting"
    assert journal() == [RESERVED]


def test_a_rail_that_cannot_be_asked_is_asked_later(
    stripe_double: StripeDouble, attempt: PayoutAttempt
) -> None:
    stripe_double.control({"fail": [{"on": "payouts.retrieve", "how": "429"}]})

    ask_after_payout(attempt.pk)

    assert ask_after_payouts() == 1
    assert journal() == [RESERVED]
