"""Dashboard addresses of usage reports."""

from django.urls import path

from licensing.usage import views, writing
from licensing.usage.matching import views as matching

urlpatterns = [
    path("matching/", matching.matching, name="matching"),
    path("matching/decide/", matching.decide, name="matching-decide"),
    path("matching/<str:public_id>/", matching.unmatched, name="unmatched"),
    path("matching/<str:public_id>/progress/", matching.progress, name="unmatched-progress"),
    path("matching/<str:public_id>/undo/", matching.undo, name="matching-undo"),
    path("reports/", views.reports, name="reports"),
    path("reports/new/", writing.new_report, name="new-report"),
    path("reports/<str:public_id>/", views.report, name="report"),
    path("reports/<str:public_id>/progress/", views.progress, name="report-progress"),
    path("reports/<str:public_id>/lines.csv", views.lines, name="report-lines"),
    path("reports/<str:public_id>/original/", views.original, name="report-original"),
]
