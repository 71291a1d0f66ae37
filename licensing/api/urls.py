"""Addresses of the API's description and its pages, which are served without any outside host."""

from csp.decorators import csp_update
from django.urls import path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from licensing.api.fallbacks import NoSuchEndpoint

docs = SpectacularSwaggerSplitView.as_view(url_name="api-schema")

urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(), name="api-schema"),
    # Swagger's page styles itself with style attributes, which only this page allows.
    path("docs/", csp_update({"style-src": ["'unsafe-inline'"]})(docs), name="api-docs"),
    # Last of everything below /api/.
    re_path("", NoSuchEndpoint.as_view()),
]
