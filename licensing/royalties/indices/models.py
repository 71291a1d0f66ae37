"""Readings of indices that escalators name, each with where it was read."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from licensing.parties.models import User


class IndexReadingQuerySet(models.QuerySet["IndexReading"]):
    """Readings as they count."""

    def in_force(self) -> Self:
        """Return the latest revision of each month of each series, the latest month first."""
        latest = self.order_by("series", "-month", "-revision")
        return latest.distinct("series", "month")


class IndexReading(models.Model):
    """What an index stood at in a month. Entered again it is another revision; none is changed."""

    series = models.CharField(max_length=40)
    month = models.DateField(help_text=_("First day of the month."))
    value = models.DecimalField(max_digits=18, decimal_places=6)
    source = models.CharField(max_length=500)
    revision = models.PositiveSmallIntegerField()
    entered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    entered_at = models.DateTimeField(auto_now_add=True)

    objects = IndexReadingQuerySet.as_manager()

    class Meta:
        ordering = ["series", "-month", "-revision"]
        constraints = [
            models.UniqueConstraint(
                fields=["series", "month", "revision"],
                name="index_reading_once_per_revision",
                violation_error_message=_("This reading was entered meanwhile."),
            ),
            models.CheckConstraint(
                condition=Q(series__regex=r"^[A-Z0-9][A-Z0-9_.-]{0,39}$"),
                name="index_reading_names_a_series",
                violation_error_message=_("Write the series in capitals, such as JP-CPI."),
            ),
            models.CheckConstraint(
                condition=Q(month__day=1),
                name="index_reading_month_is_a_first_day",
                violation_error_message=_("A month is written as its first day."),
            ),
            models.CheckConstraint(
                condition=Q(value__gt=0),
                name="index_reading_above_zero",
                violation_error_message=_("A reading is above 0."),
            ),
            models.CheckConstraint(
                condition=~Q(source=""),
                name="index_reading_says_its_source",
                violation_error_message=_("Say where this was read."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.series} {self.month:%Y-%m}: {self.value}"
