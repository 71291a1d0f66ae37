"""Works, what identifies them, who owns them, who acts for whom, and what is reserved."""

from typing import TYPE_CHECKING, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ledger.ids import new_id
from licensing.catalogue.uses import sum_up
from licensing.parties.models import Organisation, User

if TYPE_CHECKING:
    from licensing.access import Actor


def new_work_id() -> str:
    """Return a fresh ``work_…`` id."""
    return new_id("work")


def new_reservation_id() -> str:
    """Return a fresh ``rsv_…`` id."""
    return new_id("rsv")


def new_mandate_id() -> str:
    """Return a fresh ``mnd_…`` id."""
    return new_id("mnd")


def new_import_id() -> str:
    """Return a fresh ``imp_…`` id."""
    return new_id("imp")


class WorkQuerySet(models.QuerySet["Work"]):
    """Works by who may see or license them."""

    def visible_to(self, actor: "Actor") -> Self:
        """Return the works an actor may see.

        Titles and identifiers are public in this trade (an AI firm must be able to ask "may I
        train on this?"), so every insider sees every work; shares are shown to the rights side.
        """
        return self if actor.scopes else self.none()

    def owned_by(self, organisation: Organisation) -> Self:
        """Return the works of which an organisation holds any share."""
        return self.filter(
            models.Exists(Share.objects.filter(work=models.OuterRef("pk"), holder=organisation))
        )


