"""Dashboard addresses of usage reports."""

from django.urls import path

from licensing.usage import views, writing
from licensing.usage.matching import views as matching
from licensing.usage.notices import views as notices

urlpatterns = [
    path("notices/", notices.notices, name="notices"),
    path("notices/<str:public_id>/", notices.notice, name="notice"),
    path("notices/<str:public_id>/withdraw/", notices.withdraw, name="notice-withdraw"),
    path("notices/<str:public_id>/<str:language>.pdf", notices.notice_pdf, name="notice-pdf"),
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
