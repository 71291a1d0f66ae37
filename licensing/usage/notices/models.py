"""Notices: reminders and formal demands for a report that has not come, and what became of them."""

from datetime import date
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ledger.ids import new_id
from licensing.deals.models import Licence
from licensing.parties.models import Organisation, User
from licensing.usage.models import UsageReport
from licensing.usage.notices import lifecycle

if TYPE_CHECKING:
    from licensing.access import Actor


def new_notice_id() -> str:
    """Return a fresh ``ntc_…`` id."""
    return new_id("ntc")


class Stage(models.TextChoices):
    """How firmly a report is asked for."""

    REMINDER = "reminder", _("Reminder")
    FORMAL = "formal", _("Formal notice")


class NoticeState(models.TextChoices):
    """Where a notice stands."""

    STANDING = lifecycle.State.STANDING, pgettext_lazy("notice", "Standing")
    ANSWERED = lifecycle.State.ANSWERED, _("Answered")
    WITHDRAWN = lifecycle.State.WITHDRAWN, pgettext_lazy("notice", "Withdrawn")


class NoticeQuerySet(models.QuerySet["Notice"]):
    """Notices by who may see them."""

    def visible_to(self, actor: "Actor") -> Self:
        """Return the notices of licences an actor is a party to; the operator sees all."""
        if actor.is_operator:
            return self
        return self.filter(licence__in=Licence.objects.visible_to(actor))

    def standing(self, *stages: Stage) -> Self:
        """Return the notices of these stages, or of all, that wait for their answer."""
        found = self.filter(state=NoticeState.STANDING)
        return found.filter(stage__in=stages) if stages else found

    def lock(self, pk: int) -> "Notice":
        """Return one notice, locked until the transaction ends; lock its licence first."""
        return self.select_for_update(of=("self",)).get(pk=pk)


class Notice(models.Model):
    """A demand for the reports of one accounting period, made on the licensor's behalf.

    ``deadline_on`` is the due day for a reminder, and a later day for a formal notice.
    """

    public_id = models.CharField(max_length=24, unique=True, default=new_notice_id)
    licence = models.ForeignKey(Licence, models.PROTECT, related_name="notices")
    stage = models.CharField(max_length=8, choices=Stage)
    starts_on = models.DateField(help_text=_("First day of the accounting period."))
    ends_on = models.DateField()
    months = models.JSONField(help_text=_("The months to report: 2026-10."))
    missing = models.JSONField(help_text=_("Those that had not come when it was issued."))
    due_on = models.DateField()
    deadline_on = models.DateField()
    issued_at = models.DateTimeField()
    state = models.CharField(
        max_length=9, choices=NoticeState, default=NoticeState.STANDING, db_index=True
    )
    answer = models.ForeignKey(UsageReport, models.PROTECT, null=True, related_name="answered")
    settled_at = models.DateTimeField(null=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-issued_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["licence", "starts_on", "stage", "due_on"],
                name="notice_once_per_period_and_stage",
                violation_error_message=_("This notice was issued already."),
            ),
            models.CheckConstraint(
                condition=Q(deadline_on__gte=F("due_on")), name="notice_deadline_after_it_was_due"
            ),
            models.CheckConstraint(
                condition=Q(state="standing", answer=None, settled_at=None)
                | Q(state="answered", answer__isnull=False, settled_at__isnull=False)
                | Q(state="withdrawn", answer=None, settled_at__isnull=False),
                name="notice_settled_as_its_state_says",
            ),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def missing_months(self) -> list[date]:
        """First days of the months that had not come."""
        return [date.fromisoformat(f"{month}-01") for month in self.missing]


class NoticeMove(models.Model):
    """One move of a notice, appended and never changed; nobody made those without an actor."""

    notice = models.ForeignKey(Notice, models.PROTECT, related_name="moves")
    move = models.CharField(max_length=8)
    from_state = models.CharField(max_length=9)
    to_state = models.CharField(max_length=9)
    reason = models.TextField(blank=True)
    by = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    by_user = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.from_state} → {self.to_state}"
