"""Dashboard addresses of deals."""

from django.urls import path

from licensing.deals import views, writing

urlpatterns = [
    path("deals/", views.deals, name="deals"),
    path("deals/new/", writing.new_deal, name="new-deal"),
    path("deals/<str:public_id>/", views.deal, name="deal"),
    path("deals/<str:public_id>/counter/", writing.counter, name="deal-counter"),
    path("deals/<str:public_id>/accept/", views.accept, name="deal-accept"),
    path("deals/<str:public_id>/decline/", views.decline, name="deal-decline"),
    path("deals/<str:public_id>/withdraw/", views.withdraw, name="deal-withdraw"),
    path("deals/<str:public_id>/reference/", views.reference, name="deal-reference"),
    path("deals/<str:public_id>/sign/", views.sign, name="deal-sign"),
    path(
        "deals/<str:public_id>/agreement.<str:language>.pdf",
        views.agreement_pdf,
        name="deal-agreement",
    ),
]
