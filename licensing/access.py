"""A request becomes an `Actor`, here and nowhere else.

The dashboard's actor is a member acting for one organisation (chosen in the session where a person
belongs to several); the API's is a key. Views and endpoints declare the scope they need; every
look-up starts at `visible_to(actor)`, so an outsider finds nothing and gets 404: also of pages that
show nothing to any organisation of its kind.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Protocol, cast

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.functional import SimpleLazyObject

from licensing.errors import MissingScope
from licensing.parties import navigation as menu
from licensing.parties.models import ApiKey, Membership, Organisation, User
from licensing.parties.roles import KIND_SCOPES, Kind, Role, Scope, scopes_of

SESSION_KEY = "organisation"

P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, for which organisation, with which scopes.

    Built with only an organisation, it carries every scope of that organisation's kind: the shape
    that commands and tests use.
    """

    organisation: Organisation
    scopes: frozenset[Scope] = field(default=frozenset())
    user: User | None = None
    api_key: ApiKey | None = None

    @classmethod
    def owner_of(cls, organisation: Organisation, user: User | None = None) -> "Actor":
        """Return an actor with all that the organisation itself may do."""
        return cls(organisation, KIND_SCOPES[Kind(organisation.kind)], user)

    @classmethod
    def member(cls, membership: Membership) -> "Actor":
        """Return the actor of a person in one of their organisations."""
        organisation = membership.organisation
        scopes = scopes_of(Kind(organisation.kind), Role(membership.role))
        return cls(organisation, scopes, membership.user)

    @classmethod
    def key(cls, key: ApiKey) -> "Actor":
        """Return the actor of an API key: what it was given and its organisation still may."""
        granted = frozenset(Scope(name) for name in key.scopes)
        return cls(
            key.organisation, granted & KIND_SCOPES[Kind(key.organisation.kind)], api_key=key
        )

    @property
    def organisation_id(self) -> int:
        """The organisation's primary key."""
        return self.organisation.pk

    @property
    def kind(self) -> Kind:
        """What the organisation is."""
        return Kind(self.organisation.kind)

    @property
    def is_operator(self) -> bool:
        """Whether the actor works for the operator, who sees every organisation's records."""
        return self.kind is Kind.OPERATOR

    def may(self, scope: Scope) -> bool:
        """Whether the actor carries a scope."""
        return scope in self.scopes

    def is_outside(self, scope: Scope) -> bool:
        """Whether a scope is about things that organisations of this kind never see any of.

        Who sees a thing and may not act on it is an insider, and so is the operator everywhere.
        """
        # Notices have no scope for reading of their own: who reads usage reads them.
        named = Scope.USAGE_READ if scope is Scope.NOTICES_WRITE else scope
        about = f"{named.partition(':')[0]}:"
        return not any(known.startswith(about) for known in KIND_SCOPES[self.kind])

    def require(self, scope: Scope) -> None:
        """Raise `MissingScope` unless the actor carries a scope."""
        if scope not in self.scopes:
            raise MissingScope(
                f"This needs the scope {scope}, which your role or key does not carry. "
                "Ask an owner of your organisation.",
                scope=scope.value,
            )


class ActorRequest(HttpRequest):
    """A request that `scoped` has let through."""

    actor: Actor


def actor_of(request: HttpRequest) -> Actor | None:
    """Return who acts in a dashboard request, or nobody."""
    user = request.user
    if not user.is_authenticated:
        return None
    memberships = (
        Membership.objects.filter(user=user, ended_at=None)
        .select_related("organisation", "user")
        .order_by("pk")
    )
    chosen = request.session.get(SESSION_KEY)
    if chosen is not None:
        for membership in memberships.filter(organisation__public_id=chosen):
            return Actor.member(membership)
    first = memberships.first()
    return None if first is None else Actor.member(first)


class ActorMiddleware:
    """Puts a lazy ``request.actor`` on every request; false where nobody is logged in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Look nobody up until a view or template asks."""
        request.actor = SimpleLazyObject(lambda: actor_of(request))  # type: ignore[attr-defined]
        return self.get_response(request)


class ScopedView(Protocol):
    """A view that says which scope it needs; the architecture test looks for it."""

    scope: Scope | None
    public_because: str


def scoped(
    scope: Scope,
) -> Callable[
    [Callable[Concatenate[ActorRequest, P], HttpResponseBase]],
    Callable[Concatenate[HttpRequest, P], HttpResponseBase],
]:
    """Declare the scope a dashboard view needs.

    A stranger is sent to log in; a person without an organisation and an insider without the
    scope get 403 with what to do; an outsider gets 404.
    """

    def declare(
        view: Callable[Concatenate[ActorRequest, P], HttpResponseBase],
    ) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            actor: Actor | None = getattr(request, "actor", None)
            if not actor:
                return render(request, "errors/no_organisation.html", status=403)
            if actor.is_outside(scope):
                raise Http404
            if not actor.may(scope):
                return render(request, "403.html", {"scope": scope}, status=403)
            return view(cast("ActorRequest", request), *args, **kwargs)

        cast("ScopedView", guarded).scope = scope
        return guarded

    return declare


def public(
    because: str,
) -> Callable[[Callable[P, HttpResponse]], Callable[P, HttpResponse]]:
    """Declare that a view needs no log-in, and why."""

    def declare(view: Callable[P, HttpResponse]) -> Callable[P, HttpResponse]:
        cast("ScopedView", view).public_because = because
        return view

    return declare


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Give templates the actor, their other organisations and the menu for their scopes."""
    actor = getattr(request, "actor", None)
    if not actor:
        return {"actor": None, "navigation": [], "organisations": []}
    others = Organisation.objects.filter(
        memberships__user=actor.user, memberships__ended_at=None
    ).order_by("name")
    return {
        "actor": actor,
        "navigation": menu.build(actor.scopes, actor.kind, request.path),
        "organisations": others,
    }
