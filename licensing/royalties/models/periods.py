"""Accounting periods and the closes that looked at them."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ledger.ids import new_id
from licensing.deals.models import Licence
from licensing.parties.models import User
from licensing.refusal_words import kept_said

if TYPE_CHECKING:
    from licensing.access import Actor


def new_period_id() -> str:
    """Return a fresh ``per_…`` id."""
    return new_id("per")


class PeriodState(models.TextChoices):
    """``due`` is what the sweep looks for: somebody or something asked for a close."""

    OPEN = "open", _("Open")
    DUE = "due", _("Close requested")
    CLOSING = "closing", _("Closing")
    CLOSED = "closed", _("Closed")


class PeriodQuerySet(models.QuerySet["Period"]):
    """Periods by who may see them."""

    def visible_to(self, actor: "Actor") -> Self:
        """Return the periods of licences an actor may see."""
        return self.filter(licence__in=Licence.objects.visible_to(actor))

    def lock(self, pk: int) -> "Period":
        """Return one period, locked until the transaction ends."""
        return self.select_for_update(of=("self",)).get(pk=pk)


class Period(models.Model):
    """One accounting period of one licence."""

    public_id = models.CharField(max_length=24, unique=True, default=new_period_id)
    licence = models.ForeignKey(Licence, models.PROTECT, related_name="periods")
    starts_on = models.DateField()
    ends_on = models.DateField()
    state = models.CharField(
        max_length=7, choices=PeriodState, default=PeriodState.OPEN, db_index=True
    )
    requested_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    requested_at = models.DateTimeField(null=True)
    claimed_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    failure = models.TextField(blank=True)
    refusal = models.JSONField(
        default=dict, help_text=_("The failure by code, to be said in the reader's language.")
    )
    steps_total = models.PositiveSmallIntegerField(default=0)
    steps_done = models.PositiveSmallIntegerField(default=0)

    objects = PeriodQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "licence"]
        constraints = [
            models.UniqueConstraint(fields=["licence", "starts_on"], name="period_once"),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="period_ends_after_it_starts"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.licence} · {self.label}"

    @property
    def failure_said(self) -> str:
        """Why the last close was refused, in the reader's language; empty if it was not."""
        return kept_said(self.refusal, self.failure)

    @property
    def label(self) -> str:
        """The period as reports write it: ``2026-10``."""
        return f"{self.starts_on:%Y-%m}"


class Close(models.Model):
    """One finished rating of a period from everything then in force, and what it was made from."""

    period = models.ForeignKey(Period, models.PROTECT, related_name="closes")
    number = models.PositiveSmallIntegerField()
    basis_key = models.CharField(max_length=200, help_text=_("Parquet of the shares used."))
    basis_sha256 = models.CharField(max_length=64)
    detail_key = models.CharField(max_length=200, help_text=_("Parquet of payee and work."))
    reports = models.JSONField(
        help_text=_("The reports in force: id, SHA-256 and the judged lines that were counted.")
    )
    works = models.PositiveIntegerField(default=0, help_text=_("Works the licence covered."))
    granted = models.JSONField(
        default=list, help_text=_("Ids of those of them that were granted after signature.")
    )
    window = models.JSONField(
        default=list, help_text=_("The earlier closes it was rated after, by period and number.")
    )
    carried = models.JSONField(
        default=dict, help_text=_("What it hands on to later periods: tallies and what they cost.")
    )
    indices = models.JSONField(
        default=list, help_text=_("The index readings it was rated by, with their revisions.")
    )
    agencies = models.JSONField(
        default=list, help_text=_("The agents' rates it divided by: payee, agent, rate.")
    )
    inputs_hash = models.CharField(max_length=64)
    lines_rated = models.BigIntegerField()
    closed_at = models.DateTimeField()

    class Meta:
        ordering = ["period", "number"]
        constraints = [
            models.UniqueConstraint(fields=["period", "number"], name="close_number_once"),
        ]

    def __str__(self) -> str:
        return f"{self.period} · {self.number}"
