"""API addresses of the catalogue."""

from django.urls import path

from licensing.catalogue import api, api_acts, api_imports

urlpatterns = [
    path("works", api.WorkList.as_view(), name="api-works"),
    path("works/<str:public_id>", api.WorkDetail.as_view(), name="api-work"),
    path(
        "works/<str:public_id>/identifiers",
        api.WorkIdentifiers.as_view(),
        name="api-work-identifiers",
    ),
    path("works/<str:public_id>/shares", api.WorkShares.as_view(), name="api-work-shares"),
    path("works/<str:public_id>/claims", api.WorkClaims.as_view(), name="api-work-claims"),
    path("imports", api_imports.ImportList.as_view(), name="api-imports"),
    path("imports/<str:public_id>", api_imports.ImportDetail.as_view(), name="api-import"),
    path(
        "imports/<str:public_id>/refused",
        api_imports.ImportRefused.as_view(),
        name="api-import-refused",
    ),
    path("mandates", api_acts.MandateList.as_view(), name="api-mandates"),
    path("mandates/<str:public_id>/end", api_acts.MandateEnding.as_view(), name="api-mandate-end"),
    path("reservations", api_acts.ReservationList.as_view(), name="api-reservations"),
    path(
        "reservations/<str:public_id>/lift",
        api_acts.ReservationLifting.as_view(),
        name="api-reservation-lift",
    ),
]
