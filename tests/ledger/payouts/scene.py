"""The world of the payout tests: one payee, yen, and the shortest way to each situation."""

import json
import time
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from celery import current_app
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client

from ledger import posting, recipes
from ledger.balances import balance_minor
from ledger.journal import AccountRef, Purpose
from ledger.models import Entry
from ledger.payouts import services
from ledger.payouts.models import Payout
from tests.doubles.stripe.double import StripeDouble
from tests.doubles.stripe.webhooks import signature

SECRET = "whsec_test"
PAYEE = "org_quill"
DAY = date(2026, 10, 31)
SNAPSHOT = {
    "payee": {"name": "Quill Press"},
    "operator": {"name": "Kyodaku"},
    "statements": [{"statement": "stm_one", "period": "2026-10", "amount_minor": 30_000}],
    "language": "ja",
}

Booked = list[tuple[str, tuple[tuple[str, int], ...]]]


@dataclass
class Queue:
    """Messages that were sent, waiting for a test to run them."""

    messages: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def take(self, task: str, arguments: dict[str, Any]) -> None:
        """Stand in for `config.jobs.send`."""
        self.messages.append((task, arguments))

    def commit(self) -> None:
        """Send what waits for a commit that a test's own transaction never makes."""
        waiting, connection.run_on_commit = connection.run_on_commit, []
        for on_commit in waiting:
            on_commit[1]()

    def run(self) -> None:
        """Run the payouts' messages, and those that they send, until none is left."""
        self.commit()
        while self.messages:
            name, arguments = self.messages.pop(0)
            if name.startswith("ledger.payouts."):
                current_app.tasks[name](**arguments)
            self.commit()

    def clear(self) -> None:
        """Lose every message, as a broker that is restarted does."""
        self.commit()
        self.messages.clear()

    def names(self) -> list[str]:
        """Return the waiting messages' last names."""
        self.commit()
        return [name.rsplit(".", 1)[1] for name, _ in self.messages]


def earn(amount_minor: int, party: str = PAYEE, key: str = "earned") -> None:
    """Make an amount payable to a party."""
    with transaction.atomic():
        posting.post(
            recipes.earnings_released(
                key=key, payee=party, currency="JPY", effective_on=DAY, amount_minor=amount_minor
            )
        )


def prepared(key: str = "run-1", **changes: Any) -> Payout:
    """Return a payout of 30,000 yen, 3,063 of it withheld: 26,937 to be sent."""
    wanted: dict[str, Any] = {
        "party": PAYEE,
        "currency": "JPY",
        "amount_minor": 30_000,
        "withholding_minor": 3_063,
        "jurisdiction": "JP",
        "causes": ["stm_one"],
        "key": key,
        "snapshot": SNAPSHOT,
        "due_on": DAY,
    }
    return services.prepare(**(wanted | changes))


def reserved(key: str = "run-1") -> Payout:
    """Return a payout whose money is reserved and whose attempt waits to be sent."""
    return services.reserve(payout_id=prepared(key).pk, by="usr_finance", on=DAY)


def journal() -> Booked:
    """Return what is booked after the payee's earnings: cause and legs of each entry, in order."""
    entries = Entry.objects.exclude(cause="earnings_released").order_by("id")
    return [
        (
            entry.cause,
            tuple(
                sorted(
                    (str(leg.account), leg.amount_minor)
                    for leg in entry.postings.select_related("account")
                )
            ),
        )
        for entry in entries
    ]


# Gross 30,000 = 26,937 sent + 3,063 withheld.
RESERVED = (
    "payout_reserved",
    (
        ("in_transit:stripe:JPY", -26_937),
        ("payable:org_quill:JPY", 30_000),
        ("withholding:JP:JPY", -3_063),
    ),
)
PAID = ("payout_paid", (("cash:stripe:JPY", -26_937), ("in_transit:stripe:JPY", 26_937)))
FAILED = ("payout_failed", tuple((account, -amount) for account, amount in RESERVED[1]))
RETURNED = (
    "payout_returned",
    (
        ("cash:stripe:JPY", 26_937),
        ("payable:org_quill:JPY", -30_000),
        ("withholding:JP:JPY", 3_063),
    ),
)


def payable() -> int:
    """Return what the payee can still be paid."""
    return balance_minor(AccountRef(Purpose.PAYABLE, PAYEE, "JPY"))


def settle(double: StripeDouble, end: str) -> dict[str, Any]:
    """Let the newest payout at the double end and return the event about it."""
    newest = double.state()["payouts"][-1]
    double.control({"settle": {newest["id"]: end}})
    event: dict[str, Any] = double.state()["events"][-1]
    return event


def deliver(event: dict[str, Any], *, secret: str = SECRET) -> HttpResponse:
    """Post an event to the webhook as Stripe does."""
    payload = json.dumps(event).encode()
    response: Any = Client().post(
        "/webhooks/stripe/",
        payload,
        content_type="application/json",
        headers={"Stripe-Signature": signature(payload, secret, int(time.time()))},
    )
    found: HttpResponse = response
    return found
