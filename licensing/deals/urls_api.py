"""API addresses of deals and licences."""

from django.urls import path

from licensing.deals import api, redline_api

urlpatterns = [
    path("deals", api.DealList.as_view(), name="api-deals"),
    path("deals/<str:public_id>", api.DealDetail.as_view(), name="api-deal"),
    path("deals/<str:public_id>/offers", api.CounterOffer.as_view(), name="api-deal-counter"),
    path(
        "deals/<str:public_id>/rounds/<int:number>/changes",
        redline_api.Redline.as_view(),
        name="api-deal-redline",
    ),
    path("deals/<str:public_id>/accept", api.AcceptOffer.as_view(), name="api-deal-accept"),
    path("deals/<str:public_id>/decline", api.DeclineOffer.as_view(), name="api-deal-decline"),
    path("deals/<str:public_id>/withdraw", api.WithdrawOffer.as_view(), name="api-deal-withdraw"),
    path("deals/<str:public_id>/reference", api.SetReference.as_view(), name="api-deal-reference"),
    path("deals/<str:public_id>/sign", api.SignDeal.as_view(), name="api-deal-sign"),
    path("licences", api.LicenceList.as_view(), name="api-licences"),
    path("licences/<str:public_id>", api.LicenceDetail.as_view(), name="api-licence"),
]
