"""The API address of permissions."""

from django.urls import path

from licensing.permissions import api

urlpatterns = [path("permissions", api.PermissionView.as_view(), name="api-permissions")]
