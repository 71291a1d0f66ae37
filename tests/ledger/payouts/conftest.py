"""A double of Stripe for each test, served over HTTP to the real SDK, and jobs run by hand."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from config import jobs
from ledger.payouts import recipients
from ledger.payouts.models import Recipient
from tests.doubles.stripe.double import StripeDouble
from tests.doubles.stripe.server import running
from tests.ledger.payouts.scene import PAYEE, SECRET, Queue, earn


@pytest.fixture
def stripe_double(settings: Settings) -> Iterator[StripeDouble]:
    double = StripeDouble(webhook_secret=SECRET)
    double.control({"payouts": "hold"})
    with running(double) as server:
        settings.STRIPE_API_KEY = "sk_test_kyodaku"
        settings.STRIPE_API_BASE = server.url
        settings.STRIPE_WEBHOOK_SECRET = SECRET
        yield double


@pytest.fixture
def queue(monkeypatch: pytest.MonkeyPatch) -> Queue:
    """Every message of the test, in place of a broker."""
    queue = Queue()
    monkeypatch.setattr(jobs, "send", queue.take)
    return queue


@pytest.fixture
def payee(db: None, stripe_double: StripeDouble, queue: Queue) -> Recipient:
    """Make a verified recipient that can be paid 100,000 yen."""
    del db, queue
    stripe_double.control({"onboarding": "immediate"})
    recipient = recipients.enrol(party=PAYEE, country="JP", snapshot={"name": "Quill Press"})
    earn(100_000)
    return recipient
