"""Who can be paid, what is paid, every move of it and every attempt at the rail.

Amounts are positive minor units of the payout's currency. Parties, causes and the printed
snapshot are opaque: the ledger keeps them and never asks what they mean.
"""

from functools import partial
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from ledger.ids import new_id
from ledger.journal import PARTY_LENGTH
from ledger.money import CURRENCIES
from ledger.payouts.gateway import PayoutOrder
from ledger.payouts.lifecycle import OPEN_ATTEMPTS, UNDER_WAY, AttemptState, Move, State

CURRENCY_CHOICES = [(code, code) for code in sorted(CURRENCIES)]

STATE_LABELS = {
    State.DUE: _("Due"),
    State.RESERVED: _("Reserved"),
    State.SENDING: _("Being sent"),
    State.IN_TRANSIT: _("On its way"),
    State.PAID: _("Paid"),
    State.FAILED: _("Failed"),
    State.RETURNED: _("Returned"),
    State.CANCELLED: _("Cancelled"),
}
ATTEMPT_LABELS = {
    AttemptState.UNSENT: _("Waiting to be sent"),
    AttemptState.SENT: _("Sent, no answer yet"),
    AttemptState.SUCCEEDED: _("Taken by the bank"),
    AttemptState.FAILED: _("Refused"),
    AttemptState.UNKNOWN: _("Outcome unknown, being asked again"),
}

new_payout_id = partial(new_id, "po")


class Recipient(models.Model):
    """A party that can be paid, and what Stripe last said of its account."""

    party = models.CharField(max_length=PARTY_LENGTH, unique=True)
    stripe_account_id = models.CharField(max_length=64, blank=True, default="")
    payouts_enabled = models.BooleanField(default=False)
    transfers_active = models.BooleanField(default=False)
    requirements = models.JSONField(default=list, blank=True)
    country = models.CharField(max_length=2, blank=True, default="")
    default_currency = models.CharField(max_length=3, blank=True, default="")
    snapshot = models.JSONField(default=dict, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["stripe_account_id"],
                condition=~Q(stripe_account_id=""),
                name="recipient_has_its_own_account",
            ),
        ]

    def __str__(self) -> str:
        return self.party

    @property
    def is_ready(self) -> bool:
        """Tell whether money can be sent now."""
        return bool(self.stripe_account_id) and self.payouts_enabled and self.transfers_active


class PayoutQuerySet(models.QuerySet["Payout"]):
    """Payouts by what is to be done with them."""

    def lock(self, payout_id: int) -> "Payout":
        """Return one payout, locked until the transaction ends; before any account's lock."""
        return self.select_for_update(of=("self",)).select_related("recipient").get(pk=payout_id)

    def to_reserve(self) -> Self:
        """Due and not held."""
        return self.filter(state=State.DUE, hold_reason="")


class Payout(models.Model):
    """One payment to one party; gross less withholding is what the bank gets."""

    public_id = models.CharField(max_length=32, unique=True, default=new_payout_id, editable=False)
    key = models.CharField(max_length=200)
    recipient = models.ForeignKey(Recipient, models.PROTECT, related_name="payouts")
    currency = models.CharField(max_length=3, choices=CURRENCY_CHOICES)
    gross_minor = models.BigIntegerField()
    withholding_minor = models.BigIntegerField(db_default=0, default=0)
    net_minor = models.GeneratedField(
        expression=F("gross_minor") - F("withholding_minor"),
        output_field=models.BigIntegerField(),
        db_persist=True,
    )
    jurisdiction = models.CharField(max_length=PARTY_LENGTH, blank=True, default="")
    state = models.CharField(
        max_length=10,
        choices=[(state.value, label) for state, label in STATE_LABELS.items()],
        default=State.DUE,
    )
    causes = models.JSONField(default=list, help_text=_("Opaque references to what is paid."))
    snapshot = models.JSONField(default=dict)
    due_on = models.DateField()
    paid_on = models.DateField(null=True, blank=True)
    hold_reason = models.CharField(max_length=200, blank=True, default="")
    created_at = models.DateTimeField(db_default=Now())

    objects = PayoutQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["state", "due_on"], name="payout_by_state")]
        constraints = [
            models.CheckConstraint(
                condition=Q(withholding_minor__gte=0) & Q(gross_minor__gt=F("withholding_minor")),
                name="payout_sends_something",
                violation_error_message=_("Withholding must leave something to pay."),
            ),
            models.CheckConstraint(
                condition=Q(withholding_minor=0) | ~Q(jurisdiction=""),
                name="payout_withholds_for_a_jurisdiction",
                violation_error_message=_("Withholding needs the jurisdiction it is owed to."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in State]),
                name="payout_state_is_known",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.PAID) | Q(paid_on__isnull=False),
                name="payout_paid_has_a_day",
            ),
            models.UniqueConstraint(
                fields=["key"],
                condition=~Q(state=State.CANCELLED.value),
                name="payout_key_is_its_own",
                violation_error_message=_("This cause has a payout already."),
            ),
            models.UniqueConstraint(
                fields=["recipient", "currency"],
                condition=Q(state__in=[state.value for state in UNDER_WAY]),
                name="payout_one_under_way",
                violation_error_message=_("This payee has a payout under way in this currency."),
            ),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def party(self) -> str:
        """The opaque reference of who is paid."""
        return self.recipient.party

    def latest_attempt(self) -> "PayoutAttempt | None":
        """Return the attempt that decides this payout, if one was made."""
        return self.attempts.order_by("-number").first()


