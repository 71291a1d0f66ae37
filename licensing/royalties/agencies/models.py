"""Agencies: an agent's percentage of one payee's part, from a day on."""

from functools import partial
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ledger.ids import new_id
from licensing.deals.models import Licence
from licensing.parties.models import Organisation, User

if TYPE_CHECKING:
    from datetime import date

    from licensing.access import Actor

new_agency_id = partial(new_id, "agy")


class AgencyQuerySet(models.QuerySet["Agency"]):
    """Agencies by date and by who may see them."""

    def visible_to(self, actor: "Actor") -> Self:
        """Return the agencies an organisation gave or holds; the operator sees all."""
        if actor.is_operator:
            return self
        return self.filter(Q(payee=actor.organisation) | Q(agent=actor.organisation))

    def in_force(self, on: "date") -> Self:
        """Return the agencies in force on a day."""
        return self.filter(Q(starts_on__lte=on), Q(ends_on=None) | Q(ends_on__gte=on))

    def reaching(self, starts_on: "date", ends_on: "date | None") -> Self:
        """Return the agencies in force on any day from one to another; no end is for ever."""
        found = self.filter(Q(ends_on=None) | Q(ends_on__gte=starts_on))
        return found.filter(starts_on__lte=ends_on) if ends_on else found


class Agency(models.Model):
    """A payee lets an agent have ``rate`` of its parts: of one licence, or of every one."""

    public_id = models.CharField(max_length=24, unique=True, default=new_agency_id)
    payee = models.ForeignKey(Organisation, models.PROTECT, related_name="agencies_given")
    agent = models.ForeignKey(Organisation, models.PROTECT, related_name="agencies_held")
    rate = models.DecimalField(
        max_digits=13, decimal_places=12, help_text=_("A part of one: 0.15 is fifteen per cent.")
    )
    licence = models.ForeignKey(
        Licence, models.PROTECT, null=True, blank=True, related_name="agencies"
    )
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    recorded_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(auto_now_add=True)

    objects = AgencyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "agencies"
        ordering = ["payee", "starts_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(payee=F("agent")),
                name="agency_is_for_another",
                violation_error_message=_("Nobody is their own agent."),
            ),
            models.CheckConstraint(
                condition=Q(rate__gt=0) & Q(rate__lte=1),
                name="agency_rate_is_a_part",
                violation_error_message=_("The rate is above 0 and at most 1."),
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="agency_ends_after_it_starts",
                violation_error_message=_("An agency cannot end before it starts."),
            ),
            models.UniqueConstraint(
                fields=["payee", "agent", "licence", "starts_on"],
                nulls_distinct=False,
                name="agency_once_per_start",
                violation_error_message=_("This agent has a part from this day already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.payee} → {self.agent}"
