"""Unmatched identifiers, where they were reported, and what was decided about them.

No line of usage is a row here: a sighting sums all lines of one report under one identifier.
"""

from typing import TYPE_CHECKING, Self

from django.db import connection, models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ledger.ids import new_id
from licensing.catalogue.models import Work
from licensing.deals.models import Licence
from licensing.parties.models import Organisation, User
from licensing.usage.models import UsageReport

if TYPE_CHECKING:
    from licensing.access import Actor

# The name of the lock under which decisions and counts of what is unmatched take turns.
MATCHING_LOCK = 7201


def new_decision_id() -> str:
    """Return a fresh ``mtd_…`` id."""
    return new_id("mtd")


def new_unmatched_id() -> str:
    """Return a fresh ``unm_…`` id."""
    return new_id("unm")


def take_turn(*, alone: bool) -> None:
    """Wait for decisions under way, and alone for counts too; held to the transaction's end.

    A count sees every decision before it and a decision every count, whatever licences they are
    about. Taken before any row.
    """
    function = "pg_advisory_xact_lock" if alone else "pg_advisory_xact_lock_shared"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s, 0)", [MATCHING_LOCK])  # one of two names


class Kind(models.TextChoices):
    """What can be decided about an unmatched identifier."""

    MAP = "map", _("Mapped to a work")
    GRANT = "grant", _("Granted")
    INFRINGING = "infringing", _("Marked as infringing")
    IGNORE = "ignore", _("Ignored")
    UNDO = "undo", _("Undone")


MARKS = (Kind.INFRINGING, Kind.IGNORE)


class DecisionQuerySet(models.QuerySet["MatchDecision"]):
    """Decisions by who may see them and by whether they stand."""

    def visible_to(self, actor: "Actor") -> Self:
        """Return what touches the licences an organisation gives; the operator sees all."""
        if actor.is_operator:
            return self
        everybody = Q(licence=None, licensor=None, name__in=_names_of(actor))
        own = Q(licensor=actor.organisation) | Q(licence__licensor=actor.organisation)
        return self.filter(own | everybody)

    def standing(self, *kinds: Kind) -> Self:
        """Return the decisions of these kinds that nobody has undone."""
        return self.filter(kind__in=kinds, undone_at=None)

    def about(self, licence: Licence) -> Self:
        """Return what was decided for a licence, for its licensor or for everybody."""
        return self.filter(
            Q(licence=licence)
            | Q(licence=None, licensor=licence.licensor_id)
            | Q(licence=None, licensor=None)
        )


def _names_of(actor: "Actor") -> "models.QuerySet[Unmatched, str]":
    return Unmatched.objects.visible_to(actor).values_list("name", flat=True)


