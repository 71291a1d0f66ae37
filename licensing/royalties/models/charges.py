"""What a licensee owes for a period, and whose part of it is how much."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ledger.ids import new_id
from licensing.parties.models import Organisation
from licensing.royalties.models.periods import Close, Period

if TYPE_CHECKING:
    from licensing.access import Actor


def new_charge_id() -> str:
    """Return a fresh ``chg_…`` id."""
    return new_id("chg")


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
