"""What was decided about an identifier, newest first, and how far its reports have followed."""

from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from licensing.access import Actor
from licensing.templatetags.periods import day
from licensing.usage.matching.models import Kind, MatchDecision, Unmatched
from licensing.usage.models import TO_JUDGE, ReportState, UsageReport

TONES = {
    Kind.MAP: "positive",
    Kind.GRANT: "positive",
    Kind.INFRINGING: "critical",
    Kind.IGNORE: "neutral",
    Kind.UNDO: "warning",
}


def of(item: Unmatched, actor: Actor) -> list[MatchDecision]:
    """Return every decision about an identifier or its work that reaches its licence."""
    about = MatchDecision.objects.about(item.licence).visible_to(actor)
    named = Q(name=item.name)
    if item.work_id is not None:
        named |= Q(work=item.work_id, licence=item.licence)
    rows = about.filter(named).select_related("by", "by_user", "work", "licensor")
    return list(rows.order_by("-pk"))


def events_of(item: Unmatched, actor: Actor) -> list[dict[str, Any]]:
    """Return the decisions for the timeline."""
    return [
        {
            "title": _title(one),
            "at": one.at,
            "who": f"{one.by_user.name}, {one.by.name}" if one.by_user else one.by.name,
            "text": one.reason,
            "tone": TONES[Kind(one.kind)],
        }
        for one in of(item, actor)
    ]


def undoable(item: Unmatched, actor: Actor) -> list[dict[str, Any]]:
    """Return the decisions that stand and that an actor may undo; one for everybody is not its."""
    return [
        {"decision": one, "title": _title(one)}
        for one in of(item, actor)
        if one.undone_at is None
        and one.kind != Kind.UNDO
        and (actor.is_operator or one.licence_id or one.licensor_id)
    ]


def _title(one: MatchDecision) -> str | Promise:
    title = one.work.title if one.work else one.name
    match Kind(one.kind):
        case Kind.MAP if one.licensor:
            return _("Mapped to “%(work)s” for the licences of %(licensor)s") % {
                "work": title,
                "licensor": one.licensor.name,
            }
        case Kind.MAP:
            return _("Mapped to “%(work)s” for every licence") % {"work": title}
        case Kind.GRANT:
            return _("“%(work)s” granted from %(day)s") % {
                "work": title,
                "day": day(one.starts_on),
            }
        case Kind.INFRINGING:
            return _("Marked as used without permission")
        case Kind.IGNORE:
            return _("Set aside")
        case Kind.UNDO:
            return _("Undone")


def progress_of(item: Unmatched) -> dict[str, Any] | None:
    """Return how many of an identifier's reports are judged by what stands; None when all are."""
    held = UsageReport.objects.filter(
        sightings__unmatched=item, state=ReportState.ACCEPTED
    ).distinct()
    waiting = held.filter(TO_JUDGE).count()
    if not waiting:
        return None
    total = held.count()
    return {
        "id": "judging",
        "label": _("The reports are judged again"),
        "done": total - waiting,
        "total": total,
        "unit": _("reports"),
        "poll_url": reverse("unmatched-progress", args=[item.public_id]),
    }
