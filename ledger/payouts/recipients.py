"""A payee's account at Stripe: opened once, onboarded on Stripe's pages, asked after by us."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from ledger.payouts import gateway
from ledger.payouts.errors import RecipientNotReady
from ledger.payouts.gateway import AccountStatus
from ledger.payouts.models import Recipient


def enrol(
    *, party: str, country: str, email: str = "", snapshot: Mapping[str, Any] | None = None
) -> Recipient:
    """Open a party's account if it has none; safe to repeat, one account per party.

    Calls Stripe, so never inside a transaction. Raises `gateway.GatewayError`.
    """
    recipient, _ = Recipient.objects.get_or_create(
        party=party, defaults={"snapshot": dict(snapshot or {})}
    )
    if recipient.stripe_account_id:
        return recipient
    return _record(party, gateway.create_account(party=party, country=country, email=email))


def onboarding_url(*, party: str, refresh_url: str, return_url: str) -> str:
    """Return where a party gives Stripe its details; good once and for minutes, so never kept.

    Calls Stripe. Raises `RecipientNotReady` before `enrol`, and `gateway.GatewayError`.
    """
    account_id = (
        Recipient.objects.filter(party=party).values_list("stripe_account_id", flat=True).first()
    )
    if not account_id:
        raise RecipientNotReady(f"{party} has no payout account yet")
    return gateway.onboarding_link(account_id, refresh_url=refresh_url, return_url=return_url)


def refresh(recipient_id: int) -> Recipient:
    """Ask Stripe what an account may do now; events only tell us that it is time to ask."""
    recipient = Recipient.objects.get(pk=recipient_id)
    if not recipient.stripe_account_id:
        return recipient
    return _record(recipient.party, gateway.retrieve_account(recipient.stripe_account_id))


@transaction.atomic
def _record(party: str, status: AccountStatus) -> Recipient:
    recipient = Recipient.objects.select_for_update().get(party=party)
    recipient.stripe_account_id = status.account_id
    recipient.payouts_enabled = status.payouts_enabled
    recipient.transfers_active = status.transfers_active
    recipient.requirements = list(status.requirements)
    recipient.country = status.country
    recipient.default_currency = status.default_currency
    recipient.checked_at = timezone.now()
    recipient.save()
    return recipient
