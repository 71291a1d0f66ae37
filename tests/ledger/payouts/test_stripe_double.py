"""The double refuses what the real server refuses; otherwise every test above would lie."""

import json
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
import stripe
from pytest_django import Settings
from stripe.params import AccountCreateParams

from tests.doubles.stripe.double import StripeDouble
from tests.doubles.stripe.parameters import InvalidParameter, checked, decode
from tests.doubles.stripe.server import running


@pytest.fixture
def client(stripe_double: StripeDouble, settings: Settings) -> stripe.StripeClient:
    assert stripe_double.state()["calls"] == []
    return stripe.StripeClient(
        "sk_test_x",
        base_addresses={"api": settings.STRIPE_API_BASE},
        http_client=stripe.RequestsClient(),
    )


def refusal(
    client: stripe.StripeClient, operation: str, params: dict[str, Any]
) -> tuple[str | None, str | None]:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.raw_request("post", f"/v1/{operation}", **params)
    return caught.value.code, caught.value.param


@pytest.mark.parametrize(
    ("params", "code", "param"),
    [
        ({"amount": 1, "currency": "usd"}, "parameter_missing", "destination"),
        (
            {"amount": "1.5", "currency": "usd", "destination": "acct_1"},
            "parameter_invalid_integer",
            "amount",
        ),
        (
            {"amount": 1, "currency": "usd", "destination": "acct_1", "memo": "x"},
            "parameter_unknown",
            "memo",
        ),
        (
            {"amount": 1, "currency": "usd", "destination": "acct_1", "source_type": "gold"},
            None,
            "source_type",
        ),
        (
            {"amount": 1, "currency": "usd", "destination": "acct_1", "metadata": "x"},
            None,
            "metadata",
        ),
        ({"amount": 1, "currency": "usd", "destination": "acct_1"}, "resource_missing", "id"),
    ],
)
def test_parameters_are_proved_against_the_sdks_types(
    client: stripe.StripeClient,
    stripe_double: StripeDouble,
    params: dict[str, Any],
    code: str | None,
    param: str,
) -> None:
    assert refusal(client, "transfers", params) == (code, param)
    assert stripe_double.state()["transfers"] == []


def test_nested_parameters_are_proved_too(client: stripe.StripeClient) -> None:
    params = {"controller": {"stripe_dashboard": {"type": "golden"}}}
    assert refusal(client, "accounts", params) == (None, "controller[stripe_dashboard][type]")
    params = {"capabilities": {"transfers": {"requested": "maybe"}}}
    assert refusal(client, "accounts", params) == (
        "parameter_invalid_boolean",
        "capabilities[transfers][requested]",
    )


def test_lists_and_maps_are_read_from_their_brackets() -> None:
    form = decode("expand[0]=a&expand[1]=b&metadata[x]=1&amount=5&currency=usd")

    typed = checked(form, stripe.params.PayoutCreateParams)

    assert typed == {
        "expand": ["a", "b"],
        "metadata": {"x": "1"},
        "amount": 5,
        "currency": "usd",
    }
    with pytest.raises(InvalidParameter, match="Invalid array: expand"):
        checked(decode("amount=5&currency=usd&expand[a]=b"), stripe.params.PayoutCreateParams)


def test_a_connected_account_cannot_pay_out_more_than_it_has(
    client: stripe.StripeClient, stripe_double: StripeDouble
) -> None:
    account = client.v1.accounts.create({"capabilities": {"transfers": {"requested": True}}})
    stripe_double.control({"onboard": [account.id]})
    client.v1.transfers.create({"amount": 5, "currency": "usd", "destination": account.id})

    with pytest.raises(stripe.InvalidRequestError, match="insufficient funds") as caught:
        client.v1.payouts.create({"amount": 6, "currency": "usd"}, {"stripe_account": account.id})

    assert caught.value.code == "balance_insufficient"
    balance = client.v1.balance.retrieve({}, {"stripe_account": account.id})
    assert balance.available[0].amount == 5


def test_the_same_key_is_answered_from_memory_and_says_so(
    client: stripe.StripeClient, stripe_double: StripeDouble
) -> None:
    params: AccountCreateParams = {"country": "JP"}
    first = client.v1.accounts.create(params, {"idempotency_key": "one"})
    again = client.v1.accounts.create(params, {"idempotency_key": "one"})

    assert again.id == first.id
    assert first.last_response
    assert again.last_response
    assert first.last_response.headers.get("Idempotent-Replayed") is None
    assert again.last_response.headers["Idempotent-Replayed"] == "true"
    with pytest.raises(stripe.IdempotencyError):
        client.v1.accounts.create({"country": "US"}, {"idempotency_key": "one"})
    assert len(stripe_double.state()["accounts"]) == 1


def test_the_onboarding_page_works_once_and_tells_the_platform(
    client: stripe.StripeClient, stripe_double: StripeDouble
) -> None:
    account = client.v1.accounts.create({"capabilities": {"transfers": {"requested": True}}})
    link = client.v1.account_links.create(
        {"account": account.id, "type": "account_onboarding", "return_url": "http://127.0.0.1:9/"}
    )

    with urlopen(link.url) as page:  # noqa: S310 - the double's own address
        assert '<form method="post">' in page.read().decode()
    link_id = link.url.rsplit("/", 1)[1]
    assert stripe_double.submit_onboarding(link_id) == "http://127.0.0.1:9/"

    assert client.v1.accounts.retrieve(account.id).payouts_enabled
    assert [event.type for event in client.v1.events.list().data] == ["account.updated"]
    with pytest.raises(HTTPError) as caught:
        urlopen(link.url)  # noqa: S310 - the double's own address
    assert caught.value.code == 410
    caught.value.close()


def test_events_are_posted_signed_and_again_until_they_are_answered() -> None:
    answers = [500, 200]
    seen: list[str] = []

    class Endpoint(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            event = stripe.Webhook.construct_event(
                body, self.headers["Stripe-Signature"], "whsec_x"
            )
            seen.append(event.id)
            self.send_response(answers[len(seen) - 1])
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            pass

    endpoint = HTTPServer(("127.0.0.1", 0), Endpoint)

    def serve() -> None:
        for _ in answers:
            endpoint.handle_request()

    thread = Thread(target=serve)
    thread.start()
    url = f"http://127.0.0.1:{endpoint.server_address[1]}"
    double = StripeDouble(webhook_url=url, webhook_secret="whsec_x")

    with running(double):
        account = double.world.create_account({"country": "JP"})
        double.control({"onboard": [account["id"]]})
        thread.join(timeout=10)
    endpoint.server_close()

    event_id = double.state()["events"][0]["id"]
    assert seen == [event_id, event_id]


def test_a_second_start_goes_on_where_the_first_one_ended(tmp_path: Path) -> None:
    file = tmp_path / "stripe.json"
    first = StripeDouble(file=file)
    account = first.world.create_account({"country": "JP"})
    first.control({"onboard": [account["id"]]})
    first.close()

    second = StripeDouble(file=file)
    second.close()

    assert second.state()["accounts"] == first.state()["accounts"]
    assert second.world.create_account({})["id"] != account["id"]
    assert json.loads(file.read_text())["counts"]["acct"] == 1
