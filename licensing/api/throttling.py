"""Rate limits per organisation, told in the ``RateLimit`` headers of every answer.

The buckets live in Redis, which may forget them; where it cannot be reached requests are let
through, because a lost counter must never refuse a report.
"""

from typing import TYPE_CHECKING

import structlog
from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from licensing.access import Actor

if TYPE_CHECKING:
    # Imported by DRF's views themselves while they load.
    from rest_framework.views import APIView

log = structlog.get_logger(__name__)


class OrganisationThrottle(SimpleRateThrottle):
    """One bucket per organisation; the rate is the setting ``API_RATE``."""

    scope = "organisation"
    num_requests: int
    duration: int

    def get_cache_key(self, request: Request, _view: "APIView") -> str | None:
        """Return the bucket's name; requests without an actor are refused elsewhere."""
        if not isinstance(request.auth, Actor):
            return None
        return f"rate:{request.auth.organisation_id}"

    def allow_request(self, request: Request, view: "APIView") -> bool:
        """Count the request and note for the headers what is left."""
        try:
            allowed = super().allow_request(request, view)
        except (RedisError, OSError) as error:
            log.warning("rate_limit_unavailable", error=str(error))
            return True
        history = getattr(self, "history", None)
        if history is not None:
            left = max(0, self.num_requests - len(history))
            reset = int(self.duration - (self.now - history[-1])) if history else 0
            request.META["kyodaku.rate_limit"] = (self.num_requests, self.duration, left, reset)
        return bool(allowed)


def headers(request: Request) -> dict[str, str]:
    """Return the draft-ietf-httpapi-ratelimit-headers fields for an answer."""
    found = request.META.get("kyodaku.rate_limit")
    if found is None:
        return {}
    limit, window, left, reset = found
    return {
        "RateLimit-Policy": f'"organisation";q={limit};w={window}',
        "RateLimit": f'"organisation";r={left};t={reset}',
    }