class Work(models.Model):
    """A creation that can be licensed."""

    public_id = models.CharField(max_length=24, unique=True, default=new_work_id)
    kind = models.CharField(max_length=40, help_text=_("E.g. website, anime-film, book."))
    title = models.CharField(max_length=500)
    title_kana = models.CharField(max_length=500, blank=True)
    title_en = models.CharField(max_length=500, blank=True)
    released = models.CharField(
        max_length=10, blank=True, help_text=_("ISO 8601: a year, a month or a day.")
    )
    production_company = models.CharField(max_length=500, blank=True)
    copyright_notice = models.CharField(
        max_length=1000, blank=True, help_text=_("As printed on the work, verbatim.")
    )
    weight_total = models.PositiveIntegerField(
        null=True,
        blank=True,
        help_text=_("What all shares are parts of; empty where they sum to the whole."),
    )
    registered_by = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = WorkQuerySet.as_manager()

    class Meta:
        ordering = ["title", "pk"]
        indexes = [models.Index(fields=["title", "id"], name="work_by_title")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(title=""),
                name="work_has_a_title",
                violation_error_message=_("A work needs a title."),
            ),
            models.CheckConstraint(
                condition=Q(weight_total=None) | Q(weight_total__gt=0),
                name="work_whole_is_positive",
                violation_error_message=_("The whole is a whole number above zero."),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Identifier(models.Model):
    """One name of a work in a public scheme, normalised; no two works share one."""

    work = models.ForeignKey(Work, models.PROTECT, related_name="identifiers")
    scheme = models.CharField(max_length=16)
    value = models.CharField(max_length=255)

    class Meta:
        ordering = ["scheme", "value"]
        constraints = [
            models.UniqueConstraint(
                fields=["scheme", "value"],
                name="identifier_once",
                violation_error_message=_("Another work carries this identifier."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scheme}:{self.value}"


class ShareQuerySet(models.QuerySet["Share"]):
    """Shares by date."""

    def in_force(self, on: object) -> Self:
        """Return the shares in force on a day."""
        return self.filter(
            Q(starts_on=None) | Q(starts_on__lte=on), Q(ends_on=None) | Q(ends_on__gte=on)
        )


class Share(models.Model):
    """How much of a work an organisation owns: its weight among the weights in force."""

    work = models.ForeignKey(Work, models.PROTECT, related_name="shares")
    holder = models.ForeignKey(Organisation, models.PROTECT, related_name="shares")
    weight = models.PositiveIntegerField()
    territory = models.CharField(max_length=2, default="WW")
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)

    objects = ShareQuerySet.as_manager()

    class Meta:
        ordering = ["work", "-weight", "holder"]
        constraints = [
            models.CheckConstraint(
                condition=Q(weight__gt=0),
                name="share_weight_is_positive",
                violation_error_message=_("A share's weight is a whole number above zero."),
            ),
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="share_ends_after_it_starts",
                violation_error_message=_("A share cannot end before it starts."),
            ),
            models.UniqueConstraint(
                fields=["work", "holder", "territory", "starts_on"],
                nulls_distinct=False,
                name="share_once_per_start",
                violation_error_message=_("This holder has a share from this day already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.holder}: {self.weight}"


class MandateQuerySet(models.QuerySet["Mandate"]):
    """Mandates by date and by who may see them."""

    def in_force(self, on: object) -> Self:
        """Return the mandates in force on a day."""
        return self.filter(Q(starts_on__lte=on), Q(ends_on=None) | Q(ends_on__gte=on))

    def visible_to(self, actor: "Actor") -> Self:
        """Return an organisation's own mandates, given or held; the operator sees all."""
        if actor.is_operator:
            return self
        return self.filter(Q(member=actor.organisation) | Q(collective=actor.organisation))


class Mandate(models.Model):
    """A licensor's permission for a collective to act for it: uses, territory, dates.

    ``uses`` are kept with ``ai-all`` and ``all`` spelled out; an empty territory is the world.
    """

    public_id = models.CharField(max_length=24, unique=True, default=new_mandate_id)
    member = models.ForeignKey(Organisation, models.PROTECT, related_name="mandates_given")
    collective = models.ForeignKey(Organisation, models.PROTECT, related_name="mandates_held")
    uses = ArrayField(models.CharField(max_length=16))
    territory = ArrayField(models.CharField(max_length=2), default=list)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    excluded_works = models.ManyToManyField(Work, related_name="+", blank=True)

    objects = MandateQuerySet.as_manager()

    class Meta:
        ordering = ["member", "starts_on"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(member=F("collective")),
                name="mandate_is_for_another",
                violation_error_message=_("Nobody gives a mandate to themselves."),
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="mandate_ends_after_it_starts",
                violation_error_message=_("A mandate cannot end before it starts."),
            ),
            models.CheckConstraint(
                condition=Q(uses__len__gt=0),
                name="mandate_names_uses",
                violation_error_message=_("A mandate names at least one use."),
            ),
            models.UniqueConstraint(
                fields=["member", "collective", "starts_on"], name="mandate_once_per_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member} → {self.collective}"

    @property
    def uses_in_short(self) -> list[str]:
        """The uses, named as sets where they make one up."""
        return sum_up(self.uses)


class ReservationQuerySet(models.QuerySet["Reservation"]):
    """Reservations by date and by who may see them."""

    def in_force(self, on: object) -> Self:
        """Return the reservations that stand on a day."""
        return self.filter(Q(starts_on__lte=on), Q(lifted_on=None) | Q(lifted_on__gt=on))

    def visible_to(self, actor: "Actor") -> Self:
        """Return every reservation: they are public statements."""
        return self if actor.scopes else self.none()


class Reservation(models.Model):
    """A dated public statement that rights are reserved, for a work or a whole repertoire."""

    public_id = models.CharField(max_length=24, unique=True, default=new_reservation_id)
    holder = models.ForeignKey(Organisation, models.PROTECT, related_name="reservations")
    work = models.ForeignKey(
        Work, models.PROTECT, null=True, blank=True, related_name="reservations"
    )
    uses = ArrayField(models.CharField(max_length=16))
    statement = models.TextField(help_text=_("As it is published."))
    starts_on = models.DateField()
    lifted_on = models.DateField(null=True, blank=True)
    made_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)

    objects = ReservationQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(lifted_on=None) | Q(lifted_on__gte=F("starts_on")),
                name="reservation_lifted_after_start",
                violation_error_message=_("A reservation cannot be lifted before it stands."),
            ),
            models.UniqueConstraint(
                fields=["holder", "work"],
                condition=Q(lifted_on=None),
                nulls_distinct=False,
                name="reservation_one_standing",
                violation_error_message=_("A reservation of this already stands."),
            ),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def uses_in_short(self) -> list[str]:
        """The uses, named as sets where they make one up."""
        return sum_up(self.uses)


class ImportState(models.TextChoices):
    """Where an import stands; ``received`` is what the sweep looks for."""

    RECEIVED = "received", _("Received")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


class ImportFormat(models.TextChoices):
    """What kind of file an import reads."""

    CSV = "csv", _("Works CSV")
    MADB = "madb", _("Media Arts Database JSON-LD")


class CatalogueImportQuerySet(models.QuerySet["CatalogueImport"]):
    """Imports by who may see them."""

    def visible_to(self, actor: "Actor") -> Self:
        """Return an organisation's own imports; the operator sees all."""
        return self if actor.is_operator else self.filter(organisation=actor.organisation)


class CatalogueImport(models.Model):
    """One file of works: kept untouched, read by a job, its refused rows kept as a download."""

    public_id = models.CharField(max_length=24, unique=True, default=new_import_id)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="imports")
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    format = models.CharField(max_length=4, choices=ImportFormat)
    file_name = models.CharField(max_length=200)
    dry_run = models.BooleanField(default=False)
    create_licensors = models.BooleanField(
        default=False, help_text=_("Make organisations for licensors the file names first.")
    )
    holder = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Owns the works whose rows name no owner."),
    )
    state = models.CharField(
        max_length=8, choices=ImportState, default=ImportState.RECEIVED, db_index=True
    )
    original_key = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    rows_total = models.PositiveIntegerField(null=True)
    rows_done = models.PositiveIntegerField(default=0)
    rows_created = models.PositiveIntegerField(default=0)
    rows_unchanged = models.PositiveIntegerField(default=0)
    rows_refused = models.PositiveIntegerField(default=0)
    failure = models.TextField(blank=True)
    received_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects = CatalogueImportQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.file_name


class ImportRefusal(models.Model):
    """A row that was not imported: as it came, with everything that is wrong with it.

    ``row`` counts lines in a CSV file (the header is line 1) and works in a JSON-LD file.
    """

    catalogue_import = models.ForeignKey(CatalogueImport, models.PROTECT, related_name="refusals")
    row = models.PositiveIntegerField()
    raw = models.JSONField()
    faults = models.JSONField()

    class Meta:
        ordering = ["row"]
        constraints = [
            models.UniqueConstraint(
                fields=["catalogue_import", "row"], name="refusal_once_per_row"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.catalogue_import}: {self.row}"
