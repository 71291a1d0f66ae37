"""The only importer of Stripe: Connect recipients, transfers, payouts and signed events.

Every answer is one of our own immutable values and every failure one of our own exceptions, so
that nothing else depends on the SDK's shapes. The SDK's automatic retries are off: an attempt is
a row, and asking again is a decision the row records. No function may be called inside a database
transaction, where a rollback would forget that money moved.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import stripe
from django.conf import settings
from django.db import connection, transaction
from stripe.params import AccountCreateParams

CONNECT_SECONDS = 5
ANSWER_SECONDS = 30


class GatewayError(Exception):
    """Stripe did not do what was asked; ``code`` is Stripe's own where it gave one."""

    def __init__(self, message: str, code: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.code = code


class Declined(GatewayError):
    """Final: Stripe understood the request and refused it; nothing moved and nothing will."""


class OutcomeUnknown(GatewayError):
    """The request may or may not have been carried out: ask again with the same key."""


class RateLimited(OutcomeUnknown):
    """Too many requests; ask again later."""


class Unreachable(OutcomeUnknown):
    """No answer came; the request may have arrived."""


class ServerFault(OutcomeUnknown):
    """Stripe failed inside, or answered what cannot be read."""


class Misconfigured(OutcomeUnknown):
    """Our key is missing, wrong or lacks a permission: an operator must act, then ask again."""


class BadSignature(GatewayError):
    """A webhook that Stripe did not sign with our secret, or signed too long ago."""


@dataclass(frozen=True, slots=True)
class AccountStatus:
    """A recipient's account; ``requirements`` are the fields that Stripe still waits for."""

    account_id: str
    payouts_enabled: bool
    transfers_active: bool
    requirements: tuple[str, ...]
    country: str
    default_currency: str


@dataclass(frozen=True, slots=True)
class PayoutStatus:
    """A payout from the recipient's Stripe balance to the bank, as Stripe sees it now."""

    payout_id: str
    status: str
    failure_code: str
    failure_message: str


@dataclass(frozen=True, slots=True)
class PayoutOrder:
    """What one attempt asks of the rail; ``amount_minor`` is in the smallest unit of ``currency``.

    ``payout`` is our public id and ``attempt`` its number: together they make every key, so the
    same attempt always asks the same question.
    """

    payout: str
    attempt: int
    account_id: str
    currency: str
    amount_minor: int

    def key(self, step: str) -> str:
        """Return the idempotency key of one step of this attempt."""
        return f"payout-{self.payout}-attempt-{self.attempt}-{step}"

    @property
    def metadata(self) -> dict[str, str]:
        """What lets an event be led back to this attempt."""
        return {"payout": self.payout, "attempt": str(self.attempt)}


@lru_cache(maxsize=4)
def _client(api_key: str, base: str | None) -> stripe.StripeClient:
    return stripe.StripeClient(
        api_key,
        base_addresses=(
            {"api": base, "connect": base, "files": base, "meter_events": base} if base else None
        ),
        max_network_retries=0,
        http_client=stripe.RequestsClient(timeout=(CONNECT_SECONDS, ANSWER_SECONDS)),
    )


@contextmanager
def _stripe() -> Iterator[stripe.StripeClient]:
    """Give a client and turn the SDK's exceptions into ours."""
    if connection.in_atomic_block:
        # Django's own check of durability tells a test's transaction from one of ours.
        with transaction.atomic(durable=True):
            pass
    if not settings.STRIPE_API_KEY:
        raise Misconfigured("STRIPE_API_KEY is not set, so nothing can be paid out")
    try:
        yield _client(settings.STRIPE_API_KEY, settings.STRIPE_API_BASE)
    except stripe.RateLimitError as error:
        raise RateLimited(_message(error), error.code or "rate_limit") from error
    except stripe.APIConnectionError as error:
        raise Unreachable(_message(error), "unreachable") from error
    except (stripe.AuthenticationError, stripe.PermissionError) as error:
        raise Misconfigured(_message(error), error.code or "key_refused") from error
    except (stripe.InvalidRequestError, stripe.CardError) as error:
        raise Declined(_message(error), error.code or "") from error
    except stripe.StripeError as error:
        # A conflicting or reused key stands here too: the first request under it may have worked.
        raise ServerFault(_message(error), error.code or "server_fault") from error


def _message(error: stripe.StripeError) -> str:
    return str(error.user_message or error)


def create_account(*, party: str, country: str, email: str = "") -> AccountStatus:
    """Open a recipient account that takes transfers and pays out only when we say so."""
    params: AccountCreateParams = {
        "country": country,
        "controller": {
            "fees": {"payer": "application"},
            "losses": {"payments": "application"},
            "requirement_collection": "stripe",
            "stripe_dashboard": {"type": "express"},
        },
        "capabilities": {"transfers": {"requested": True}},
        "settings": {"payouts": {"schedule": {"interval": "manual"}}},
        "metadata": {"party": party},
    }
    if email:
        params["email"] = email
    with _stripe() as client:
        account = client.v1.accounts.create(params, {"idempotency_key": f"recipient-{party}"})
    return _account_status(account)


def retrieve_account(account_id: str) -> AccountStatus:
    """Ask what a recipient's account may do now."""
    with _stripe() as client:
        return _account_status(client.v1.accounts.retrieve(account_id))


def onboarding_link(account_id: str, *, refresh_url: str, return_url: str) -> str:
    """Return a single-use address where the recipient gives Stripe bank and identity details."""
    with _stripe() as client:
        link = client.v1.account_links.create(
            {
                "account": account_id,
                "type": "account_onboarding",
                "refresh_url": refresh_url,
                "return_url": return_url,
            }
        )
    return link.url


def create_transfer(order: PayoutOrder) -> str:
    """Move money from our balance to the recipient's; returns the transfer's id."""
    with _stripe() as client:
        transfer = client.v1.transfers.create(
            {
                "amount": order.amount_minor,
                "currency": order.currency.lower(),
                "destination": order.account_id,
                "transfer_group": order.key("group"),
                "metadata": order.metadata,
            },
            {"idempotency_key": order.key("transfer")},
        )
    return transfer.id


def create_payout(order: PayoutOrder) -> PayoutStatus:
    """Send money from the recipient's Stripe balance to its bank."""
    with _stripe() as client:
        payout = client.v1.payouts.create(
            {
                "amount": order.amount_minor,
                "currency": order.currency.lower(),
                "metadata": order.metadata,
            },
            {"idempotency_key": order.key("payout"), "stripe_account": order.account_id},
        )
    return _payout_status(payout)


def reverse_transfer(order: PayoutOrder, transfer_id: str) -> str:
    """Take a transfer back after its payout failed; returns the reversal's id."""
    with _stripe() as client:
        reversal = client.v1.transfers.reversals.create(
            transfer_id,
            {"amount": order.amount_minor, "metadata": order.metadata},
            {"idempotency_key": order.key("reversal")},
        )
    return reversal.id


def find_transfer(order: PayoutOrder) -> str | None:
    """Look for this attempt's transfer when its key may be older than Stripe remembers keys."""
    with _stripe() as client:
        found = client.v1.transfers.list({"transfer_group": order.key("group"), "limit": 1})
    return found.data[0].id if found.data else None


def find_payout(order: PayoutOrder) -> PayoutStatus | None:
    """Look through the recipient's newest hundred payouts for this attempt's."""
    with _stripe() as client:
        found = client.v1.payouts.list({"limit": 100}, {"stripe_account": order.account_id})
    for payout in found.data:
        if _plain(payout).get("metadata") == order.metadata:
            return _payout_status(payout)
    return None


def retrieve_payout(account_id: str, payout_id: str) -> PayoutStatus:
    """Ask how far a payout is."""
    with _stripe() as client:
        payout = client.v1.payouts.retrieve(payout_id, {}, {"stripe_account": account_id})
    return _payout_status(payout)


def retrieve_transfer_minor(transfer_id: str) -> int:
    """Return what a transfer moved less what was taken back, in minor units."""
    with _stripe() as client:
        transfer = client.v1.transfers.retrieve(transfer_id)
    return transfer.amount - transfer.amount_reversed


def verified_event(payload: bytes, signature: str) -> Mapping[str, Any]:
    """Return an event as plain data if Stripe signed exactly these bytes; raises `BadSignature`."""
    try:
        event = stripe.Webhook.construct_event(
            payload, signature, settings.STRIPE_WEBHOOK_SECRET or None
        )
    except stripe.SignatureVerificationError as error:
        raise BadSignature(_message(error)) from error
    except ValueError as error:
        raise BadSignature("the body is not a Stripe event") from error
    return _plain(event)


def _plain(value: stripe.StripeObject) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(str(value))
    return plain


def account_status(account: Mapping[str, Any]) -> AccountStatus:
    """Read an account as Stripe prints it, in an answer or in an event."""
    return AccountStatus(
        account_id=account["id"],
        payouts_enabled=bool(account.get("payouts_enabled")),
        transfers_active=(account.get("capabilities") or {}).get("transfers") == "active",
        requirements=tuple((account.get("requirements") or {}).get("currently_due") or ()),
        country=account.get("country") or "",
        default_currency=(account.get("default_currency") or "").upper(),
    )


def _account_status(account: stripe.Account) -> AccountStatus:
    return account_status(_plain(account))


def _payout_status(payout: stripe.Payout) -> PayoutStatus:
    return PayoutStatus(
        payout_id=payout.id,
        status=payout.status,
        failure_code=payout.failure_code or "",
        failure_message=payout.failure_message or "",
    )
