"""Deals, their offers and signatures, and the licences they end in."""

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db import connection, models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from ledger.ids import new_id
from licensing.parties.models import Organisation, User

if TYPE_CHECKING:
    from licensing.access import Actor


REFERENCE_LENGTH = 64


def new_deal_id() -> str:
    """Return a fresh ``deal_…`` id."""
    return new_id("deal")


def new_offer_id() -> str:
    """Return a fresh ``ofr_…`` id."""
    return new_id("ofr")


def new_licence_id() -> str:
    """Return a fresh ``lic_…`` id."""
    return new_id("lic")


class DealState(models.TextChoices):
    """Where a deal stands; the legal moves are in `negotiation`."""

    DRAFT = "draft", _("Draft")
    NEGOTIATING = "negotiating", _("Negotiating")
    AGREED = "agreed", _("Agreed")
    SIGNING = "signing", _("Signing")
    IN_FORCE = "in_force", _("In force")
    EXPIRED = "expired", _("Expired")
    TERMINATED = "terminated", _("Terminated")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    LAPSED = "lapsed", _("Lapsed")


class DealQuerySet(models.QuerySet["Deal"]):
    """Deals by who may see them, and the lock that every move takes."""

    def visible_to(self, actor: "Actor") -> Self:
        """Return the deals an actor's organisation is a party to; the operator sees all."""
        if actor.is_operator:
            return self
        party = actor.organisation
        return self.filter(Q(licensor=party) | Q(licensee=party))

    def with_standing_offer(self) -> Self:
        """Add ``standing_by`` (an organisation's key) and ``standing_until``, None where none."""
        standing = Offer.objects.filter(deal=OuterRef("pk"), answered_at=None)
        return self.annotate(
            standing_by=Subquery(standing.values("made_by")[:1]),
            standing_until=Subquery(standing.values("expires_at")[:1]),
        )

    def with_signature_of(self, organisation: Organisation) -> Self:
        """Add ``is_signed_by_us``: whether an organisation has signed the deal's accepted offer."""
        ours = Signature.objects.filter(offer__deal=OuterRef("pk"), organisation=organisation)
        return self.annotate(is_signed_by_us=Exists(ours))

    def awaiting_answer_of(self, organisation: Organisation) -> Self:
        """Return the deals in which it is an organisation's turn, those that lapse first.

        They come as ``with_standing_offer`` gives them.
        """
        theirs = Offer.objects.filter(deal=OuterRef("pk"), answered_at=None).exclude(
            made_by=organisation
        )
        mine = self.filter(
            Q(licensor=organisation) | Q(licensee=organisation),
            Exists(theirs),
            state=DealState.NEGOTIATING,
        )
        until = Subquery(theirs.values("expires_at")[:1])
        return mine.with_standing_offer().order_by(until)

    def awaiting_signature_of(self, organisation: Organisation) -> Self:
        """Return the agreed deals that an organisation has not signed yet."""
        ours = Signature.objects.filter(offer__deal=OuterRef("pk"), organisation=organisation)
        return self.filter(
            Q(licensor=organisation) | Q(licensee=organisation),
            ~Exists(ours),
            state__in=[DealState.AGREED, DealState.SIGNING],
        )

    def lock(self, public_id: str) -> "Deal":
        """Return one deal, locked until the transaction ends; raises `Deal.DoesNotExist`."""
        return self.select_for_update(of=("self",)).get(public_id=public_id)


