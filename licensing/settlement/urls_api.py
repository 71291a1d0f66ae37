"""API addresses of invoices, payouts and documents."""

from django.urls import path

from licensing.settlement import api

urlpatterns = [
    path("invoices", api.InvoiceList.as_view(), name="api-invoices"),
    path("invoices/<str:public_id>", api.InvoiceDetail.as_view(), name="api-invoice"),
    path(
        "invoices/<str:public_id>/payments",
        api.InvoicePayments.as_view(),
        name="api-invoice-payments",
    ),
    path("payouts", api.PayoutList.as_view(), name="api-payouts"),
    path("payout-runs", api.PayoutRuns.as_view(), name="api-payout-runs"),
    path("documents", api.DocumentList.as_view(), name="api-documents"),
    path("documents/<str:public_id>/file", api.DocumentFile.as_view(), name="api-document-file"),
]
