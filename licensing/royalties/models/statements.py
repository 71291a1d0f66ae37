"""Runs of statements, what each statement shows, and disputes about them."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q
from django.db.models.expressions import Combinable
from django.utils.translation import gettext_lazy as _

from ledger.ids import new_id
from licensing.parties.models import Organisation, User
from licensing.royalties.models.charges import Allocation

if TYPE_CHECKING:
    from licensing.access import Actor


def new_run_id() -> str:
    """Return a fresh ``run_…`` id."""
    return new_id("run")


def new_statement_id() -> str:
    """Return a fresh ``stm_…`` id."""
    return new_id("stm")


class RunState(models.TextChoices):
    """Where a batch of statements stands; ``issuing`` is what the sweep looks for."""

    DRAFT = "draft", _("Draft")
    APPROVED = "approved", _("Approved")
    ISSUING = "issuing", _("Issuing")
    ISSUED = "issued", _("Issued")


class RunQuerySet(models.QuerySet["Run"]):
    """Runs with what lists show of them."""

    def with_counts(self) -> Self:
        """Count the statements of each run, and those that are held."""
        return self.annotate(
            statement_count=models.Count("statements"),
            held_count=models.Count("statements", filter=Q(statements__state="held")),
        )


class Run(models.Model):
    """A batch of statements of one month, reviewed and issued together."""

    public_id = models.CharField(max_length=24, unique=True, default=new_run_id)
    month = models.DateField(help_text=_("First day of the month the statements are for."))
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=8, choices=RunState, default=RunState.DRAFT)
    created_at = models.DateTimeField(auto_now_add=True)
    approved_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    issued_at = models.DateTimeField(null=True)

    objects = RunQuerySet.as_manager()

    # Only on what `with_counts` returns.
    statement_count: int
    held_count: int

    class Meta:
        ordering = ["-month", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["month", "number"], name="run_number_once"),
            models.UniqueConstraint(
                fields=["month"],
                condition=Q(state=RunState.DRAFT),
                name="run_one_draft_per_month",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} · {self.number}"


class StatementState(models.TextChoices):
    """Where a statement stands; the legal moves are in `lifecycle`."""

    DRAFT = "draft", _("Draft")
    APPROVED = "approved", _("Approved")
    ISSUED = "issued", _("Issued")
    PAID = "paid", _("Paid")
    HELD = "held", _("Held")
    DISPUTED = "disputed", _("Disputed")


class StatementQuerySet(models.QuerySet["Statement"]):
    """Statements by who may see them."""

    def visible_to(self, actor: "Actor") -> Self:
        """Return a payee's issued statements; the operator sees drafts and everybody's."""
        if actor.is_operator:
            return self
        return self.filter(
            payee=actor.organisation,
            state__in=[StatementState.ISSUED, StatementState.PAID, StatementState.DISPUTED],
        )

    def beside(self, *, now: Combinable, before: Combinable) -> Self:
        """Add ``now_minor`` and ``before_minor``, what is to be compared."""
        return self.annotate(now_minor=now, before_minor=before)


class Statement(models.Model):
    """What one payee earned, in one currency, as stated in one run; frozen when issued."""

    public_id = models.CharField(max_length=24, unique=True, default=new_statement_id)
    run = models.ForeignKey(Run, models.PROTECT, related_name="statements")
    payee = models.ForeignKey(Organisation, models.PROTECT, related_name="statements")
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=8, choices=StatementState, default=StatementState.DRAFT)
    hold_reason = models.TextField(blank=True)
    gross_minor = models.BigIntegerField(default=0)
    operator_fee_minor = models.BigIntegerField(default=0)
    collective_fee_minor = models.BigIntegerField(default=0)
    reserve_minor = models.BigIntegerField(
        default=0, help_text=_("Put into reserve, less what was released of it.")
    )
    recouped_minor = models.BigIntegerField(
        default=0, help_text=_("Recouped of advances, less advances paid out.")
    )
    net_minor = models.GeneratedField(
        expression=F("gross_minor")
        - F("operator_fee_minor")
        - F("collective_fee_minor")
        - F("reserve_minor")
        - F("recouped_minor"),
        output_field=models.BigIntegerField(),
        db_persist=True,
    )
    opening_minor = models.BigIntegerField(
        default=0, help_text=_("Unpaid balance before this statement.")
    )
    unrecouped_minor = models.BigIntegerField(
        default=0, help_text=_("What the payee had of advances and not yet earned, at issue.")
    )
    content = models.JSONField(null=True, help_text=_("The frozen statement, canonical JSON."))
    content_sha256 = models.CharField(max_length=64, blank=True)
    issued_at = models.DateTimeField(null=True)
    paid_at = models.DateTimeField(null=True)

    objects = StatementQuerySet.as_manager()

    # Only on what `beside` returns.
    now_minor: int
    before_minor: int | None

    class Meta:
        ordering = ["-run__month", "payee__name"]
        constraints = [
            models.UniqueConstraint(
                fields=["run", "payee", "currency"], name="statement_once_per_run"
            ),
            models.CheckConstraint(
                condition=Q(issued_at=None) | Q(content__isnull=False),
                name="statement_issued_with_its_content",
            ),
        ]

    def __str__(self) -> str:
        return self.public_id


class StatementLine(models.Model):
    """One allocation as stated: every allocation to a payee stands on exactly one statement."""

    statement = models.ForeignKey(Statement, models.PROTECT, related_name="lines")
    allocation = models.OneToOneField(Allocation, models.PROTECT, related_name="line")

    class Meta:
        ordering = ["statement", "pk"]

    def __str__(self) -> str:
        return f"{self.statement} · {self.allocation}"


class Dispute(models.Model):
    """A payee's objection to an issued statement; its amount is not paid out until answered."""

    statement = models.ForeignKey(Statement, models.PROTECT, related_name="disputes")
    reason = models.TextField()
    raised_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    raised_at = models.DateTimeField()
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["statement"],
                condition=Q(answered_at=None),
                name="dispute_one_open_per_statement",
                violation_error_message=_("This statement is disputed already."),
            ),
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="dispute_has_a_reason",
                violation_error_message=_("Say what is wrong."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.statement)
