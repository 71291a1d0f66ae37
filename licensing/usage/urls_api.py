"""API addresses of usage reports and uploads."""

from django.urls import path

from licensing.usage import api
from licensing.usage.matching import api as matching
from licensing.usage.notices import api as notices

urlpatterns = [
    path("notices", notices.NoticeList.as_view(), name="api-notices"),
    path("notices/<str:public_id>", notices.NoticeDetail.as_view(), name="api-notice"),
    path(
        "notices/<str:public_id>/withdraw",
        notices.WithdrawNotice.as_view(),
        name="api-notice-withdraw",
    ),
    path("unmatched", matching.UnmatchedList.as_view(), name="api-unmatched"),
    path(
        "unmatched/<str:public_id>",
        matching.UnmatchedDetail.as_view(),
        name="api-unmatched-one",
    ),
    path("match-decisions", matching.DecisionList.as_view(), name="api-match-decisions"),
    path(
        "match-decisions/<str:public_id>/undo",
        matching.UndoDecision.as_view(),
        name="api-match-decision-undo",
    ),
    path("reports", api.ReportList.as_view(), name="api-reports"),
    path("reports/<str:public_id>", api.ReportDetail.as_view(), name="api-report"),
    path("reports/<str:public_id>/lines", api.ReportLines.as_view(), name="api-report-lines"),
    path(
        "reports/<str:public_id>/original",
        api.ReportOriginal.as_view(),
        name="api-report-original",
    ),
    path("uploads", api.UploadList.as_view(), name="api-uploads"),
    path("uploads/<str:public_id>", api.UploadDetail.as_view(), name="api-upload"),
    path(
        "uploads/<str:public_id>/parts/<int:number>",
        api.UploadPartDetail.as_view(),
        name="api-upload-part",
    ),
    path(
        "uploads/<str:public_id>/parts/<int:number>/address",
        api.UploadPartAddress.as_view(),
        name="api-upload-part-address",
    ),
    path(
        "uploads/<str:public_id>/complete",
        api.CompleteUpload.as_view(),
        name="api-upload-complete",
    ),
]
