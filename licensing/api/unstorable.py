"""Text that PostgreSQL cannot hold is refused at the door, and answered 400 where it slips by."""

from collections.abc import Callable

import structlog
from django.core.exceptions import SuspiciousOperation
from django.db import DataError
from django.http import HttpRequest, HttpResponseBase

from licensing.api import fallbacks

log = structlog.get_logger(__name__)


class UnstorableMiddleware:
    """Refuses a NUL in an address, and what the database says no column can take."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Look at the address before any view does."""
        if "\x00" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            raise SuspiciousOperation("The address holds a NUL.")
        return self.get_response(request)

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponseBase | None:
        """Answer a value that is too long, too large or no text."""
        if not isinstance(exception, DataError):
            return None
        log.warning("value_not_storable", path=request.path, exc_info=exception)
        return fallbacks.bad_request(request, exception)
