"""What must hold of the whole tree: declared scopes, known job names, arguments that travel."""

import ast
import inspect
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, get_type_hints
from unittest.mock import Mock

import pytest
from celery import current_app
from django.conf import settings
from django.http import Http404
from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.permissions import AllowAny

from licensing.access import Actor
from licensing.api.auth import DeclaredScope
from licensing.parties.models import Organisation
from licensing.parties.roles import Kind, Scope

ROOT = Path(__file__).resolve().parent.parent

# Libraries' own pages, each with the reason why it declares no scope of ours.
OPEN_BY_NATURE = {
    "allauth": "logging in, out, passwords and second factors act on the person alone",
    "django.views.i18n": "the language switch changes a cookie",
    "django.contrib.staticfiles": "static files",
    "drf_spectacular": "the API's description is public",
    "ledger.payouts.webhooks": "Stripe's signature over the exact bytes is the credential",
}


def views(resolver: URLResolver | None = None, before: str = "/") -> Iterator[tuple[str, Any]]:
    """Yield (address, view) for every pattern in the URL table."""
    for pattern in (resolver or get_resolver()).url_patterns:
        address = f"{before}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            yield from views(pattern, address)
        elif isinstance(pattern, URLPattern):
            yield address, pattern.callback


def declared(view: Any) -> bool:
    """Whether a view says which scope it needs, or why it needs none."""
    if getattr(view, "scope", None) or getattr(view, "public_because", ""):
        return True
    endpoint = getattr(view, "view_class", None) or getattr(view, "cls", None)
    permissions = getattr(endpoint, "permission_classes", [])
    if AllowAny in permissions:
        return bool(getattr(endpoint, "public_because", ""))
    return any(
        inspect.isclass(permission) and issubclass(permission, DeclaredScope) and permission.scopes
        for permission in permissions
    )


def test_every_view_declares_its_scope_or_why_it_is_public() -> None:
    undeclared = [
        address
        for address, view in views()
        if not declared(view) and not view.__module__.startswith(tuple(OPEN_BY_NATURE))
    ]

    assert undeclared == []


def doors_of(view: Any) -> Iterator[tuple[Scope, Callable[[Actor], object]]]:
    """Yield the scopes a view declares, each with the check that an actor has to pass."""
    if scope := getattr(view, "scope", None):
        yield scope, lambda actor: view(Mock(actor=actor))
    endpoint = getattr(view, "view_class", None) or getattr(view, "cls", None)
    for permission in getattr(endpoint, "permission_classes", []):
        for method, scope in getattr(permission, "scopes", {}).items():
            yield scope, partial(_knock, permission, method)


def _knock(permission: type[DeclaredScope], method: str, actor: Actor) -> None:
    permission().has_permission(Mock(auth=actor, method=method), Mock())


@pytest.mark.parametrize("kind", [Kind.LICENSOR, Kind.COLLECTIVE, Kind.LICENSEE])
def test_outsiders_find_nothing_where_nothing_is_for_their_kind(kind: Kind) -> None:
    owner = Actor.owner_of(Organisation(kind=kind))
    checked = []
    for address, view in views():
        for scope, enter in doors_of(view):
            if owner.is_outside(scope):
                with pytest.raises(Http404):
                    enter(owner)
                checked.append(address)

    assert "/periods/index-readings/" in checked


def test_who_is_an_outsider_to_what() -> None:
    outside = {
        kind: {
            scope for scope in Scope if Actor.owner_of(Organisation(kind=kind)).is_outside(scope)
        }
        for kind in Kind
    }

    operators_own = {Scope.LEDGER_READ, Scope.PERIODS_CLOSE}
    to_payees = operators_own | {Scope.INVOICES_READ, Scope.INVOICES_WRITE}
    assert outside[Kind.OPERATOR] == set()
    assert outside[Kind.LICENSOR] == outside[Kind.COLLECTIVE] == to_payees
    assert outside[Kind.LICENSEE] == operators_own | {
        *(Scope.MATCHING_READ, Scope.MATCHING_WRITE, Scope.AGENCIES_WRITE),
        *(Scope.STATEMENTS_READ, Scope.STATEMENTS_APPROVE, Scope.PAYOUTS_READ, Scope.PAYOUTS_RUN),
    }


def calls_of(*names: str) -> Iterator[tuple[Path, ast.Call]]:
    """Yield every call of these functions in the apps."""
    for app in ("licensing", "ledger", "config"):
        for path in (ROOT / app).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") in names:
                    yield path, node


def tasks() -> dict[str, Any]:
    """Return our own registered jobs by name."""
    current_app.loader.import_default_modules()
    found = {**current_app.tasks}
    return {name: job for name, job in found.items() if name.startswith(("licensing.", "ledger."))}


def test_every_job_started_by_name_exists_and_takes_the_arguments_given() -> None:
    known = tasks()
    wrong = []
    for path, call in calls_of("enqueue_on_commit"):
        name = call.args[0]
        if not isinstance(name, ast.Constant):
            continue
        given = {keyword.arg for keyword in call.keywords}
        job = known.get(str(name.value))
        if job is None or given != set(inspect.signature(job.run).parameters):
            wrong.append(f"{path.relative_to(ROOT)}:{call.lineno} {name.value!r} {given}")

    assert wrong == []


def test_every_announced_event_has_listeners_that_exist() -> None:
    known = tasks()
    announced = {
        call.args[0].value
        for _, call in calls_of("announce")
        if isinstance(call.args[0], ast.Constant)
    }

    assert announced == set(settings.SUBSCRIBERS)
    assert [job for jobs in settings.SUBSCRIBERS.values() for job in jobs if job not in known] == []


def test_every_sweep_in_the_schedule_exists() -> None:
    known = tasks()

    missing = [
        entry["task"]
        for entry in current_app.conf.beat_schedule.values()
        if entry["task"] not in known
    ]

    assert missing == []


@pytest.mark.parametrize("name", sorted(tasks()))
def test_jobs_take_ids_and_iso_strings(name: str) -> None:
    hints = get_type_hints(tasks()[name].run)

    assert {hint for argument, hint in hints.items() if argument != "return"} <= {int, str}
