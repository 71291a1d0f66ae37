"""What matching asks of whoever may decide."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from licensing.access import Actor
from licensing.parties.roles import Scope
from licensing.todo import Task
from licensing.usage.matching.models import Unmatched


def tasks(actor: Actor) -> Iterator[Task]:
    """Yield one line for all identifiers that wait for a decision."""
    if not actor.may(Scope.MATCHING_WRITE):
        return
    waiting = Unmatched.objects.visible_to(actor).waiting().count()
    if waiting:
        yield Task(
            _("Say which works the reported identifiers mean"), reverse("matching"), count=waiting
        )