class MatchDecision(models.Model):
    """What was decided about an identifier: who, when and why. Appended; only undoing marks it.

    A mapping holds for one licensor's licences, or for all where it names no licensor. A grant
    adds a work to what a licence covers from a day on; the repertoire snapshot stays as it is.
    """

    public_id = models.CharField(max_length=24, unique=True, default=new_decision_id)
    kind = models.CharField(max_length=10, choices=Kind)
    name = models.CharField(max_length=300, db_index=True)
    licensor = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    licence = models.ForeignKey(Licence, models.PROTECT, null=True, related_name="match_decisions")
    work = models.ForeignKey(Work, models.PROTECT, null=True, related_name="+")
    starts_on = models.DateField(null=True)
    reason = models.TextField()
    by = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    by_user = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    undoes = models.OneToOneField("self", models.PROTECT, null=True, related_name="undone_by")
    undone_at = models.DateTimeField(null=True)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="match_has_a_reason",
                violation_error_message=_("Say why."),
            ),
            models.CheckConstraint(
                condition=Q(
                    kind="map",
                    work__isnull=False,
                    licence=None,
                    starts_on=None,
                    undoes=None,
                )
                | Q(
                    kind="grant",
                    work__isnull=False,
                    licence__isnull=False,
                    starts_on__isnull=False,
                    undoes=None,
                )
                | Q(
                    kind__in=["infringing", "ignore"],
                    licence__isnull=False,
                    starts_on=None,
                    undoes=None,
                )
                | Q(kind="undo", undoes__isnull=False, undone_at=None),
                name="match_says_what_its_kind_needs",
            ),
            models.UniqueConstraint(
                fields=["name", "licensor"],
                condition=Q(kind="map", undone_at=None),
                nulls_distinct=False,
                name="match_one_mapping_stands",
                violation_error_message=_("This identifier is mapped already."),
            ),
            models.UniqueConstraint(
                fields=["licence", "work"],
                condition=Q(kind="grant", undone_at=None),
                name="match_one_grant_stands",
                violation_error_message=_("This work is granted already."),
            ),
            models.UniqueConstraint(
                fields=["licence", "name"],
                condition=Q(kind__in=["infringing", "ignore"], undone_at=None),
                name="match_one_mark_stands",
                violation_error_message=_("This identifier is marked already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.kind}"


class Status(models.TextChoices):
    """Where an unmatched identifier stands."""

    OPEN = "open", _("Open")
    MAPPED = "mapped", _("Mapped")
    GRANTED = "granted", _("Granted")
    INFRINGING = "infringing", _("Infringing")
    IGNORED = "ignored", _("Ignored")


STATUS_OF = {
    Kind.MAP: Status.MAPPED,
    Kind.GRANT: Status.GRANTED,
    Kind.INFRINGING: Status.INFRINGING,
    Kind.IGNORE: Status.IGNORED,
}


class UnmatchedQuerySet(models.QuerySet["Unmatched"]):
    """Unmatched identifiers by who may decide about them."""

    def visible_to(self, actor: "Actor") -> Self:
        """Return those of licences that an organisation gives; the operator sees all."""
        if actor.is_operator:
            return self
        return self.filter(licence__licensor=actor.organisation)

    def waiting(self) -> Self:
        """Return those that somebody has to decide about."""
        return self.filter(status=Status.OPEN, lines__gt=0)


class Unmatched(models.Model):
    """An identifier that was reported under a licence and found no licensed work.

    The counts sum its sightings in reports in force. ``stake_minor`` estimates, in the licence's
    currency, what those lines would cost by themselves; empty where no price counts them.
    """

    public_id = models.CharField(max_length=24, unique=True, default=new_unmatched_id)
    licence = models.ForeignKey(Licence, models.PROTECT, related_name="unmatched")
    name = models.CharField(max_length=300)
    work = models.ForeignKey(
        Work, models.PROTECT, null=True, related_name="+", help_text=_("What it is known as.")
    )
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    decision = models.ForeignKey(MatchDecision, models.PROTECT, null=True, related_name="+")
    first_seen_at = models.DateTimeField()
    reports = models.PositiveIntegerField(default=0)
    lines = models.BigIntegerField(default=0)
    quantity = models.JSONField(default=dict, help_text=_("By unit."))
    stake_minor = models.BigIntegerField(null=True)

    objects = UnmatchedQuerySet.as_manager()

    class Meta:
        ordering = ["-lines", "pk"]
        indexes = [models.Index(fields=["status", "-lines"], name="unmatched_by_status")]
        constraints = [
            models.UniqueConstraint(fields=["licence", "name"], name="unmatched_once_per_licence"),
            models.CheckConstraint(
                condition=Q(status="open") | Q(decision__isnull=False),
                name="unmatched_settled_by_a_decision",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Sighting(models.Model):
    """All lines of one report under one unmatched identifier; ``code`` is empty once accepted."""

    unmatched = models.ForeignKey(Unmatched, models.PROTECT, related_name="sightings")
    report = models.ForeignKey(UsageReport, models.PROTECT, related_name="sightings")
    code = models.CharField(max_length=40, blank=True)
    lines = models.BigIntegerField()
    uses = models.JSONField(help_text=_("Lines and quantity by use and unit."))
    stake_minor = models.BigIntegerField(null=True)

    class Meta:
        ordering = ["-report", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["report", "unmatched"], name="sighting_once"),
            models.CheckConstraint(condition=Q(lines__gt=0), name="sighting_of_lines"),
        ]

    def __str__(self) -> str:
        return f"{self.unmatched}: {self.report}"


class Judging(models.Model):
    """A report judged again: which lines took the place of which. Appended, never changed."""

    report = models.ForeignKey(UsageReport, models.PROTECT, related_name="judgings")
    number = models.PositiveIntegerField()
    before_key = models.CharField(max_length=200)
    lines_key = models.CharField(max_length=200)
    lines_accepted = models.BigIntegerField()
    lines_quarantined = models.BigIntegerField()
    lines_rejected = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["report", "number"]
        constraints = [
            models.UniqueConstraint(fields=["report", "number"], name="judging_number_once"),
            models.CheckConstraint(
                condition=~Q(before_key=F("lines_key")), name="judging_changes_the_lines"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.report} · {self.number}"
