"""API keys and sessions become actors; every endpoint declares its scopes.

`request.auth` is the `Actor`. Keys are sent as ``Authorization: Bearer kyo_…``; a logged-in
member may use the same endpoints from the browser, under CSRF protection.
"""

from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest
from django.utils import timezone
from rest_framework.authentication import (
    BaseAuthentication,
    SessionAuthentication,
    get_authorization_header,
)
from rest_framework.exceptions import AuthenticationFailed, MethodNotAllowed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from licensing.access import Actor, actor_of
from licensing.parties.models import ApiKey, hash_secret
from licensing.parties.roles import Scope

if TYPE_CHECKING:
    # Imported by DRF's views themselves while they load.
    from rest_framework.views import APIView


class ApiKeyAuthentication(BaseAuthentication):
    """Opens the API with a key."""

    def authenticate(self, request: Request) -> tuple[Any, Actor] | None:
        """Return the key's actor, nothing without a bearer header, or refuse a wrong key."""
        scheme, _, secret = get_authorization_header(request).decode("latin-1").partition(" ")
        if scheme.lower() != "bearer":
            return None
        key = (
            ApiKey.objects.usable()
            .select_related("organisation")
            .filter(secret_hash=hash_secret(secret.strip()))
            .first()
        )
        if key is None:
            raise AuthenticationFailed(
                "This API key is not known or has been revoked. Make a new one on the "
                "organisation page."
            )
        today = timezone.localdate()
        if key.last_used_on != today:
            ApiKey.objects.filter(pk=key.pk).update(last_used_on=today)
        return AnonymousUser(), Actor.key(key)

    def authenticate_header(self, _request: Request) -> str:
        """Tell clients how to authenticate, so that refusals are 401 and not 403."""
        return 'Bearer realm="kyodaku"'


class MemberAuthentication(SessionAuthentication):
    """Lets a logged-in member use the API from the browser."""

    def authenticate(self, request: Request) -> tuple[Any, Actor] | None:
        """Return the member's actor; unsafe methods need the CSRF token."""
        plain: HttpRequest = request._request  # noqa: SLF001  # as DRF's own class reads it
        user = getattr(plain, "user", None)
        if user is None or not user.is_authenticated:
            return None
        actor = actor_of(plain)
        if actor is None:
            return None
        self.enforce_csrf(request)
        return user, actor


class DeclaredScope(BasePermission):
    """Refuses whatever declared nothing: the default, so that forgetting a scope closes a door."""

    scopes: dict[str, Scope] = {}

    def has_permission(self, request: Request, view: "APIView") -> bool:
        """Answer for the request's method.

        Raises `MissingScope` for an insider without the scope and `Http404` for an outsider.
        """
        method = (request.method or "").upper()
        needed = self.scopes.get(method)
        actor = request.auth
        if needed is None and not hasattr(view, method.lower()):
            raise MethodNotAllowed(method)
        if needed is None or not isinstance(actor, Actor):
            return False
        if actor.is_outside(needed):
            raise Http404
        actor.require(needed)
        return True


def scope(every: str | None = None, **by_method: str) -> type[DeclaredScope]:
    """Declare the scope of an endpoint: one for all methods, or ``get="…", post="…"``."""
    methods = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
    scopes = dict.fromkeys(methods, Scope(every)) if every else {}
    scopes |= {method.upper(): Scope(name) for method, name in by_method.items()}
    if "GET" in scopes:
        scopes |= {"HEAD": scopes["GET"], "OPTIONS": scopes["GET"]}
    return type("ScopePermission", (DeclaredScope,), {"scopes": scopes})


def actor(request: Request) -> Actor:
    """Return the authenticated request's actor."""
    if not isinstance(request.auth, Actor):
        raise AuthenticationFailed("Send an API key as: Authorization: Bearer kyo_…")
    return request.auth
