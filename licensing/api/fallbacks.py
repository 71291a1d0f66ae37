"""What is answered where no endpoint is: problem documents below ``/api/``, pages elsewhere."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views import defaults
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.views import APIView

from licensing.api import problems

PREFIX = "/api/"


class NoSuchEndpoint(APIView):
    """Answers 404 as a problem document, whatever is asked of an address that is none."""

    authentication_classes = []
    permission_classes = [AllowAny]
    throttle_classes = []
    public_because = "there is nothing here"
    schema = None

    def initial(
        self,
        request: Request,  # noqa: ARG002  # DRF's signature
        *args: Any,  # noqa: ARG002
        **kwargs: Any,  # noqa: ARG002
    ) -> None:
        """Refuse before the method is looked at."""
        raise Http404


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request that Django could not read."""
    if request.path.startswith(PREFIX):
        return _problem(request, 400, "malformed", "The request cannot be read.")
    return defaults.bad_request(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer what nobody foresaw; the request's id leads to the log."""
    if request.path.startswith(PREFIX):
        detail = "Something went wrong here. Try again later, or tell us the request_id."
        return _problem(request, 500, "internal_error", detail)
    return defaults.server_error(request)


def _problem(request: HttpRequest, status: int, code: str, detail: str) -> JsonResponse:
    document = problems.document(
        status=status, code=code, detail=detail, request_id=problems.request_id_of(request)
    )
    return JsonResponse(document, status=status, content_type=problems.CONTENT_TYPE)
