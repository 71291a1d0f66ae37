"""What the double remembers: accounts, transfers, payouts, events and answered keys.

Everything is plain JSON, so that a demo's second start can go on where the first one ended. The
platform's own balance has no bottom; a connected account's has.
"""

import json
import secrets
import time
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from stripe._api_version import _ApiVersion

API_VERSION: str = _ApiVersion.CURRENT
NEEDED = ["business_profile.url", "external_account", "tos_acceptance.date"]

Thing = dict[str, Any]


class Refused(Exception):
    """A request the server understands and does not carry out."""

    def __init__(self, message: str, code: str, param: str = "", status: int = 400) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.param = param
        self.status = status


class World:
    """The state and its rules; whoever calls holds the server's lock."""

    def __init__(self, tell: Callable[[Thing], None], file: Path | None = None) -> None:
        self.tell = tell
        self.file = file
        self.things: dict[str, dict[str, Thing]] = {
            kind: {} for kind in ("accounts", "links", "transfers", "payouts", "events", "answers")
        }
        self.counts: Counter[str] = Counter()
        self.mark = secrets.token_hex(5)
        self.payouts_end: str = "pay"
        self.onboarding: str = "form"
        if file and file.exists():
            stored = json.loads(file.read_text())
            self.things, self.counts = stored["things"], Counter(stored["counts"])
            self.mark = stored["mark"]

    def save(self) -> None:
        """Write everything to the file, if there is one, so that a crash leaves old or new."""
        if self.file:
            draft = self.file.with_suffix(".new")
            kept = {"things": self.things, "counts": self.counts, "mark": self.mark}
            draft.write_text(json.dumps(kept))
            draft.replace(self.file)

    def new_id(self, prefix: str) -> str:
        """Return the next id of a kind; no other world has it, even after a start from nothing."""
        self.counts[prefix] += 1
        return f"{prefix}_{self.mark}{self.counts[prefix]:06d}"

    def find(self, kind: str, thing_id: str, account: str = "") -> Thing:
        """Return one object; one of another connected account does not exist for this one."""
        thing = self.things[kind].get(thing_id)
        if thing is None or (account and thing.get("_account", account) != account):
            raise Refused(f"No such {kind[:-1]}: '{thing_id}'", "resource_missing", "id", 404)
        return thing

    def happened(self, kind: str, thing: Thing, account: str) -> Thing:
        """Record an event about a connected account's object and tell it."""
        event: Thing = {
            "id": self.new_id("evt"),
            "object": "event",
            "account": account,
            "api_version": API_VERSION,
            "created": int(time.time()),
            "data": {"object": printed(thing)},
            "livemode": False,
            "pending_webhooks": 1,
            "request": {"id": None, "idempotency_key": None},
            "type": kind,
        }
        self.things["events"][event["id"]] = event
        self.tell(event)
        return event

    def create_account(self, params: Thing) -> Thing:
        """Open an account that can do nothing until it is onboarded."""
        account: Thing = {
            "id": self.new_id("acct"),
            "object": "account",
            "created": int(time.time()),
            "country": params.get("country", "US"),
            "default_currency": params.get("default_currency"),
            "email": params.get("email"),
            "controller": params.get("controller", {}),
            "capabilities": dict.fromkeys(params.get("capabilities", {}), "inactive"),
            "settings": params.get("settings", {}),
            "metadata": params.get("metadata", {}),
            "charges_enabled": False,
            "details_submitted": False,
            "payouts_enabled": False,
            "requirements": {
                "currently_due": list(NEEDED),
                "disabled_reason": "requirements.past_due",
            },
            "_balance": {},
        }
        self.things["accounts"][account["id"]] = account
        if self.onboarding == "immediate":
            self.onboard(account["id"])
        return account

    def onboard(self, account_id: str) -> Thing:
        """Take the recipient's details as complete."""
        account = self.find("accounts", account_id)
        account["capabilities"] = dict.fromkeys(account["capabilities"], "active")
        account["details_submitted"] = account["payouts_enabled"] = True
        account["requirements"] = {"currently_due": [], "disabled_reason": None}
        currencies = {"JP": "jpy", "GB": "gbp", "US": "usd", "CA": "cad"}
        account["default_currency"] = currencies.get(account["country"], "eur")
        self.happened("account.updated", account, account_id)
        return account

    def restrict(self, account_id: str, requirement: str) -> Thing:
        """Ask an account for something more and stop its payouts until it comes."""
        account = self.find("accounts", account_id)
        account["payouts_enabled"] = False
        account["requirements"] = {"currently_due": [requirement], "disabled_reason": "listed"}
        self.happened("account.updated", account, account_id)
        return account

    def create_link(self, params: Thing, base: str) -> Thing:
        """Give an address of the onboarding page, good for one submission."""
        self.find("accounts", params["account"])
        link = {"id": self.new_id("link"), "_account": params["account"], "_spent": False}
        link |= {"_return": params.get("return_url"), "_refresh": params.get("refresh_url")}
        self.things["links"][link["id"]] = link
        now = int(time.time())
        return {
            "object": "account_link",
            "created": now,
            "expires_at": now + 300,
            "url": f"{base}/onboard/{link['id']}",
        }

    def create_transfer(self, params: Thing) -> Thing:
        """Move money to a connected account that may take transfers."""
        amount = positive(params)
        account = self.find("accounts", params["destination"])
        if account["capabilities"].get("transfers") != "active":
            raise Refused(
                "Your destination account needs to have at least one of the following "
                "capabilities enabled: transfers",
                "insufficient_capabilities_for_transfer",
            )
        self._add(account, params["currency"], amount)
        transfer: Thing = {
            "id": self.new_id("tr"),
            "object": "transfer",
            "amount": amount,
            "amount_reversed": 0,
            "created": int(time.time()),
            "currency": params["currency"],
            "destination": params["destination"],
            "livemode": False,
            "metadata": params.get("metadata", {}),
            "reversed": False,
            "transfer_group": params.get("transfer_group"),
        }
        self.things["transfers"][transfer["id"]] = transfer
        return transfer

    def reverse_transfer(self, transfer_id: str, params: Thing) -> Thing:
        """Take back a transfer, or part of it, from the connected account's balance."""
        transfer = self.find("transfers", transfer_id)
        left = transfer["amount"] - transfer["amount_reversed"]
        amount = positive({"amount": params.get("amount", left)})
        if amount > left:
            raise Refused("The reversal is above what is left of the transfer", "amount_too_large")
        account = self.find("accounts", transfer["destination"])
        self._add(account, transfer["currency"], -amount)
        transfer["amount_reversed"] += amount
        transfer["reversed"] = amount == left
        return {
            "id": self.new_id("trr"),
            "object": "transfer_reversal",
            "amount": amount,
            "created": int(time.time()),
            "currency": transfer["currency"],
            "metadata": params.get("metadata", {}),
            "transfer": transfer_id,
        }

    def create_payout(self, params: Thing, account_id: str) -> Thing:
        """Send part of a connected account's balance on its way to a bank."""
        amount = positive(params)
        account = self.find("accounts", account_id)
        if not account["payouts_enabled"]:
            raise Refused("Payouts are not enabled on this account", "payouts_not_allowed")
        self._add(account, params["currency"], -amount)
        payout: Thing = {
            "id": self.new_id("po"),
            "object": "payout",
            "amount": amount,
            "arrival_date": int(time.time()) + 86_400,
            "automatic": False,
            "created": int(time.time()),
            "currency": params["currency"],
            "failure_code": None,
            "failure_message": None,
            "livemode": False,
            "metadata": params.get("metadata", {}),
            "method": "standard",
            "status": "in_transit",
            "type": "bank_account",
            "_account": account_id,
        }
        self.things["payouts"][payout["id"]] = payout
        return payout

    def settle(self, payout_id: str, end: str) -> Thing:
        """Let a payout arrive or fail; one that arrived may still come back, and money with it."""
        payout = self.find("payouts", payout_id)
        if payout["status"] == end or payout["status"] == "failed":
            return payout
        payout["status"] = end
        if end == "failed":
            payout["failure_code"] = "account_closed"
            payout["failure_message"] = "The bank account has been closed"
            account = self.find("accounts", payout["_account"])
            self._add(account, payout["currency"], payout["amount"])
        self.happened(f"payout.{end}", payout, payout["_account"])
        return payout

    def balance(self, account_id: str) -> Thing:
        """Return a connected account's balance, or the platform's, which is as large as needed."""
        held = self.find("accounts", account_id)["_balance"] if account_id else {"usd": 10**15}
        available = [{"amount": minor, "currency": code} for code, minor in sorted(held.items())]
        return {"object": "balance", "available": available, "pending": [], "livemode": False}

    def _add(self, account: Thing, currency: str, amount: int) -> None:
        if currency != currency.lower() or len(currency) != 3:
            raise Refused(f"Invalid currency: {currency}", "invalid_currency", "currency")
        after = account["_balance"].get(currency, 0) + amount
        if after < 0:
            raise Refused(
                "You have insufficient funds in your Stripe account", "balance_insufficient"
            )
        account["_balance"][currency] = after


def positive(params: Mapping[str, Any]) -> int:
    """Return the amount; zero, negative and absent ones are refused."""
    amount = params.get("amount")
    if not isinstance(amount, int) or amount <= 0:
        raise Refused("Invalid positive integer", "parameter_invalid_integer", "amount")
    return amount


def printed(thing: Thing) -> Thing:
    """Return an object without what only the double knows."""
    return {name: value for name, value in thing.items() if not name.startswith("_")}
