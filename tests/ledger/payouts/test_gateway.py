import json
import time
from dataclasses import replace

import pytest
import stripe
from django.db import transaction
from pytest_django import Settings

from ledger.payouts import gateway
from ledger.payouts.gateway import PayoutOrder
from tests.doubles.stripe.double import StripeDouble
from tests.doubles.stripe.webhooks import signature
from tests.ledger.payouts.scene import SECRET


@pytest.fixture
def order(stripe_double: StripeDouble) -> PayoutOrder:
    account = gateway.create_account(party="org_quill", country="JP")
    stripe_double.control({"onboard": [account.account_id]})
    return PayoutOrder("po_one", 1, account.account_id, "JPY", 12_345)


def test_a_new_recipient_can_do_nothing_until_it_is_onboarded(stripe_double: StripeDouble) -> None:
    account = gateway.create_account(party="org_quill", country="JP", email="money@quill.example")

    assert not account.payouts_enabled
    assert not account.transfers_active
    assert "external_account" in account.requirements
    assert account.country == "JP"

    stripe_double.control({"onboard": [account.account_id]})

    after = gateway.retrieve_account(account.account_id)
    assert after.payouts_enabled
    assert after.transfers_active
    assert after.requirements == ()
    assert after.default_currency == "JPY"


def test_asking_twice_for_a_recipient_opens_one_account(stripe_double: StripeDouble) -> None:
    first = gateway.create_account(party="org_quill", country="JP")
    second = gateway.create_account(party="org_quill", country="JP")

    assert first == second
    assert len(stripe_double.state()["accounts"]) == 1


def test_a_transfer_and_a_payout_move_exactly_the_amount(
    stripe_double: StripeDouble, order: PayoutOrder
) -> None:
    transfer_id = gateway.create_transfer(order)
    payout = gateway.create_payout(order)

    assert gateway.retrieve_transfer_minor(transfer_id) == 12_345
    assert payout.status == "in_transit"
    assert gateway.retrieve_payout(order.account_id, payout.payout_id) == payout
    sent = stripe_double.state()["payouts"][0]
    assert (sent["amount"], sent["currency"]) == (12_345, "jpy")
    assert sent["metadata"] == {"payout": "po_one", "attempt": "1"}


def test_asking_again_with_the_same_key_moves_nothing_more(
    stripe_double: StripeDouble, order: PayoutOrder
) -> None:
    first = gateway.create_transfer(order)
    stripe_double.control({"fail": [{"on": "payouts.create", "how": "timeout_after_effect"}]})
    with pytest.raises(gateway.Unreachable):
        gateway.create_payout(order)

    assert gateway.create_transfer(order) == first
    payout = gateway.create_payout(order)

    state = stripe_double.state()
    assert [one["id"] for one in state["transfers"]] == [first]
    assert [one["id"] for one in state["payouts"]] == [payout.payout_id]


def test_the_same_key_with_another_amount_is_never_taken_for_a_refusal(
    stripe_double: StripeDouble, order: PayoutOrder
) -> None:
    gateway.create_transfer(order)

    with pytest.raises(gateway.ServerFault, match="same parameters"):
        gateway.create_transfer(replace(order, amount_minor=1))

    assert len(stripe_double.state()["transfers"]) == 1


@pytest.mark.parametrize(
    ("how", "refusal", "code"),
    [
        ("429", gateway.RateLimited, "rate_limit"),
        ("500", gateway.ServerFault, "server_fault"),
        ("timeout", gateway.Unreachable, "unreachable"),
        ("declined", gateway.Declined, "declined_by_double"),
    ],
)
def test_each_failure_of_the_rail_has_its_own_name(
    stripe_double: StripeDouble,
    order: PayoutOrder,
    how: str,
    refusal: type[gateway.GatewayError],
    code: str,
) -> None:
    stripe_double.control({"fail": [{"on": "transfers.create", "how": how}]})

    with pytest.raises(refusal) as caught:
        gateway.create_transfer(order)

    assert type(caught.value) is refusal
    assert caught.value.code == code
    assert stripe_double.state()["transfers"] == []


