"""Payouts of what is payable: which payees, how much, and what their statements become.

A payout takes the whole available balance of a payee in one currency, so a negative statement is
recouped from the next positive one without any further rule. Stripe is never called here: the
ledger sends what was reserved.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from ledger import balances
from ledger.errors import LedgerError
from ledger.journal import Purpose
from ledger.payouts import recipients, services
from ledger.payouts.lifecycle import UNDER_WAY, State
from ledger.payouts.models import Payout, Recipient
from ledger.payouts.services import Batch
from licensing.parties.models import Organisation
from licensing.royalties import lifecycle
from licensing.royalties.content import operator
from licensing.royalties.lifecycle import StatementMove
from licensing.royalties.models import Statement, StatementState
from licensing.settlement.models import StatementPayout


@dataclass(frozen=True, slots=True)
class Due:
    """What a payee can be paid now in one currency, minor units, and for which statements."""

    payee: Organisation
    currency: str
    amount_minor: int
    statements: tuple[Statement, ...]
    reason: str = ""

    @property
    def can_be_paid(self) -> bool:
        """Whether nothing stands in the way."""
        return not self.reason


def due(currency: str | None = None) -> Iterator[Due]:
    """Yield every payee with an issued, unpaid statement, and why it cannot be paid, if so.

    However many there are, they cost the same few queries for each currency.
    """
    found = Statement.objects.filter(state=StatementState.ISSUED).select_related("payee", "run")
    if currency:
        found = found.filter(currency=currency)
    groups: dict[tuple[str, int], list[Statement]] = {}
    for statement in found.order_by("currency", "payee__slug", "pk"):
        groups.setdefault((statement.currency, statement.payee_id), []).append(statement)
    for code, of_currency in groupby(groups.items(), key=lambda item: item[0][0]):
        yield from _due(code, [statements for _, statements in of_currency])


def _due(code: str, groups: Sequence[list[Statement]]) -> Iterator[Due]:
    payees = [statements[0].payee for statements in groups]
    parties = [payee.public_id for payee in payees]
    available = balances.available_by_party(Purpose.PAYABLE, parties, code)
    disputed = _disputed(payees, code)
    under_way = set(
        Payout.objects.filter(
            state__in=UNDER_WAY, recipient__party__in=parties, currency=code
        ).values_list("recipient__party", flat=True)
    )
    recipients_of = {one.party: one for one in Recipient.objects.filter(party__in=parties)}
    for statements in groups:
        payee = statements[0].payee
        party = payee.public_id
        amount_minor = available[party] - disputed.get(payee.pk, 0)
        reason = (
            "payout_under_way"
            if party in under_way
            else _obstacle(code, amount_minor, recipients_of.get(party))
        )
        yield Due(payee, code, amount_minor, tuple(statements), reason)


def _disputed(payees: Sequence[Organisation], currency: str) -> dict[int, int]:
    """Return what is payable and disputed by payee, which stays until the dispute is answered."""
    disputed = Statement.objects.filter(
        payee__in=payees, currency=currency, state=StatementState.DISPUTED, net_minor__gt=0
    )
    return dict(disputed.values_list("payee").annotate(Sum("net_minor")))


def _obstacle(currency: str, amount_minor: int, recipient: Recipient | None) -> str:
    if amount_minor <= 0:
        return "nothing_payable"
    if amount_minor < settings.PAYOUT_THRESHOLD_MINOR.get(currency, 0):
        return "below_threshold"
    if recipient is None or not recipient.is_ready:
        return "account_not_ready"
    return ""


def prepare(one: Due) -> Payout:
    """Record the payout of what is due to a payee, tied to the statements it settles.

    Repeating it for the same statements returns the same payout, until that one has failed or
    come back: then it is a new one.
    """
    with transaction.atomic():
        latest = max(one.statements, key=lambda statement: statement.pk)
        tried = StatementPayout.objects.filter(statement=latest)
        ended = tried.exclude(payout__state__in=UNDER_WAY).count()
        payout = services.prepare(
            party=one.payee.public_id,
            currency=one.currency,
            amount_minor=one.amount_minor,
            causes=[statement.public_id for statement in one.statements],
            key=f"payout:{latest.public_id}:{ended + 1}",
            snapshot=_snapshot(one),
        )
        StatementPayout.objects.bulk_create(
            [StatementPayout(statement=each, payout=payout) for each in one.statements],
            ignore_conflicts=True,
        )
    return payout


def run(*, by: str = "", currency: str | None = None) -> tuple[Batch, list[Due]]:
    """Pay everybody who can be paid: prepare and reserve; workers send.

    Returns what was reserved or refused, and who was left out with the reason. Each payee is a
    transaction of its own, so one refusal keeps nobody else waiting.
    """
    prepared: list[int] = []
    left_out: list[Due] = []
    for one in due(currency):
        if not one.can_be_paid:
            left_out.append(one)
            continue
        try:
            prepared.append(prepare(one).pk)
        except LedgerError as error:
            left_out.append(
                Due(one.payee, one.currency, one.amount_minor, one.statements, error.code)
            )
    return services.send_due(payout_ids=prepared, by=by), left_out


@transaction.atomic
def follow(payout_id: int) -> None:
    """Bring the statements of a payout to where it is: paid, or to be paid after all."""
    payout = Payout.objects.lock(payout_id)
    links = StatementPayout.objects.filter(payout=payout)
    statements = Statement.objects.select_for_update(of=("self",)).filter(
        pk__in=links.values("statement")
    )
    for statement in statements.order_by("pk"):
        if payout.state == State.PAID and statement.state == StatementState.ISSUED:
            statement.state = lifecycle.move_statement(statement.state, StatementMove.PAY)
            statement.paid_at = timezone.now()
        elif payout.state in {State.FAILED, State.RETURNED} and _paid_by(statement, payout):
            statement.state = lifecycle.move_statement(statement.state, StatementMove.UNPAY)
            statement.paid_at = None
        else:
            continue
        statement.save(update_fields=["state", "paid_at"])


def _paid_by(statement: Statement, payout: Payout) -> bool:
    """Whether a statement counts as paid and no other payout has paid it."""
    others = StatementPayout.objects.filter(statement=statement, payout__state=State.PAID)
    return statement.state == StatementState.PAID and not others.exclude(payout=payout).exists()


def enrol(organisation: Organisation, email: str = "") -> Recipient:
    """Open a payee's account at the payment provider; calls Stripe, so outside transactions."""
    return recipients.enrol(
        party=organisation.public_id,
        country=organisation.country,
        email=email,
        snapshot=organisation.snapshot,
    )


def _snapshot(one: Due) -> dict[str, Any]:
    return {
        "payee": one.payee.snapshot,
        "operator": operator().snapshot,
        "language": one.payee.language,
        "statements": [
            {
                "statement": statement.public_id,
                "period": f"{statement.run.month:%Y-%m}",
                "amount_minor": statement.net_minor,
            }
            for statement in one.statements
        ],
    }
