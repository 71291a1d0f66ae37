"""Dashboard address of the simulator; it belongs to a deal's page, which lies below royalties."""

from django.urls import path

from licensing.royalties import views_simulator

urlpatterns = [
    path("deals/<str:public_id>/simulator/", views_simulator.simulator, name="deal-simulator"),
]
