"""What workers are doing, in the dashboard."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from licensing.access import ActorRequest, scoped
from licensing.parties.roles import Scope
from licensing.settlement import jobs as work

REFRESH_SECONDS = 3


@scoped(Scope.USAGE_READ)
def jobs(request: ActorRequest) -> HttpResponse:
    """List what is under way or failed; the page looks again by itself while anything moves."""
    found = work.jobs(request.actor)
    moving = [job for job in found if not job.has_failed]
    context = {
        "page_title": _("Jobs"),
        "failed": [job for job in found if job.has_failed],
        "moving": moving,
        "refresh_seconds": REFRESH_SECONDS if moving else None,
    }
    template = (
        "settlement/_moving.html" if "HX-Request" in request.headers else "settlement/jobs.html"
    )
    return render(request, template, context)
