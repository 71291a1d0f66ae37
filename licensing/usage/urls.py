"""Dashboard addresses of usage reports."""

from django.urls import path

from licensing.usage import views, writing

urlpatterns = [
    path("reports/", views.reports, name="reports"),
    path("reports/new/", writing.new_report, name="new-report"),
    path("reports/<str:public_id>/", views.report, name="report"),
    path("reports/<str:public_id>/progress/", views.progress, name="report-progress"),
    path("reports/<str:public_id>/lines.csv", views.lines, name="report-lines"),
    path("reports/<str:public_id>/original/", views.original, name="report-original"),
]
