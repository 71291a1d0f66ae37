"""Mounted at ``/webhooks/stripe/``."""

from django.urls import path

from ledger.payouts.webhooks import stripe_webhook

urlpatterns = [path("", stripe_webhook, name="stripe_webhook")]
