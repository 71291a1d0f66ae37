"""Usage reports: what was declared, what was found, and where the lines are kept.

No line of usage is ever a row here; lines live as Parquet in the evidence store.
"""

from datetime import date
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ledger.ids import new_id
from licensing.deals.models import Licence
from licensing.parties.models import Organisation, User
from licensing.usage import header, lifecycle

if TYPE_CHECKING:
    from licensing.access import Actor


def new_report_id() -> str:
    """Return a fresh ``rpt_…`` id."""
    return new_id("rpt")


class ReportType(models.TextChoices):
    """What a report does to those before it."""

    ORIGINAL = header.ReportType.ORIGINAL, _("Original")
    REPLACEMENT = header.ReportType.REPLACEMENT, _("Replacement")
    CORRECTION = header.ReportType.CORRECTION, _("Correction")
    ZERO = header.ReportType.ZERO, _("No use")


class ReportState(models.TextChoices):
    """Where a report stands; ``received`` is what the sweep looks for."""

    RECEIVING = lifecycle.State.RECEIVING, _("Receiving")
    RECEIVED = lifecycle.State.RECEIVED, _("Received")
    CHECKING = lifecycle.State.CHECKING, _("Checking")
    ACCEPTED = lifecycle.State.ACCEPTED, _("Accepted")
    REJECTED = lifecycle.State.REJECTED, _("Rejected")
    SUPERSEDED = lifecycle.State.SUPERSEDED, _("Superseded")


UNCHECKED = (ReportState.RECEIVED, ReportState.CHECKING)
# What the sweeps of matching look for.
TO_COUNT = Q(state=ReportState.ACCEPTED) & ~Q(lines_key=F("counted_key"))
TO_JUDGE = Q(state=ReportState.ACCEPTED, judging_asked__gt=F("judging_done"))
# What the sweep of overlaps looks for. A correction names the lines it is about by itself.
TO_COMPARE = Q(state=ReportState.ACCEPTED, sequence=0, compared_at=None) & ~Q(lines_key="")


class UsageReportQuerySet(models.QuerySet["UsageReport"]):
    """Reports by who may see them, and by what they count for."""

    def visible_to(self, actor: "Actor") -> Self:
        """Return the reports of licences an actor is a party to; the operator sees all."""
        if actor.is_operator:
            return self
        return self.filter(licence__in=Licence.objects.visible_to(actor))

    def lock(self, pk: int) -> "UsageReport":
        """Return one report, locked until the transaction ends; lock its licence first."""
        return self.select_for_update(of=("self",)).get(pk=pk)

    def of_period(self, licence_id: int, starts_on: date, ends_on: date) -> Self:
        """Return the reports of a licence whose month lies in an accounting period."""
        return self.filter(licence_id=licence_id, period__gte=starts_on, period__lte=ends_on)

    def in_force(self, licence_id: int, starts_on: date, ends_on: date) -> "list[UsageReport]":
        """Return what counts for an accounting period, oldest first, zero reports included."""
        reports = self.of_period(licence_id, starts_on, ends_on)
        return list(reports.filter(state=ReportState.ACCEPTED).order_by("pk"))

    def in_checking(self, licence_id: int, starts_on: date, ends_on: date) -> bool:
        """Whether a report of an accounting period is not yet judged, or to be judged again."""
        reports = self.of_period(licence_id, starts_on, ends_on)
        return reports.filter(Q(state__in=UNCHECKED) | TO_JUDGE).exists()


