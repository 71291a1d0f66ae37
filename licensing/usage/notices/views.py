"""Notices in the dashboard: what was demanded, by when, and what became of it."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_POST

from ledger.documents.models import Document
from licensing.access import ActorRequest, scoped
from licensing.deals.models import Licence
from licensing.errors import LicensingError
from licensing.parties.roles import Scope
from licensing.refusal_words import refusal_said
from licensing.tabs import tabs
from licensing.templatetags.states import look
from licensing.usage.notices import printing, services
from licensing.usage.notices.lifecycle import Move
from licensing.usage.notices.models import Notice, NoticeMove, NoticeState, Stage

PER_PAGE = 50
TABS: dict[str, tuple[str | Promise, Q]] = {
    "standing": (pgettext_lazy("notice", "Standing"), Q(state=NoticeState.STANDING)),
    "answered": (_("Answered"), Q(state=NoticeState.ANSWERED)),
    "withdrawn": (pgettext_lazy("notice", "Withdrawn"), Q(state=NoticeState.WITHDRAWN)),
    "all": (_("All"), Q()),
}
LABELS = {name: label for name, (label, _condition) in TABS.items()}
SAID: dict[str, str | Promise] = {
    Move.ANSWER: _("Answered: the reports are in force"),
    Move.WITHDRAW: pgettext_lazy("notice", "Withdrawn"),
}


@scoped(Scope.USAGE_READ)
def notices(request: ActorRequest) -> HttpResponse:
    """List reminders and formal notices of the licences an actor is a party to."""
    everything = Notice.objects.visible_to(request.actor)
    found = everything
    if licence := request.GET.get("licence"):
        found = found.filter(licence__public_id=licence)
    if (stage := request.GET.get("stage", "")) in Stage.values:
        found = found.filter(stage=stage)
    counts = found.aggregate(
        **{name: Count("pk", filter=condition) for name, (_label, condition) in TABS.items()}
    )
    chosen = request.GET.get("state", "standing")
    _label, condition = TABS.get(chosen, TABS["standing"])
    listed = found.filter(condition).select_related(
        "licence__deal", "licence__licensor", "licence__licensee"
    )
    context = {
        "page_title": _("Notices"),
        "tabs": tabs(request, "state", LABELS, counts, chosen=chosen),
        "chosen": chosen,
        "page": Paginator(listed, PER_PAGE).get_page(request.GET.get("page")),
        "licences": Licence.objects.filter(notices__in=everything)
        .distinct()
        .select_related("deal"),
        "stages": Stage.choices,
        "asked_licence": request.GET.get("licence", ""),
        "asked_stage": stage,
        "today": timezone.localdate(),
        "is_empty": not everything.exists(),
    }
    return render(request, "notices/list.html", context)


def _visible(request: ActorRequest, public_id: str) -> Notice:
    found = Notice.objects.visible_to(request.actor).select_related(
        "licence__deal", "licence__licensor", "licence__licensee", "answer"
    )
    return get_object_or_404(found, public_id=public_id)


@scoped(Scope.USAGE_READ)
def notice(request: ActorRequest, public_id: str) -> HttpResponse:
    """Show one notice: what it demands, its paper, and its answer."""
    shown = _visible(request, public_id)
    is_standing = shown.state == NoticeState.STANDING
    may_report = request.actor.may(Scope.USAGE_WRITE) and is_standing
    context = {
        "page_title": f"{shown.get_stage_display()} · {shown.licence.licensee.name}",
        "breadcrumbs": [{"label": _("Notices"), "url": reverse("notices")}],
        "notice": shown,
        "documents": Document.objects.about(shown.public_id),
        "moves": _moves(shown),
        "is_overdue": is_standing and shown.deadline_on < timezone.localdate(),
        "may_report": may_report and shown.licence.licensee_id == request.actor.organisation_id,
        "may_withdraw": is_standing and request.actor.may(Scope.NOTICES_WRITE),
    }
    return render(request, "notices/notice.html", context)


def _moves(shown: Notice) -> list[dict[str, Any]]:
    """Return the moves for the timeline, newest first."""
    told = [_told(move) for move in shown.moves.select_related("by", "by_user").order_by("-pk")]
    return [
        *told,
        {"title": pgettext_lazy("notice", "Issued"), "at": shown.issued_at, "tone": "warning"},
    ]


def _told(move: NoticeMove) -> dict[str, Any]:
    who = f"{move.by_user.name}, {move.by.name}" if move.by_user and move.by else ""
    return {
        "title": SAID[move.move],
        "at": move.at,
        "who": who or (move.by.name if move.by else ""),
        "text": move.reason,
        "tone": look("notice", move.to_state)[0],
    }


@scoped(Scope.USAGE_READ)
def notice_pdf(request: ActorRequest, public_id: str, language: str) -> HttpResponseBase:
    """Hand out a formal notice in one language, once it is printed."""
    shown = _visible(request, public_id)
    if language not in dict(settings.LANGUAGES):
        raise Http404
    document = get_object_or_404(
        Document.objects.about(shown.public_id).filter(file__gt=""),
        kind=printing.KIND,
        language=language,
    )
    return FileResponse(
        document.file.open("rb"),
        content_type="application/pdf",
        filename=f"{shown.public_id}.{language}.pdf",
    )


@scoped(Scope.NOTICES_WRITE)
@require_POST
def withdraw(request: ActorRequest, public_id: str) -> HttpResponse:
    """Take a notice back."""
    shown = _visible(request, public_id)
    try:
        services.withdraw(
            by=request.actor, notice_id=shown.public_id, reason=request.POST.get("reason", "")
        )
    except LicensingError as refusal:
        messages.error(request, refusal_said(refusal))
    else:
        messages.success(request, str(_("The notice is withdrawn.")))
    return redirect("notice", shown.public_id)
