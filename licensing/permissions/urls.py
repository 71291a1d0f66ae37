"""Dashboard address of the question that comes first."""

from django.urls import path

from licensing.permissions import views

urlpatterns = [path("permissions/", views.permissions, name="permissions")]