class UsageReport(models.Model):
    """What a licensee used under one licence in one month, as it says, and what we found."""

    public_id = models.CharField(max_length=24, unique=True, default=new_report_id)
    licensee = models.ForeignKey(Organisation, models.PROTECT, related_name="usage_reports")
    report_id = models.CharField(max_length=100, help_text=_("The licensee's own name for it."))
    licence = models.ForeignKey(Licence, models.PROTECT, related_name="reports")
    type = models.CharField(max_length=11, choices=ReportType)
    refers_to = models.ForeignKey("self", models.PROTECT, null=True, related_name="followers")
    root = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        related_name="corrections",
        help_text=_("The report whose lines a chain of corrections is about."),
    )
    sequence = models.PositiveIntegerField(default=0)
    period = models.DateField(help_text=_("First day of the month."))
    model_family = models.CharField(max_length=100, blank=True)
    model_version = models.CharField(max_length=100, blank=True)

    declared_lines = models.BigIntegerField()
    declared_quantity = models.JSONField(default=dict)
    declared_sha256 = models.CharField(max_length=64, blank=True)
    fingerprint = models.CharField(max_length=64, help_text=_("Of header and lines together."))

    format = models.CharField(max_length=8)
    compression = models.CharField(max_length=8, blank=True)
    original_key = models.CharField(max_length=200, blank=True)
    original_sha256 = models.CharField(max_length=64, blank=True)
    size = models.BigIntegerField(default=0)
    sha256 = models.CharField(
        max_length=64, blank=True, help_text=_("SHA-256 of the uncompressed lines.")
    )
    lines_key = models.CharField(max_length=200, blank=True)
    store_upload = models.TextField(
        blank=True, help_text=_("The store's name for an upload that goes straight to it.")
    )
    counted_key = models.CharField(
        max_length=200,
        blank=True,
        help_text=_("The lines whose unmatched identifiers are counted."),
    )
    unmatched_more = models.PositiveIntegerField(
        default=0, help_text=_("Unmatched identifiers beyond those that are kept.")
    )

    state = models.CharField(max_length=10, choices=ReportState, db_index=True)
    bytes_received = models.BigIntegerField(default=0)
    lines_done = models.BigIntegerField(default=0)
    lines_accepted = models.BigIntegerField(default=0)
    lines_quarantined = models.BigIntegerField(default=0)
    lines_rejected = models.BigIntegerField(default=0)
    totals = models.JSONField(default=list, help_text=_("By verdict, code and unit."))
    rejection_code = models.CharField(max_length=40, blank=True)
    rejection_detail = models.TextField(blank=True)
    faults = models.JSONField(default=list)

    submitted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    received_at = models.DateTimeField(null=True)
    claimed_at = models.DateTimeField(null=True)
    checked_at = models.DateTimeField(null=True)
    judged_at = models.DateTimeField(null=True, help_text=_("When it was judged again."))
    judged_through = models.BigIntegerField(
        default=0, help_text=_("The latest match decision that its verdicts know of.")
    )
    judging_asked = models.PositiveIntegerField(
        default=0, help_text=_("How often it was asked to be judged again.")
    )
    judging_done = models.PositiveIntegerField(default=0)
    compared_at = models.DateTimeField(
        null=True, help_text=_("When its lines were compared with those of other reports.")
    )
    superseded_at = models.DateTimeField(null=True)

    objects = UsageReportQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["licence", "period", "state"], name="report_by_period"),
            models.Index(fields=["id"], condition=TO_COUNT, name="report_to_count"),
            models.Index(fields=["id"], condition=TO_JUDGE, name="report_to_judge"),
            models.Index(fields=["id"], condition=TO_COMPARE, name="report_to_compare"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["licensee", "report_id"],
                name="report_id_once_per_licensee",
                violation_error_message=_("A report with this report_id exists already."),
            ),
            models.CheckConstraint(condition=Q(period__day=1), name="report_period_is_a_first_day"),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in lifecycle.State]),
                name="report_state_is_known",
            ),
            models.CheckConstraint(
                condition=Q(type__in=["original", "zero"], refers_to=None)
                | Q(type__in=["replacement", "correction"], refers_to__isnull=False),
                name="report_refers_as_its_type_says",
            ),
            models.CheckConstraint(
                condition=~Q(type="correction", state="accepted")
                | Q(root__isnull=False, sequence__gt=0),
                name="report_correction_has_its_root",
            ),
            models.CheckConstraint(
                condition=~Q(state="accepted") | Q(rejection_code="", checked_at__isnull=False),
                name="report_accepted_has_no_rejection",
            ),
            models.CheckConstraint(
                condition=~Q(state="accepted")
                | Q(
                    declared_lines=F("lines_accepted")
                    + F("lines_quarantined")
                    + F("lines_rejected")
                ),
                name="report_verdicts_sum_to_lines",
            ),
            models.CheckConstraint(
                condition=~Q(state="accepted") | Q(type="zero") | ~Q(lines_key=""),
                name="report_accepted_keeps_its_lines",
            ),
            models.CheckConstraint(
                condition=~Q(state="rejected") | ~Q(rejection_code=""),
                name="report_rejected_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.report_id

    @property
    def label(self) -> str:
        """The month as reports write it: ``2026-10``."""
        return f"{self.period:%Y-%m}"

    @property
    def basis(self) -> dict[str, str]:
        """What a close counts of it: the file that was sent, and the lines as they are judged."""
        return {"report": self.public_id, "sha256": self.sha256, "lines": self.lines_key}

    @property
    def model(self) -> str:
        """The model as people write it: ``vista 2``."""
        return f"{self.model_family} {self.model_version}".strip()

    @property
    def is_unsettled(self) -> bool:
        """Whether its verdicts are not there yet, or wait to be judged again."""
        return self.state in UNCHECKED or self.is_judged_again

    @property
    def is_judged_again(self) -> bool:
        """Whether its lines wait to be judged by what was decided since."""
        return self.state == ReportState.ACCEPTED and self.judging_asked > self.judging_done

    @property
    def progress(self) -> int:
        """How much of the check is done, in per cent."""
        if self.state in {ReportState.RECEIVING, ReportState.RECEIVED}:
            return 0
        if self.state != ReportState.CHECKING or not self.declared_lines:
            return 100
        return min(99, self.lines_done * 100 // self.declared_lines)


class ReportMove(models.Model):
    """One move of a report, appended and never changed."""

    report = models.ForeignKey(UsageReport, models.PROTECT, related_name="moves")
    move = models.CharField(max_length=10)
    from_state = models.CharField(max_length=10)
    to_state = models.CharField(max_length=10)
    by_user = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.from_state} → {self.to_state}"


class UploadPart(models.Model):
    """One part of a report's file, kept until the whole is."""

    report = models.ForeignKey(UsageReport, models.PROTECT, related_name="parts")
    number = models.PositiveIntegerField()
    key = models.CharField(max_length=200)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    received_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["report", "number"]
        constraints = [
            models.UniqueConstraint(fields=["report", "number"], name="upload_part_once"),
            models.CheckConstraint(
                condition=Q(number__gte=1, number__lte=10_000), name="upload_part_number_in_range"
            ),
            models.CheckConstraint(condition=Q(size__gt=0), name="upload_part_holds_something"),
        ]

    def __str__(self) -> str:
        return f"{self.report} · {self.number}"


class Overlap(models.Model):
    """Lines that two reports of one licence, month and model both hold, word for word."""

    report = models.ForeignKey(
        UsageReport, models.PROTECT, related_name="overlaps", help_text=_("The later of the two.")
    )
    other = models.ForeignKey(UsageReport, models.PROTECT, related_name="overlapped")
    lines = models.BigIntegerField()

    class Meta:
        ordering = ["report", "other"]
        constraints = [
            models.UniqueConstraint(fields=["report", "other"], name="overlap_once"),
            models.CheckConstraint(condition=Q(report__gt=F("other")), name="overlap_later_first"),
            models.CheckConstraint(condition=Q(lines__gt=0), name="overlap_of_some_lines"),
        ]

    def __str__(self) -> str:
        return f"{self.report} · {self.other}"
