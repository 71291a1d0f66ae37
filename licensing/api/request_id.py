"""Gives each request an id that its log lines, its answer and its problem document share."""

import secrets
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponseBase

HEADER = "X-Request-Id"


class RequestIdMiddleware:
    """Makes the id here: one sent from outside could be made to collide with another's."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Bind the id for the length of the request."""
        request_id = f"req_{secrets.token_hex(8)}"
        request.META["kyodaku.request_id"] = request_id
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            response = self.get_response(request)
        response[HEADER] = request_id
        return response