def test_a_wrong_key_is_ours_to_mend_and_declines_nothing(
    stripe_double: StripeDouble, settings: Settings, order: PayoutOrder
) -> None:
    settings.STRIPE_API_KEY = "sk_live_wrong"
    with pytest.raises(gateway.Misconfigured, match="Invalid API Key"):
        gateway.create_transfer(order)

    settings.STRIPE_API_KEY = ""
    with pytest.raises(gateway.Misconfigured, match="STRIPE_API_KEY is not set"):
        gateway.create_transfer(order)

    assert stripe_double.state()["transfers"] == []


@pytest.mark.usefixtures("stripe_double")
def test_an_account_that_is_not_onboarded_is_declined() -> None:
    account = gateway.create_account(party="org_new", country="JP")

    with pytest.raises(gateway.Declined) as caught:
        gateway.create_transfer(PayoutOrder("po_two", 1, account.account_id, "JPY", 1))

    assert caught.value.code == "insufficient_capabilities_for_transfer"


def test_a_transfer_can_be_found_by_its_attempt_and_taken_back(order: PayoutOrder) -> None:
    assert gateway.find_transfer(order) is None
    assert gateway.find_payout(order) is None
    transfer_id = gateway.create_transfer(order)

    assert gateway.find_transfer(order) == transfer_id
    assert gateway.find_transfer(replace(order, attempt=2)) is None
    gateway.reverse_transfer(order, transfer_id)
    assert gateway.retrieve_transfer_minor(transfer_id) == 0


def test_a_payout_can_be_found_by_its_attempt(order: PayoutOrder) -> None:
    gateway.create_transfer(order)
    payout = gateway.create_payout(order)

    assert gateway.find_payout(order) == payout
    assert gateway.find_payout(replace(order, payout="po_other")) is None


def test_the_onboarding_link_leads_to_a_page(order: PayoutOrder) -> None:
    link = gateway.onboarding_link(
        order.account_id,
        refresh_url="http://localhost:8000/again",
        return_url="http://localhost:8000/back",
    )

    assert "/onboard/" in link


@pytest.mark.usefixtures("stripe_double")
def test_only_events_that_stripe_signed_are_believed() -> None:
    payload = json.dumps({"id": "evt_1", "object": "event", "type": "payout.paid"}).encode()
    now = int(time.time())

    event = gateway.verified_event(payload, signature(payload, SECRET, now))

    assert event == {"id": "evt_1", "object": "event", "type": "payout.paid"}
    for forged in (
        "",
        "nonsense",
        signature(payload, "whsec_other", now),
        signature(payload + b" ", SECRET, now),
        signature(payload, SECRET, now - 3600),
    ):
        with pytest.raises(gateway.BadSignature):
            gateway.verified_event(payload, forged)


@pytest.mark.usefixtures("stripe_double")
def test_a_signed_body_that_is_no_event_is_refused() -> None:
    with pytest.raises(gateway.BadSignature, match="not a Stripe event"):
        gateway.verified_event(b"[", signature(b"[", SECRET, int(time.time())))


@pytest.mark.usefixtures("stripe_double")
def test_no_event_is_believed_without_a_secret(settings: Settings) -> None:
    settings.STRIPE_WEBHOOK_SECRET = ""

    with pytest.raises(gateway.BadSignature, match="secret"):
        gateway.verified_event(b"{}", signature(b"{}", "", int(time.time())))


@pytest.mark.django_db
def test_stripe_is_never_called_inside_a_transaction(stripe_double: StripeDouble) -> None:
    with transaction.atomic(), pytest.raises(RuntimeError, match="durable atomic block"):
        gateway.retrieve_account("acct_1")

    assert stripe_double.state()["calls"] == []


def test_the_double_signs_as_the_sdk_does() -> None:
    assert signature(b"{}", "whsec", 7) == stripe.WebhookSignature.generate_signature_header(
        "{}", "whsec", 7
    )
