"""Dashboard addresses of invoices, payouts, documents, the journal and jobs."""

from django.urls import path

from licensing.settlement import views, views_jobs, views_journal, views_payouts

urlpatterns = [
    path("invoices/", views.invoices, name="invoices"),
    path("invoices/<str:public_id>/", views.invoice, name="invoice"),
    path("invoices/<str:public_id>/payments/", views.record_payment, name="invoice-payment"),
    path("documents/<str:public_id>/", views.document, name="document"),
    path("documents/<str:public_id>/retry/", views.retry_document, name="document-retry"),
    path("payouts/", views_payouts.payouts, name="payouts"),
    path("payouts/run/", views_payouts.payout_run, name="payout-run"),
    path("payouts/account/", views_payouts.account, name="payout-account"),
    path("payouts/account/open/", views_payouts.open_account, name="payout-account-open"),
    path("payouts/account/onboarding/", views_payouts.onboarding, name="payout-onboarding"),
    path("payouts/<str:public_id>/", views_payouts.payout, name="payout"),
    path("payouts/<str:public_id>/hold/", views_payouts.hold, name="payout-hold"),
    path("payouts/<str:public_id>/release/", views_payouts.release, name="payout-release"),
    path("payouts/<str:public_id>/retry/", views_payouts.retry, name="payout-retry"),
    path("payouts/<str:public_id>/reserve/", views_payouts.reserve, name="payout-reserve"),
    path("payouts/<str:public_id>/cancel/", views_payouts.cancel, name="payout-cancel"),
    path("journal/", views_journal.journal, name="journal"),
    path("journal/balance/", views_journal.trial_balance, name="trial-balance"),
    path("journal/account/", views_journal.account, name="journal-account"),
    path("journal/journal.<str:kind>", views_journal.export, name="journal-export"),
    path("journal/<int:pk>/", views_journal.entry, name="entry"),
    path("jobs/", views_jobs.jobs, name="jobs"),
]
