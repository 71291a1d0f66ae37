"""Addresses of the catalogue's pages."""

from django.urls import path

from licensing.catalogue import views, views_acts, views_contests, views_imports

urlpatterns = [
    path("works/", views.works, name="works"),
    path("works/import/", views_imports.imports, name="imports"),
    path("works/import/<str:public_id>/", views_imports.import_detail, name="import"),
    path(
        "works/import/<str:public_id>/progress/",
        views_imports.import_progress,
        name="import-progress",
    ),
    path(
        "works/import/<str:public_id>/refused/", views_imports.import_refused, name="import-refused"
    ),
    path("works/contested/", views_contests.contested_works, name="contested-works"),
    path("works/mandates/", views_acts.mandates, name="mandates"),
    path("works/mandates/give/", views_acts.give_mandate, name="mandate-give"),
    path("works/mandates/<str:public_id>/end/", views_acts.end_mandate, name="mandate-end"),
    path("works/reservations/", views_acts.reservations, name="reservations"),
    path("works/reservations/make/", views_acts.reserve, name="reserve"),
    path("works/reservations/<str:public_id>/lift/", views_acts.lift, name="reservation-lift"),
    path("works/<str:public_id>/", views.work, name="work"),
    path("works/<str:public_id>/identifiers/", views.add_identifier, name="work-identifier"),
    path("works/<str:public_id>/shares/", views.set_shares, name="work-shares"),
    path("works/<str:public_id>/claims/", views_contests.claim, name="work-claim"),
]
