"""May I train on this? Asked in the dashboard."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from licensing.access import ActorRequest, scoped
from licensing.parties.roles import Scope
from licensing.permissions.answers import Word, answer
from licensing.permissions.forms import QuestionForm, model_in_force

SAID = {
    Word.LICENSED: ("positive", _("Yes"), _("A licence of yours permits it.")),
    Word.RESERVED: ("critical", _("No"), _("The rights are reserved; ask for a licence first.")),
    Word.NOT_LICENSED: (
        "critical",
        _("No"),
        _("No licence of yours covers this; that nobody has reserved it permits nothing."),
    ),
    Word.UNKNOWN_WORK: (
        "critical",
        _("No"),
        _("No work in the catalogue carries this name; nobody can have permitted it here."),
    ),
}


@scoped(Scope.DEALS_READ)
def permissions(request: ActorRequest) -> HttpResponse:
    """Answer for each work whether a licence permits the use. Asking changes nothing."""
    asked = request.method == "POST"
    form = QuestionForm(
        request.POST if asked else None, initial={} if asked else model_in_force(request.actor)
    )
    answers = None
    if asked and form.is_valid():
        works: list[str] = form.cleaned_data["works"]
        answers = answer(request.actor.organisation, works, form.question)
    context = {
        "page_title": _("May I train on this?"),
        "form": form,
        "answers": [(one, *SAID[one.word]) for one in answers or ()],
        "is_answered": answers is not None,
        "permitted": sum(one.word is Word.LICENSED for one in answers or ()),
    }
    return render(request, "permissions/ask.html", context, status=422 if form.errors else 200)
