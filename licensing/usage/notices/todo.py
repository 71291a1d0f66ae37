"""What formal notices ask of the licensee, and tell the licensor and the operator."""

from collections.abc import Iterator
from datetime import datetime, time

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from licensing.access import Actor
from licensing.parties.roles import Scope
from licensing.templatetags.periods import period as month_name
from licensing.todo import Task
from licensing.usage.notices.models import Notice, Stage

MOST = 10


def tasks(actor: Actor) -> Iterator[Task]:
    """Yield the formal notices that wait for an answer, the earliest deadline first."""
    reports, follows = actor.may(Scope.USAGE_WRITE), actor.may(Scope.NOTICES_WRITE)
    if not reports and not follows:
        return
    standing = Notice.objects.visible_to(actor).standing(Stage.FORMAL)
    for one in standing.select_related("licence__licensee").order_by("deadline_on")[:MOST]:
        said = _("Answer the formal notice: report %(month)s")
        if not reports:
            said = _("%(licensee)s has not reported %(month)s; a formal notice stands")
        until = timezone.make_aware(datetime.combine(one.deadline_on, time(23, 59, 59)))
        yield Task(
            said % {"month": month_name(one.starts_on), "licensee": one.licence.licensee.name},
            reverse("notice", args=[one.public_id]),
            tone="critical" if reports or until < timezone.now() else "warning",
            until=until,
        )
