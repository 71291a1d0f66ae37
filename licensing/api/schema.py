"""How the API's authentication is described in OpenAPI."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension


class ApiKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # the library's own
    """A key as a bearer token."""

    target_class = "licensing.api.auth.ApiKeyAuthentication"
    name = "apiKey"

    def get_security_definition(self, _auto_schema: Any) -> dict[str, str]:
        """Describe the header."""
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "An API key: kyo_test_… or kyo_live_….",
        }


class MemberScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # the library's own
    """A logged-in member's browser session."""

    target_class = "licensing.api.auth.MemberAuthentication"
    name = "session"

    def get_security_definition(self, _auto_schema: Any) -> dict[str, str]:
        """Describe the cookie."""
        return {"type": "apiKey", "in": "cookie", "name": "sessionid"}
