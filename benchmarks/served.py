"""The addresses of the project with one more, which does nothing but know who asks."""

from django.urls import include, path
from rest_framework.request import Request
from rest_framework.response import Response

from licensing.api.auth import scope
from licensing.api.views import ApiView


class Nothing(ApiView):
    """Answer an authenticated POST with nothing."""

    permission_classes = [scope(post="usage:write")]

    def post(self, request: Request) -> Response:
        """Read the body, as a parser would have to, and leave it."""
        return Response({"bytes": len(request.body)})


urlpatterns = [
    path("api/v1/nothing", Nothing.as_view()),
    path("", include("config.urls")),
]