class Deal(models.Model):
    """A negotiation between a rights side and a licensee."""

    public_id = models.CharField(max_length=24, unique=True, default=new_deal_id)
    title = models.CharField(max_length=200)
    licensor = models.ForeignKey(Organisation, models.PROTECT, related_name="deals_as_licensor")
    licensee = models.ForeignKey(Organisation, models.PROTECT, related_name="deals_as_licensee")
    state = models.CharField(
        max_length=11, choices=DealState, default=DealState.DRAFT, db_index=True
    )
    opened_by = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(auto_now_add=True)
    licensor_reference = models.CharField(
        max_length=REFERENCE_LENGTH,
        blank=True,
        default="",
        help_text=_("The number the licensor's side files this deal under."),
    )
    licensee_reference = models.CharField(
        max_length=REFERENCE_LENGTH,
        blank=True,
        default="",
        help_text=_("The number the licensee files this deal under."),
    )

    objects = DealQuerySet.as_manager()

    # Added by the queryset's ``with_…`` methods.
    standing_by: int | None
    standing_until: datetime | None
    is_signed_by_us: bool

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(licensor=F("licensee")),
                name="deal_has_two_sides",
                violation_error_message=_("A deal needs two different organisations."),
            ),
            models.CheckConstraint(
                condition=Q(opened_by=F("licensor")) | Q(opened_by=F("licensee")),
                name="deal_is_opened_by_a_side",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def standing_offer(self) -> "Offer | None":
        """The offer that waits for an answer."""
        return self.offers.filter(answered_at=None).select_related("made_by").first()

    def other_side(self, organisation: Organisation) -> Organisation:
        """Return the party across the table."""
        return self.licensee if organisation.pk == self.licensor_id else self.licensor


class Answer(models.TextChoices):
    """How an offer ended."""

    COUNTERED = "countered", _("Countered")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    LAPSED = "lapsed", _("Lapsed")


class Offer(models.Model):
    """One immutable round of terms; the database refuses to change its terms."""

    public_id = models.CharField(max_length=24, unique=True, default=new_offer_id)
    deal = models.ForeignKey(Deal, models.PROTECT, related_name="offers")
    round = models.PositiveSmallIntegerField()
    made_by = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    made_by_user = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    terms = models.JSONField()
    terms_hash = models.CharField(max_length=71)
    message = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=9, choices=Answer, blank=True)

    class Meta:
        ordering = ["deal", "-round"]
        constraints = [
            models.UniqueConstraint(fields=["deal", "round"], name="offer_round_once"),
            models.UniqueConstraint(
                fields=["deal"], condition=Q(answered_at=None), name="offer_one_standing"
            ),
            models.CheckConstraint(
                condition=Q(answered_at=None, answer="")
                | (Q(answered_at__isnull=False) & ~Q(answer="")),
                name="offer_answered_with_an_answer",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("made_at")),
                name="offer_expires_after_it_is_made",
                violation_error_message=_("An offer must expire after it is made."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.deal} · {self.round}"


class DealMove(models.Model):
    """One move of a deal, appended and never changed."""

    deal = models.ForeignKey(Deal, models.PROTECT, related_name="moves")
    move = models.CharField(max_length=16)
    from_state = models.CharField(max_length=11)
    to_state = models.CharField(max_length=11)
    by = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    by_user = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    offer = models.ForeignKey(Offer, models.PROTECT, null=True, related_name="moves")
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.from_state} → {self.to_state}"


class Signature(models.Model):
    """One side's signature under an accepted offer's terms, by their hash."""

    offer = models.ForeignKey(Offer, models.PROTECT, related_name="signatures")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    signer_name = models.CharField(max_length=120)
    signer_title = models.CharField(max_length=120, blank=True)
    terms_hash = models.CharField(max_length=71)
    signed_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["offer", "organisation"],
                name="signature_once_per_side",
                violation_error_message=_("Your side has signed already."),
            ),
            models.CheckConstraint(
                condition=~Q(signer_name=""),
                name="signature_has_a_name",
                violation_error_message=_("Write the name of the person who signs."),
            ),
        ]

    def __str__(self) -> str:
        return self.signer_name


class LicenceQuerySet(models.QuerySet["Licence"]):
    """Licences by who may see them."""

    def visible_to(self, actor: "Actor") -> Self:
        """Return the licences an actor's organisation is a party to; the operator sees all."""
        if actor.is_operator:
            return self
        party = actor.organisation
        return self.filter(Q(licensor=party) | Q(licensee=party))

    def lock(self, pk: int) -> "Licence":
        """Return one licence, locked until the transaction ends."""
        return self.select_for_update(of=("self",)).get(pk=pk)

    def hold(self, pk: int) -> None:
        """Lock one licence until the transaction ends, where it was read before.

        What it promises never changes; whoever looks at its state must `lock` it.
        """
        with connection.cursor() as cursor:
            cursor.execute("SELECT FROM licensing_licence WHERE id = %s FOR UPDATE", [pk])


class Licence(models.Model):
    """The agreement in force: terms and repertoire frozen at the second signature."""

    public_id = models.CharField(max_length=24, unique=True, default=new_licence_id)
    deal = models.OneToOneField(Deal, models.PROTECT, related_name="licence")
    offer = models.OneToOneField(Offer, models.PROTECT, related_name="licence")
    licensor = models.ForeignKey(Organisation, models.PROTECT, related_name="licences_given")
    licensee = models.ForeignKey(Organisation, models.PROTECT, related_name="licences_held")
    terms = models.JSONField()
    terms_hash = models.CharField(max_length=71)
    currency = models.CharField(max_length=3)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, help_text=_("Empty where the term has no end."))
    signed_at = models.DateTimeField()
    snapshot_key = models.CharField(
        max_length=200, help_text=_("Parquet of the frozen repertoire in the evidence store.")
    )
    snapshot_sha256 = models.CharField(max_length=64)
    snapshot_works = models.PositiveIntegerField()

    objects = LicenceQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="licence_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return self.deal.title
