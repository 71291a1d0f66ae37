"""The exports of shares that closes divide by, so that the next close need not export again."""

from collections.abc import Sequence
from datetime import date
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from licensing.deals.models import Licence


class KeptBasisQuerySet(models.QuerySet["KeptBasis"]):
    """Kept bases by what they hold for."""

    def holding(self, licence: Licence, granted: Sequence[str], on: date) -> Self:
        """Return those made for the works that a licence covers, valid on a day if unchanged."""
        return self.filter(
            Q(first_on=None) | Q(first_on__lte=on),
            Q(last_on=None) | Q(last_on__gte=on),
            licence=licence,
            granted=list(granted),
        )


class KeptBasis(models.Model):
    """Shares as Parquet: of which works, from which moment, and for which days.

    No share of these works begins or ends between its first and last day (empty is any), so it
    holds for each of them, for as long as none of their shares changed since the moment.
    """

    licence = models.ForeignKey(Licence, models.PROTECT, related_name="+")
    granted = models.JSONField()
    layout = models.PositiveSmallIntegerField()
    first_on = models.DateField(null=True)
    last_on = models.DateField(null=True)
    moment = models.TextField()
    key = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)

    objects = KeptBasisQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(first_on=None) | Q(last_on=None) | Q(last_on__gte=F("first_on")),
                name="kept_basis_ends_after_it_begins",
                violation_error_message=_("A basis cannot end before it begins."),
            ),
        ]

    def __str__(self) -> str:
        return self.key
