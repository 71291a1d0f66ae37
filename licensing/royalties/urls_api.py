"""API addresses of periods, charges, runs and statements."""

from django.urls import path

from licensing.royalties import api, quotes_api
from licensing.royalties.agencies import api as agencies
from licensing.royalties.indices import api as indices

urlpatterns = [
    path("quotes", quotes_api.Quotes.as_view(), name="api-quotes"),
    path("agencies", agencies.AgencyList.as_view(), name="api-agencies"),
    path("agencies/<str:public_id>/end", agencies.AgencyEnding.as_view(), name="api-agency-end"),
    path("index-readings", indices.IndexReadingList.as_view(), name="api-index-readings"),
    path("periods", api.PeriodList.as_view(), name="api-periods"),
    path("periods/<str:public_id>", api.PeriodDetail.as_view(), name="api-period"),
    path("periods/<str:public_id>/close", api.ClosePeriod.as_view(), name="api-period-close"),
    path("charges", api.ChargeList.as_view(), name="api-charges"),
    path("runs", api.RunList.as_view(), name="api-runs"),
    path("runs/<str:public_id>", api.RunDetail.as_view(), name="api-run"),
    path("runs/<str:public_id>/statements", api.RunStatements.as_view(), name="api-run-statements"),
    path("runs/<str:public_id>/approve", api.ApproveRun.as_view(), name="api-run-approve"),
    path("runs/<str:public_id>/issue", api.IssueRun.as_view(), name="api-run-issue"),
    path("statements", api.StatementList.as_view(), name="api-statements"),
    path("statements/<str:public_id>", api.StatementDetail.as_view(), name="api-statement"),
    path(
        "statements/<str:public_id>/files/<str:name>",
        api.StatementFile.as_view(),
        name="api-statement-file",
    ),
    path(
        "statements/<str:public_id>/lines/<int:number>/usage.csv",
        api.StatementUsage.as_view(),
        name="api-statement-usage",
    ),
    path(
        "statements/<str:public_id>/explain",
        api.StatementExplain.as_view(),
        name="api-statement-explain",
    ),
]
