"""An event may arrive while our own request still waits for its answer."""

import time
from collections.abc import Callable

import pytest
from pytest_django.live_server_helper import LiveServer

from ledger.payouts import gateway, recipients, sending
from ledger.payouts.gateway import Declined, PayoutOrder, PayoutStatus, ServerFault
from ledger.payouts.models import Payout, PayoutAttempt
from tests.doubles.stripe.double import StripeDouble
from tests.doubles.stripe.webhooks import Deliveries
from tests.ledger.payouts.scene import (
    DAY,
    FAILED,
    PAID,
    PAYEE,
    RESERVED,
    SECRET,
    Queue,
    deliver,
    earn,
    journal,
    reserved,
    settle,
)


@pytest.mark.parametrize("refusal", [None, Declined("no", "x"), ServerFault("?", "x")])
@pytest.mark.usefixtures("payee")
def test_what_the_event_said_stands_whatever_we_are_answered_later(
    stripe_double: StripeDouble,
    queue: Queue,
    monkeypatch: pytest.MonkeyPatch,
    refusal: gateway.GatewayError | None,
) -> None:
    payout = reserved()
    queue.clear()
    create: Callable[[PayoutOrder], PayoutStatus] = gateway.create_payout

    def overtaken(order: PayoutOrder) -> PayoutStatus:
        status = create(order)
        deliver(settle(stripe_double, "paid"))
        queue.run()
        if refusal:
            raise refusal
        return status

    monkeypatch.setattr(gateway, "create_payout", overtaken)
    sending.send(payout.pk)

    payout.refresh_from_db()
    attempt = payout.attempts.get()
    assert (payout.state, attempt.state, attempt.error_code) == ("paid", "succeeded", "")
    assert attempt.transfer_id
    assert journal() == [RESERVED, PAID]


@pytest.mark.usefixtures("payee")
def test_a_transfer_whose_id_we_never_heard_is_found_and_taken_back(
    stripe_double: StripeDouble, queue: Queue
) -> None:
    payout = reserved()
    queue.run()
    PayoutAttempt.objects.update(transfer_id="")
    deliver(settle(stripe_double, "failed"))
    queue.run()

    sending.take_back(payout.attempts.get().pk)

    attempt = payout.attempts.get()
    assert attempt.transfer_id == stripe_double.state()["transfers"][0]["id"]
    assert attempt.reversal_id
    assert journal() == [RESERVED, FAILED]


@pytest.mark.usefixtures("payee")
def test_what_was_taken_back_by_hand_is_not_taken_back_again(
    stripe_double: StripeDouble, queue: Queue
) -> None:
    payout = reserved()
    queue.run()
    deliver(settle(stripe_double, "failed"))
    queue.run()
    attempt = payout.attempts.get()
    stripe_double.world.reverse_transfer(attempt.transfer_id, {})

    sending.take_back(attempt.pk)
    PayoutAttempt.objects.update(take_back=True, transfer_id="", account_id="acct_none")
    stripe_double.world.things["transfers"].clear()
    sending.take_back(attempt.pk)

    after = payout.attempts.get()
    assert not after.take_back
    assert after.reversal_id == ""


@pytest.mark.django_db(transaction=True)
def test_stripe_itself_brings_the_news_to_our_address(
    stripe_double: StripeDouble, queue: Queue, live_server: LiveServer
) -> None:
    stripe_double.deliveries.close()
    url = f"{live_server.url}/webhooks/stripe/"
    stripe_double.deliveries = Deliveries(url, SECRET, lambda _event: None)
    stripe_double.control({"payouts": "pay", "onboarding": "immediate", "deliveries": 3})
    recipients.enrol(party=PAYEE, country="JP")
    earn(100_000)
    payout = reserved()

    give_up_at = time.monotonic() + 20
    while Payout.objects.get().state != "paid" and time.monotonic() < give_up_at:
        queue.run()
        time.sleep(0.01)

    assert Payout.objects.get().state == "paid"
    assert journal() == [RESERVED, PAID]
    assert payout.due_on == DAY
    assert stripe_double.deliveries.refused == []
