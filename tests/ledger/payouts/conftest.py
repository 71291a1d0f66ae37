"""A double of Stripe for each test, served over HTTP to the real SDK."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from tests.doubles.stripe.double import StripeDouble
from tests.doubles.stripe.server import running

SECRET = "whsec_test"


@pytest.fixture
def stripe_double(settings: Settings) -> Iterator[StripeDouble]:
    double = StripeDouble(webhook_secret=SECRET)
    double.control({"payouts": "hold"})
    with running(double) as server:
        settings.STRIPE_API_KEY = "sk_test_kyodaku"
        settings.STRIPE_API_BASE = server.url
        settings.STRIPE_WEBHOOK_SECRET = SECRET
        yield double
