"""Mounts the dashboard, the API and the webhooks."""

from django.urls import include, path

urlpatterns = [
    # First, because whoever reports by the thousand asks these.
    path("api/v1/", include("licensing.catalogue.urls_api")),
    path("api/v1/", include("licensing.deals.urls_api")),
    path("api/v1/", include("licensing.permissions.urls_api")),
    path("api/v1/", include("licensing.usage.urls_api")),
    path("api/v1/", include("licensing.royalties.urls_api")),
    path("api/v1/", include("licensing.settlement.urls_api")),
    path("api/", include("licensing.api.urls")),
    path("", include("licensing.dashboard.urls")),
    path("", include("licensing.catalogue.urls")),
    path("", include("licensing.deals.urls")),
    path("", include("licensing.royalties.urls_simulator")),
    path("", include("licensing.parties.urls")),
    path("", include("licensing.usage.urls")),
    path("", include("licensing.permissions.urls")),
    path("", include("licensing.royalties.urls")),
    path("", include("licensing.settlement.urls")),
    path("accounts/", include("allauth.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("webhooks/stripe/", include("ledger.payouts.urls")),
]

handler400 = "licensing.api.fallbacks.bad_request"
handler500 = "licensing.api.fallbacks.server_error"