class PayoutAttempt(models.Model):
    """One try to send a payout; its row is committed before the rail hears of it.

    ``account_id`` is frozen here, so that asking again asks exactly the same. ``take_back`` says
    that a transfer stands at the recipient although its payout failed, until ``reversal_id`` is
    known.
    """

    payout = models.ForeignKey(Payout, models.PROTECT, related_name="attempts")
    number = models.PositiveIntegerField()
    idempotency_key = models.CharField(max_length=200, unique=True)
    state = models.CharField(
        max_length=9,
        choices=[(state.value, label) for state, label in ATTEMPT_LABELS.items()],
        default=AttemptState.UNSENT,
    )
    account_id = models.CharField(max_length=64)
    transfer_id = models.CharField(max_length=64, blank=True, default="")
    stripe_payout_id = models.CharField(max_length=64, blank=True, default="")
    reversal_id = models.CharField(max_length=64, blank=True, default="")
    take_back = models.BooleanField(default=False)
    error_code = models.CharField(max_length=100, blank=True, default="")
    error_message = models.TextField(blank=True, default="")
    created_at = models.DateTimeField(db_default=Now())
    first_sent_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                fields=["payout", "number"], name="payout_attempt_numbered_once"
            ),
            models.UniqueConstraint(
                fields=["payout"],
                condition=Q(state__in=[state.value for state in OPEN_ATTEMPTS]),
                name="payout_attempt_one_open",
                violation_error_message=_("An attempt to send this payout is still open."),
            ),
            models.UniqueConstraint(
                fields=["stripe_payout_id"],
                condition=~Q(stripe_payout_id=""),
                name="payout_attempt_has_its_own_payout",
            ),
        ]

    def __str__(self) -> str:
        return self.idempotency_key

    @property
    def order(self) -> PayoutOrder:
        """What this attempt asks of the rail, the same each time."""
        return PayoutOrder(
            payout=self.payout.public_id,
            attempt=self.number,
            account_id=self.account_id,
            currency=self.payout.currency,
            amount_minor=self.payout.net_minor,
        )


class PayoutMove(models.Model):
    """One move of a payout; appended with it, never changed (migration 0010)."""

    payout = models.ForeignKey(Payout, models.PROTECT, related_name="moves")
    attempt = models.ForeignKey(PayoutAttempt, models.PROTECT, null=True, related_name="moves")
    move = models.CharField(max_length=10, choices=[(move.value, move.value) for move in Move])
    from_state = models.CharField(max_length=10)
    to_state = models.CharField(max_length=10)
    by = models.CharField(max_length=PARTY_LENGTH, blank=True, default="")
    reason = models.TextField(blank=True, default="")
    entry_key = models.CharField(max_length=200, blank=True, default="")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.from_state} → {self.to_state}"


class WebhookEvent(models.Model):
    """A signed event as it came; ``processed_at`` is empty while it still has to be acted on."""

    event_id = models.CharField(max_length=100, unique=True)
    type = models.CharField(max_length=100)
    payload = models.JSONField()
    received_at = models.DateTimeField(db_default=Now())
    processed_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(
        max_length=10,
        blank=True,
        default="",
        choices=[
            ("applied", _("Applied")),
            ("stale", _("Already known")),
            ("ignored", _("Not about our payouts")),
            ("refused", _("Does not match our books")),
        ],
    )
    error = models.TextField(blank=True, default="")

    class Meta:
        indexes = [
            models.Index(
                fields=["received_at"],
                condition=Q(processed_at=None),
                name="webhook_event_waiting",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.event_id}"
