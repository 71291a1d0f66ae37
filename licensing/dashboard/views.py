"""The first page after log-in."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from licensing.access import ActorRequest, scoped
from licensing.dashboard import steps, todo
from licensing.parties.roles import Scope


@scoped(Scope.WORKS_READ)
def home(request: ActorRequest) -> HttpResponse:
    """Show what needs doing, what happened lately, and where to begin."""
    events = todo.events_of(request.actor)
    context = {
        "page_title": _("Home"),
        "tasks": todo.tasks_of(request.actor),
        "events": events,
        "steps": [] if events else steps.first_steps(request.actor),
    }
    return render(request, "dashboard/home.html", context)
