"""Dashboard addresses of periods, runs and statements."""

from django.urls import path

from licensing.royalties import views, views_periods, views_runs, views_suspense, views_works
from licensing.royalties.agencies import views as agencies
from licensing.royalties.indices import views as indices

urlpatterns = [
    path("periods/", views_periods.periods, name="periods"),
    path("periods/close/", views_periods.close, name="period-close"),
    path("periods/close-ready/", views_periods.close_ready, name="periods-close-ready"),
    path("periods/suspense/", views_suspense.suspense, name="suspense"),
    path("periods/index-readings/", indices.readings, name="index-readings"),
    path("periods/index-readings/enter/", indices.enter, name="index-reading-enter"),
    path("periods/<str:public_id>/", views_periods.period, name="period"),
    path(
        "periods/<str:public_id>/progress/", views_periods.period_progress, name="period-progress"
    ),
    path("statements/runs/<str:public_id>/", views_runs.run, name="run"),
    path("statements/runs/<str:public_id>/progress/", views_runs.run_progress, name="run-progress"),
    path("statements/runs/<str:public_id>/approve/", views_runs.approve, name="run-approve"),
    path("statements/runs/<str:public_id>/reopen/", views_runs.reopen, name="run-reopen"),
    path("statements/runs/<str:public_id>/issue/", views_runs.issue, name="run-issue"),
    path("statements/", views.statements, name="statements"),
    path("statements/agents/", agencies.agencies, name="agencies"),
    path("statements/agents/appoint/", agencies.appoint, name="agency-appoint"),
    path("statements/agents/<str:public_id>/end/", agencies.end, name="agency-end"),
    path("statements/<str:public_id>/", views.statement, name="statement"),
    path("statements/<str:public_id>/lines/<int:number>/", views.why, name="statement-why"),
    path(
        "statements/<str:public_id>/lines/<int:number>/usage.csv",
        views.usage_csv,
        name="statement-usage",
    ),
    path("statements/<str:public_id>/works/", views_works.works, name="statement-works"),
    path(
        "statements/<str:public_id>/files/<str:name>", views.statement_file, name="statement-file"
    ),
    path(
        "statements/<str:public_id>/statement.<str:language>.pdf",
        views.statement_pdf,
        name="statement-pdf",
    ),
    path("statements/<str:public_id>/dispute/", views.dispute, name="statement-dispute"),
    path("statements/<str:public_id>/answer/", views.answer, name="statement-answer"),
    path("statements/<str:public_id>/hold/", views_runs.hold, name="statement-hold"),
    path("statements/<str:public_id>/release/", views_runs.release, name="statement-release"),
]
