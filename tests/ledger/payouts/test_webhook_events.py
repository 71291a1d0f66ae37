"""Events come late, twice, forged or in the wrong order; a payout only ever moves forward."""

import json
from copy import deepcopy

import pytest
from django.test import Client

from ledger.documents.models import Document
from ledger.payouts import events, sending
from ledger.payouts.models import Payout, WebhookEvent
from ledger.payouts.tasks import process_waiting_events
from tests.doubles.stripe.double import StripeDouble
from tests.ledger.payouts.scene import (
    FAILED,
    PAID,
    RESERVED,
    RETURNED,
    Queue,
    deliver,
    journal,
    payable,
    reserved,
    settle,
)

pytestmark = pytest.mark.usefixtures("payee")


@pytest.fixture
def payout(queue: Queue) -> Payout:
    """Return a payout in transit."""
    payout = reserved()
    queue.run()
    return payout


def state_of(payout: Payout) -> str:
    payout.refresh_from_db()
    return payout.state


def test_an_event_delivered_three_times_leaves_one_entry(
    stripe_double: StripeDouble, queue: Queue, payout: Payout
) -> None:
    event = settle(stripe_double, "paid")

    answers = [deliver(event) for _ in range(3)]
    queue.run()

    assert [(answer.status_code, answer.content) for answer in answers] == [
        (200, b"kept"),
        (200, b"known"),
        (200, b"known"),
    ]
    assert state_of(payout) == "paid"
    assert journal() == [RESERVED, PAID]
    assert WebhookEvent.objects.get().outcome == "applied"
    remittance = Document.objects.get()
    assert (remittance.kind, remittance.subject) == ("remittance", payout.public_id)
    assert (remittance.party, remittance.language) == ("org_quill", "ja")
    assert remittance.context["net_minor"] == 26_937
    assert remittance.context["payee"] == {"name": "Quill Press"}
    assert remittance.context["reference"] == payout.attempts.get().stripe_payout_id
    assert events.process(WebhookEvent.objects.get().pk) == "applied"
    assert journal() == [RESERVED, PAID]


def test_a_payout_that_fails_later_is_mirrored_and_payable_again(
    stripe_double: StripeDouble, queue: Queue, payout: Payout
) -> None:
    deliver(settle(stripe_double, "failed"))
    queue.run()

    assert state_of(payout) == "failed"
    assert journal() == [RESERVED, FAILED]
    assert payable() == 100_000
    assert payout.moves.latest("id").reason == "The bank account has been closed"
    assert payout.attempts.get().take_back


def test_a_paid_payout_that_comes_back_is_owed_again(
    stripe_double: StripeDouble, queue: Queue, payout: Payout
) -> None:
    paid = settle(stripe_double, "paid")
    failed = settle(stripe_double, "failed")

    for event in (paid, failed, paid):
        deliver(event)
        queue.run()

    assert state_of(payout) == "returned"
    assert journal() == [RESERVED, PAID, RETURNED]
    assert payable() == 100_000


def test_events_in_the_wrong_order_never_move_a_payout_back(
    stripe_double: StripeDouble, queue: Queue, payout: Payout
) -> None:
    paid = settle(stripe_double, "paid")
    failed = settle(stripe_double, "failed")

    deliver(failed)
    queue.run()
    deliver(paid)
    queue.run()

    assert state_of(payout) == "failed"
    assert journal() == [RESERVED, FAILED]
    assert payable() == 100_000
    assert [event.outcome for event in WebhookEvent.objects.order_by("id")] == ["applied", "stale"]


