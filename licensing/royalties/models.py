"""Accounting periods, their closes, charges and allocations, and the statements drawn from them."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q
from django.db.models.expressions import Combinable
from django.utils.translation import gettext_lazy as _

from ledger.ids import new_id
from licensing.deals.models import Licence
from licensing.parties.models import Organisation, User

if TYPE_CHECKING:
    from licensing.access import Actor


def new_period_id() -> str:
    """Return a fresh ``per_…`` id."""
    return new_id("per")


def new_charge_id() -> str:
    """Return a fresh ``chg_…`` id."""
    return new_id("chg")


def new_run_id() -> str:
    """Return a fresh ``run_…`` id."""
    return new_id("run")


def new_statement_id() -> str:
    """Return a fresh ``stm_…`` id."""
    return new_id("stm")


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


class ChargeKind(models.TextChoices):
    """What a charge is for; only the price of a usage or an access is rated."""

    PRICE = "price", _("Price")
    ADVANCE = "advance", _("Advance")
    RECOUPMENT = "recoupment", _("Recoupment of the advance")
    LIQUIDATION = "liquidation", _("Release of the reserve")


class ChargeQuerySet(models.QuerySet["Charge"]):
    """Charges by what they are for and who may see them."""

    def visible_to(self, actor: "Actor") -> Self:
        """Return the charges of licences an actor may see."""
        return self.filter(period__in=Period.objects.visible_to(actor))

    def rated(self) -> Self:
        """Return what closes rated from the terms: all but advances and what follows them."""
        return self.filter(kind=ChargeKind.PRICE)


class Charge(models.Model):
    """What one price adds to what the licensee owes for one period.

    A close rates the whole period again; the charge books only the difference from what was
    booked before, so the charges of a price sum to ``rated_minor`` of the latest.

    Two other kinds move what a licensee owes without being rated: an advance that was paid adds
    to it, and what is recouped of it takes as much away again. A liquidation owes nothing: it
    moves what was held in reserve to its payees. These three belong to no close.
    """

    public_id = models.CharField(max_length=24, unique=True, default=new_charge_id)
    period = models.ForeignKey(Period, models.PROTECT, related_name="charges")
    close = models.ForeignKey(Close, models.PROTECT, null=True, related_name="charges")
    kind = models.CharField(max_length=11, choices=ChargeKind, default=ChargeKind.PRICE)
    price_id = models.CharField(max_length=64)
    sequence = models.PositiveSmallIntegerField()
    corrects = models.ForeignKey("self", models.PROTECT, null=True, related_name="corrections")
    unit = models.CharField(max_length=32, blank=True)
    quantity = models.DecimalField(max_digits=38, decimal_places=6)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    rated_minor = models.BigIntegerField(help_text=_("The whole period at this price."))
    trace = models.JSONField()
    entry_key = models.CharField(max_length=200, unique=True)

    objects = ChargeQuerySet.as_manager()

    class Meta:
        ordering = ["period", "price_id", "sequence"]
        constraints = [
            models.UniqueConstraint(
                fields=["period", "kind", "price_id", "sequence"], name="charge_sequence_once"
            ),
            models.CheckConstraint(
                condition=Q(kind=ChargeKind.PRICE, close__isnull=False)
                | (~Q(kind=ChargeKind.PRICE) & Q(close=None)),
                name="charge_is_rated_by_a_close",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.price_id} {self.amount_minor} {self.currency}"


class AllocationRole(models.TextChoices):
    """Why a party gets a part of a charge."""

    OPERATOR_FEE = "operator_fee", _("Operator fee")
    COLLECTIVE_FEE = "collective_fee", _("Collective fee")
    PAYEE = "payee", _("Payee")
    AGENT = "agent", _("Agent")
    SUSPENSE = "suspense", _("Suspense")


EARNING = (AllocationRole.PAYEE, AllocationRole.AGENT)
"""Who earns of a charge: owners, and the agents they pass a part on to."""


class Allocation(models.Model):
    """One party's part of a charge; the database checks that the parts sum to it.

    For a payee ``gross_minor`` less the two fees, less what goes into its reserve and less what is
    recouped of an advance is ``amount_minor``, what its statement makes payable. The fees are
    divided by the same weights, so they sum to the fees taken. ``weight`` is the exact integer
    weight. Amounts and reserves of all parts sum to the charge. An advance that is paid out is
    recouped below zero, and a reserve that is released is held below zero.
    """

    charge = models.ForeignKey(Charge, models.PROTECT, related_name="allocations")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, related_name="allocations"
    )
    role = models.CharField(max_length=14, choices=AllocationRole)
    weight = models.TextField(
        default="0", help_text=_("The exact integer weight, of any length, in decimal digits.")
    )
    gross_minor = models.BigIntegerField()
    operator_fee_minor = models.BigIntegerField(default=0)
    collective_fee_minor = models.BigIntegerField(default=0)
    reserve_minor = models.BigIntegerField(default=0)
    recouped_minor = models.BigIntegerField(default=0)
    amount_minor = models.BigIntegerField()

    class Meta:
        ordering = ["charge", "role", "organisation"]
        constraints = [
            models.UniqueConstraint(
                fields=["charge", "organisation", "role"],
                nulls_distinct=False,
                name="allocation_once",
            ),
            models.CheckConstraint(
                condition=Q(
                    gross_minor=F("amount_minor")
                    + F("operator_fee_minor")
                    + F("collective_fee_minor")
                    + F("reserve_minor")
                    + F("recouped_minor")
                ),
                name="allocation_gross_less_what_is_taken",
            ),
            models.CheckConstraint(
                condition=Q(role=AllocationRole.SUSPENSE) | Q(organisation__isnull=False),
                name="allocation_names_its_party",
            ),
            models.CheckConstraint(
                condition=Q(weight__regex=r"^[0-9]+$"), name="allocation_weight_is_an_integer"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation}: {self.amount_minor}"


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
