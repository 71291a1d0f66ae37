"""Advances paid out: a statement of its own to the licensor for every payment that came in.

The licensor of the licence is who the advance is paid to: it holds what is not yet recouped, also
where its members earn it. Lock order: the licences of the group, run, statement, account.
"""

from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from ledger.money import Money
from licensing.deals import terms as contract
from licensing.deals.models import Licence
from licensing.royalties import recouping, statements
from licensing.royalties.closing import period_of
from licensing.royalties.models import Allocation, AllocationRole, Charge, ChargeKind


def amount_minor(licence: Licence) -> int:
    """Return the advance a licence agrees on, minor units; 0 where it agrees on none."""
    advance = contract.parse(licence.terms).advance
    return Money.of(advance.amount, licence.currency).minor if advance else 0


@transaction.atomic
def release(*, licence_id: int, upto_minor: int) -> Charge | None:
    """Pay out what is missing to ``upto_minor`` of a licence's advance, and recoup it at once.

    The licensor gets a statement of its own, issued, so that the money is payable on receipt.
    Earnings booked before are recouped now. Returns None where that much was released already.
    """
    group = recouping.lock(licence_id)
    licence = Licence.objects.select_related("licensor", "licensee", "deal").get(pk=licence_id)
    missing = upto_minor - recouping.released_minor([licence])
    if missing <= 0:
        return None
    allocation = _paid_out(licence, missing)
    statements.issue_alone(allocation)
    _state(recouping.settle(group))
    return allocation.charge


def _paid_out(licence: Licence, minor: int) -> Allocation:
    period = period_of(licence, licence.starts_on)
    sequence = period.charges.filter(kind=ChargeKind.ADVANCE).count() + 1
    charge = Charge.objects.create(
        period=period,
        kind=ChargeKind.ADVANCE,
        price_id=recouping.PRICE_ID,
        sequence=sequence,
        quantity=Decimal(0),
        currency=licence.currency,
        amount_minor=minor,
        rated_minor=amount_minor(licence),
        trace=[
            {"step": "advance", "agreed_minor": amount_minor(licence), "amount_minor": minor},
        ],
        entry_key=f"advance:{licence.public_id}:{sequence}",
    )
    return Allocation.objects.create(
        charge=charge,
        organisation=licence.licensor,
        role=AllocationRole.PAYEE,
        gross_minor=0,
        recouped_minor=-minor,
        amount_minor=minor,
    )


def _state(settled: list[Allocation]) -> None:
    """Put what was recouped on the draft statements of this month."""
    if settled:
        statements.draft(settled, timezone.localdate())
