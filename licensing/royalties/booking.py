"""Booking a rated period: the difference from what is booked, in one transaction.

Charges, allocations, journal entries and draft statement lines appear together or not at all.
Lock order: licence, period, run, statement, account.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from ledger import posting, recipes
from ledger.journal import EntryDraft
from licensing.errors import LicensingError
from licensing.parties.models import Organisation
from licensing.royalties import recouping, reserving, statements
from licensing.royalties.agencies.chains import passed_on
from licensing.royalties.agencies.services import links_of
from licensing.royalties.allocation import SUSPENSE
from licensing.royalties.content import operator
from licensing.royalties.division import NOTHING, Division, Part
from licensing.royalties.indices.readings import Reading
from licensing.royalties.models import (
    Allocation,
    AllocationRole,
    Charge,
    Close,
    Period,
    PeriodState,
)
from licensing.royalties.rates import ChargeDraft


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a period was rated from: enough to rate it again and get the same."""

    reports: tuple[Mapping[str, str], ...]
    works: int
    granted: tuple[str, ...]
    terms_hash: str
    snapshot_sha256: str
    basis_key: str
    basis_sha256: str
    window: tuple[tuple[str, int, str], ...] = ()
    """The earlier closes it was rated after: first day of the period, number, inputs."""
    readings: tuple[Reading, ...] = ()
    """Of the indices that prices follow."""

    @property
    def sha256(self) -> str:
        """The hash that tells whether anything changed."""
        parts: list[Any] = [
            self.reports,
            self.works,
            self.granted,
            self.terms_hash,
            self.snapshot_sha256,
            self.basis_sha256,
            [(period, inputs) for period, _, inputs in self.window],
        ]
        if self.readings:
            parts.append([one.as_json() for one in self.readings])
        text = json.dumps(parts, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class RatedPrice:
    """One price of a period, rated whole and divided."""

    draft: ChargeDraft
    division: Division


@dataclass(frozen=True, slots=True)
class RatedPeriod:
    """A whole period, rated."""

    inputs: Inputs
    prices: tuple[RatedPrice, ...]
    detail_key: str
    lines_rated: int
    carried: Mapping[str, Any]
    """What later periods take over, as the row keeps it."""


class PayeeUnknown(LicensingError):
    """The shares name an organisation that does not exist."""

    code = "payee_unknown"


def booked(period: Period, *, upto: int | None = None) -> dict[str, Division]:
    """Return what is booked for each price of a period, by price id.

    ``upto`` counts only the closes with this number or a lower one.
    """
    charges = Charge.objects.rated().filter(period=period)
    if upto is not None:
        charges = charges.filter(close__number__lte=upto)
    amounts: dict[str, int] = defaultdict(int)
    for price_id, amount_minor in charges.values_list("price_id", "amount_minor"):
        amounts[price_id] += amount_minor
    fees: dict[tuple[str, str], int] = defaultdict(int)
    parts: dict[str, dict[str, Part]] = defaultdict(dict)
    rows = Allocation.objects.filter(charge__in=charges).select_related("organisation", "charge")
    for row in rows.order_by("charge__close__number", "pk"):
        price_id = row.charge.price_id
        if row.role in {AllocationRole.OPERATOR_FEE, AllocationRole.COLLECTIVE_FEE}:
            fees[price_id, row.role] += row.amount_minor
            continue
        payee = row.organisation.slug if row.organisation else SUSPENSE
        before = parts[price_id].get(payee, Part())
        parts[price_id][payee] = Part(
            before.net_minor + row.amount_minor + row.reserve_minor,
            before.operator_fee_minor + row.operator_fee_minor,
            before.collective_fee_minor + row.collective_fee_minor,
            int(row.weight),
        )
    return {
        price_id: Division(
            amount_minor,
            fees[price_id, AllocationRole.OPERATOR_FEE],
            fees[price_id, AllocationRole.COLLECTIVE_FEE],
            parts[price_id],
        )
        for price_id, amount_minor in amounts.items()
    }


@transaction.atomic
def book(period: Period, rated: RatedPeriod) -> Close:
    """Book a rated period and mark it closed; returns the close that records it.

    A price that was booked and is no longer rated is booked back to nothing. Where nothing
    differs no charge is made, and the close still says what it looked at.
    """
    last = period.closes.order_by("-number").first()
    links = links_of(period.licence, period.ends_on)
    close = Close.objects.create(
        period=period,
        number=last.number + 1 if last else 1,
        basis_key=rated.inputs.basis_key,
        basis_sha256=rated.inputs.basis_sha256,
        detail_key=rated.detail_key,
        reports=list(rated.inputs.reports),
        works=rated.inputs.works,
        granted=list(rated.inputs.granted),
        window=[
            {"period": period, "close": number, "inputs": inputs}
            for period, number, inputs in rated.inputs.window
        ],
        carried=rated.carried,
        indices=[one.as_json() for one in rated.inputs.readings],
        agencies=[link.as_json() for link in links],
        inputs_hash=rated.inputs.sha256,
        lines_rated=rated.lines_rated,
        closed_at=timezone.now(),
    )
    prices = [replace(one, division=passed_on(one.division, links)) for one in rated.prices]
    allocations = _book_differences(period, close, prices)
    allocations += recouping.settle(recouping.lock(period.licence_id), closing=period)
    if allocations:
        statements.draft(allocations, period.starts_on)
    period.state = PeriodState.CLOSED
    period.closed_at = close.closed_at
    period.failure, period.refusal = "", {}
    period.steps_done = period.steps_total
    period.save(update_fields=["state", "closed_at", "failure", "refusal", "steps_done"])
    return close


def _book_differences(
    period: Period, close: Close, prices: Sequence[RatedPrice]
) -> list[Allocation]:
    before = booked(period)
    wholes = {one.draft.price_id: one for one in prices}
    gone = [price_id for price_id in before if price_id not in wholes]
    made: list[Allocation] = []
    entries: list[EntryDraft] = []
    parties = _Parties(period)
    for one in [*prices, *(_unrated(period, price_id) for price_id in sorted(gone))]:
        difference = one.division.minus(before.get(one.draft.price_id, NOTHING))
        if not difference.moves:
            continue
        charge = _charge(period, close, one, difference.amount_minor)
        reserves = reserving.differences(close, one.draft.price_id, one.division, difference)
        allocations = list(parties.allocations(charge, difference, reserves))
        Allocation.objects.bulk_create(allocations)
        entries.append(parties.entry(charge, difference, reserves))
        made.extend(allocations)
    posting.post_many(entries)
    return made


def _unrated(period: Period, price_id: str) -> RatedPrice:
    draft = ChargeDraft(price_id, None, Decimal(0), period.licence.currency, 0, ())
    return RatedPrice(draft, NOTHING)


def _charge(period: Period, close: Close, one: RatedPrice, amount_minor: int) -> Charge:
    rated = Charge.objects.rated().filter(period=period, price_id=one.draft.price_id)
    first = rated.order_by("sequence")
    corrects = first.first()
    sequence = first.count() + 1
    return Charge.objects.create(
        period=period,
        close=close,
        price_id=one.draft.price_id,
        sequence=sequence,
        corrects=corrects,
        unit=one.draft.unit or "",
        quantity=one.draft.quantity,
        currency=one.draft.currency,
        amount_minor=amount_minor,
        rated_minor=one.draft.amount_minor,
        trace=list(one.draft.trace),
        entry_key=(
            f"charge:{period.licence.public_id}:{period.label}:{one.draft.price_id}:{sequence}"
        ),
    )


class _Parties:
    """Resolves slugs to organisations once, and says who stands where in a booking."""

    def __init__(self, period: Period) -> None:
        self.period = period
        self.licence = period.licence
        self.operator = operator()
        self._by_slug: dict[str, Organisation] = {}

    def organisation(self, slug: str) -> Organisation:
        """Return a payee by slug; raises `PayeeUnknown`."""
        if slug not in self._by_slug:
            found = Organisation.objects.filter(slug=slug).first()
            if found is None:
                raise PayeeUnknown(f"A share names {slug!r}, which is no organisation.")
            self._by_slug[slug] = found
        return self._by_slug[slug]

    def preload(self, slugs: Iterable[str]) -> None:
        """Look payees up in one query."""
        missing = [slug for slug in slugs if slug not in self._by_slug]
        self._by_slug |= Organisation.objects.in_bulk(missing, field_name="slug")

    def allocations(
        self, charge: Charge, difference: Division, reserves: Mapping[str, int]
    ) -> Iterable[Allocation]:
        """Yield the rows of a difference; the fees stand first."""
        self.preload(payee for payee in difference.parts if payee != SUSPENSE)
        if difference.operator_fee_minor:
            yield _fee(
                charge, AllocationRole.OPERATOR_FEE, self.operator, difference.operator_fee_minor
            )
        if difference.collective_fee_minor:
            yield _fee(
                charge,
                AllocationRole.COLLECTIVE_FEE,
                self.licence.licensor,
                difference.collective_fee_minor,
            )
        for payee, part in difference.parts.items():
            suspended = payee == SUSPENSE
            reserve_minor = 0 if suspended else reserves.get(payee, 0)
            yield Allocation(
                charge=charge,
                organisation=None if suspended else self.organisation(payee),
                role=AllocationRole.SUSPENSE if suspended else self._role(charge, payee, part),
                weight=str(part.weight),
                gross_minor=part.gross_minor,
                operator_fee_minor=part.operator_fee_minor,
                collective_fee_minor=part.collective_fee_minor,
                reserve_minor=reserve_minor,
                amount_minor=part.net_minor - reserve_minor,
            )

    @staticmethod
    def _role(charge: Charge, payee: str, part: Part) -> AllocationRole:
        """Return what somebody earns as: an agent has no weight in the works of its own."""
        agencies = charge.close.agencies if charge.close else []
        is_agent = part.weight == 0 and any(link["agent"] == payee for link in agencies)
        return AllocationRole.AGENT if is_agent else AllocationRole.PAYEE

    def entry(
        self, charge: Charge, difference: Division, reserves: Mapping[str, int]
    ) -> EntryDraft:
        """Return the journal entry of a charge."""
        held = {
            self.organisation(payee).public_id: minor
            for payee, minor in reserves.items()
            if payee != SUSPENSE
        }
        nets = {
            self.organisation(payee).public_id: part.net_minor
            for payee, part in difference.parts.items()
            if payee != SUSPENSE
        }
        suspended = difference.parts.get(SUSPENSE, Part())
        return recipes.period_closed(
            key=charge.entry_key,
            licensee=self.licence.licensee.public_id,
            currency=charge.currency,
            effective_on=_effective_on(charge, self.period),
            operator_fee=difference.operator_fee_minor,
            collective_fees={self.licence.licensor.public_id: difference.collective_fee_minor},
            parts={payee: minor - held.get(payee, 0) for payee, minor in nets.items()},
            reserves=held,
            suspense=suspended.net_minor,
            memo={
                "charge": charge.public_id,
                "licence": self.licence.public_id,
                "period": self.period.label,
                "price": charge.price_id,
            },
        )


def _fee(charge: Charge, role: AllocationRole, to: Organisation, minor: int) -> Allocation:
    return Allocation(
        charge=charge, organisation=to, role=role, gross_minor=minor, amount_minor=minor
    )


def _effective_on(charge: Charge, period: Period) -> date:
    """Return the day in the books: the period's last, or today for a correction of it."""
    return period.ends_on if charge.corrects_id is None else timezone.localdate()