def test_an_event_that_overtakes_our_own_answer_is_understood(
    stripe_double: StripeDouble, queue: Queue
) -> None:
    stripe_double.control({"fail": [{"on": "payouts.create", "how": "timeout_after_effect"}]})
    payout = reserved()
    queue.run()
    assert state_of(payout) == "sending"

    deliver(settle(stripe_double, "paid"))
    queue.run()

    assert state_of(payout) == "paid"
    assert payout.attempts.get().state == "succeeded"
    assert journal() == [RESERVED, PAID]
    sending.send(payout.pk)
    assert len(stripe_double.state()["payouts"]) == 1


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("account",), "acct_other"),
        (("data", "object", "amount"), 1),
        (("data", "object", "currency"), "usd"),
        (("data", "object", "id"), "po_other"),
    ],
)
def test_an_event_that_does_not_match_what_we_sent_moves_nothing(
    stripe_double: StripeDouble, queue: Queue, payout: Payout, path: tuple[str, ...], value: object
) -> None:
    event = deepcopy(settle(stripe_double, "paid"))
    place = event
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = value

    deliver(event)
    queue.run()

    assert state_of(payout) == "in_transit"
    assert journal() == [RESERVED]
    stored = WebhookEvent.objects.get()
    assert stored.outcome == "refused"
    assert "the event says" in stored.error or "not po_other" in stored.error


def test_events_that_are_not_ours_are_kept_and_ignored(
    stripe_double: StripeDouble, queue: Queue, payout: Payout
) -> None:
    event = settle(stripe_double, "paid")
    unknown_type = event | {"id": "evt_a", "type": "invoice.paid"}
    other = deepcopy(event) | {"id": "evt_b"}
    other["data"]["object"]["metadata"] = {"payout": "po_elsewhere", "attempt": "1"}
    bare = deepcopy(event) | {"id": "evt_c"}
    bare["data"]["object"]["metadata"] = {}

    for one in (unknown_type, other, bare):
        assert deliver(one).status_code == 200
    queue.run()

    assert {event.outcome for event in WebhookEvent.objects.all()} == {"ignored"}
    assert WebhookEvent.objects.count() == 3
    assert state_of(payout) == "in_transit"


def test_a_forged_event_is_refused_and_not_kept(
    stripe_double: StripeDouble, queue: Queue, payout: Payout
) -> None:
    event = settle(stripe_double, "paid")

    answer = deliver(event, secret="whsec_forger")

    assert answer.status_code == 400
    assert not WebhookEvent.objects.exists()
    assert queue.names() == []
    assert state_of(payout) == "in_transit"


def test_the_webhook_takes_only_signed_posts() -> None:
    client = Client(enforce_csrf_checks=True)

    assert client.get("/webhooks/stripe/").status_code == 405
    unsigned = client.post("/webhooks/stripe/", json.dumps({}), content_type="application/json")
    assert unsigned.status_code == 400
    assert deliver({"object": "event"}).content == b"the event has no 'id'"
    assert not WebhookEvent.objects.exists()


def test_an_event_whose_message_was_lost_is_found_by_the_sweep(
    stripe_double: StripeDouble, queue: Queue, payout: Payout
) -> None:
    deliver(settle(stripe_double, "paid"))
    queue.clear()
    assert process_waiting_events() == 0
    WebhookEvent.objects.update(received_at="2026-10-31T00:00:00Z")

    assert process_waiting_events() == 1
    queue.run()

    assert state_of(payout) == "paid"
    assert process_waiting_events() == 0


def test_an_account_event_makes_us_ask_about_the_account(
    stripe_double: StripeDouble, queue: Queue, payout: Payout
) -> None:
    account_id = payout.recipient.stripe_account_id
    stripe_double.control({"restrict": {account_id: "external_account"}})

    deliver(stripe_double.state()["events"][-1])
    queue.run()

    payout.recipient.refresh_from_db()
    assert not payout.recipient.is_ready
    assert payout.recipient.requirements == ["external_account"]


def test_an_account_event_of_a_stranger_is_ignored(
    stripe_double: StripeDouble, queue: Queue
) -> None:
    stranger = stripe_double.world.create_account({"country": "US"})
    stripe_double.control({"onboard": [stranger["id"]]})

    deliver(stripe_double.state()["events"][-1])
    queue.run()

    assert WebhookEvent.objects.get().outcome == "ignored"
