"""The frozen content of a statement: one JSON document that is hashed, printed and recomputed.

Amounts are minor units, quantities decimal strings. Lines stand in a stable order, so building
the document twice from the same allocations and names gives the same bytes.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import rfc8785
from django.db.models import F

from ledger.money import currency, decimal_text
from licensing.deals import terms as contract
from licensing.deals.models import Licence
from licensing.parties.models import Organisation
from licensing.parties.roles import Kind
from licensing.royalties import stated_terms
from licensing.royalties.models import Allocation, AllocationRole, ChargeKind, Statement
from licensing.usage.header import plain

SCHEMA = "statement/1"
SUMS = (
    "gross_minor",
    "operator_fee_minor",
    "collective_fee_minor",
    "reserve_minor",
    "recouped_minor",
    "withholding_minor",
    "net_minor",
)


@dataclass(frozen=True, slots=True)
class Names:
    """What the parties and their contracts are called, which may change after a statement.

    ``contracts`` holds for each licence the title, the parties' names and each side's own number.
    """

    payee: Mapping[str, str]
    operator: Mapping[str, str]
    contracts: Mapping[str, Mapping[str, str]]

    @classmethod
    def now(cls, statement: Statement, licences: Sequence[Licence]) -> "Names":
        """Return what they are called today."""
        return cls(
            statement.payee.snapshot,
            operator().snapshot,
            {licence.public_id: _contract(licence) for licence in licences},
        )

    @classmethod
    def frozen(cls, document: Mapping[str, Any]) -> "Names":
        """Return what they were called when a document was made."""
        return cls(
            document["payee"],
            document["operator"],
            {one["licence"]: {name: one[name] for name in CONTRACT} for one in document["lines"]},
        )


CONTRACT = (
    "licence_title",
    "licensor",
    "licensor_reference",
    "licensee",
    "licensee_reference",
)


def _contract(licence: Licence) -> dict[str, str]:
    return {
        "licence_title": licence.deal.title,
        "licensor": licence.licensor.name,
        "licensor_reference": licence.deal.licensor_reference,
        "licensee": licence.licensee.name,
        "licensee_reference": licence.deal.licensee_reference,
    }


def of(statement: Statement, names: Names | None = None) -> dict[str, Any]:
    """Build the document of a statement from its allocations.

    ``names`` are those of an earlier document, to build it again; today's unless given.
    """
    allocations = allocations_of(statement)
    licences = {one.charge.period.licence_id: one.charge.period.licence for one in allocations}
    named = names or Names.now(statement, list(licences.values()))
    terms = {pk: contract.parse(licence.terms) for pk, licence in licences.items()}
    lines = [
        line(one, terms[one.charge.period.licence_id], named, statement.run.month)
        for one in allocations
    ]
    sums = {name: sum(one[name] for one in lines) for name in SUMS}
    return {
        "schema": SCHEMA,
        "statement": statement.public_id,
        "run": statement.run.public_id,
        "month": f"{statement.run.month:%Y-%m}",
        "currency": statement.currency,
        "minor_digits": currency(statement.currency).exponent,
        "payee": dict(named.payee),
        "operator": dict(named.operator),
        "lines": lines,
        **sums,
        "adjustments_minor": sum(one["net_minor"] for one in lines if one["adjustment"]),
        "opening_minor": statement.opening_minor,
        "closing_minor": statement.opening_minor + sums["net_minor"],
        "unrecouped_opening_minor": statement.unrecouped_minor + _recouped_of_own(allocations),
        "unrecouped_minor": statement.unrecouped_minor,
    }


def allocations_of(statement: Statement) -> "list[Allocation]":
    """Return what a statement states, in the order it is printed: the month, then adjustments."""
    found = (
        Allocation.objects.filter(line__statement=statement)
        .select_related(
            "charge__close",
            "charge__period__licence__deal",
            "charge__period__licence__licensor",
            "charge__period__licence__licensee",
            "organisation",
        )
        .annotate(licence_id=F("charge__period__licence_id"))
        .order_by(
            "charge__period__starts_on",
            "charge__period__licence__public_id",
            "charge__price_id",
            "charge__sequence",
            "role",
        )
    )
    return sorted(found, key=lambda one: is_adjustment(one, statement.run.month))


def is_adjustment(allocation: Allocation, month: date) -> bool:
    """Whether a line states use of an earlier period, or corrects what was stated.

    An advance and the release of a reserve are about earlier periods and adjust none.
    """
    charge = allocation.charge
    if charge.kind in {ChargeKind.ADVANCE, ChargeKind.LIQUIDATION}:
        return False
    return charge.corrects_id is not None or charge.period.starts_on < month


def line(
    allocation: Allocation, terms: contract.Terms, names: Names, month: date
) -> dict[str, Any]:
    """Return one allocation as the statement of a month says it."""
    charge = allocation.charge
    licence = charge.period.licence
    is_price = charge.kind == ChargeKind.PRICE
    prices = [one for one in terms.prices if is_price and one.id == charge.price_id]
    price = prices[0] if prices else None
    return {
        "kind": _kind(allocation),
        "charge": charge.public_id,
        "licence": licence.public_id,
        **names.contracts[licence.public_id],
        "terms_hash": licence.terms_hash,
        "territory": list(terms.grant.territory),
        "period": charge.period.label,
        "price": charge.price_id,
        "basis": stated_terms.basis_of(price),
        "rate": stated_terms.rate_of(price),
        "unit": charge.unit,
        "charge_quantity": plain(charge.quantity),
        "charge_minor": charge.amount_minor,
        "adjustment": is_adjustment(allocation, month),
        "correction": charge.corrects_id is not None,
        "weight": allocation.weight,
        "gross_minor": allocation.gross_minor,
        "operator_fee_minor": allocation.operator_fee_minor,
        "collective_fee_minor": allocation.collective_fee_minor,
        "reserve_minor": allocation.reserve_minor,
        "recouped_minor": allocation.recouped_minor,
        # Tax is withheld by the payout and never before it.
        "withholding_minor": 0,
        "net_minor": allocation.amount_minor,
    }


def _recouped_of_own(allocations: Sequence[Allocation]) -> int:
    """Return what lines recoup of advances that the payee itself holds, less what they pay out."""
    return sum(
        one.recouped_minor
        for one in allocations
        if one.charge.period.licence.licensor_id == one.organisation_id
    )


def _kind(allocation: Allocation) -> str:
    if allocation.charge.kind != ChargeKind.PRICE:
        return allocation.charge.kind
    if allocation.role == AllocationRole.AGENT:
        return "agency"
    return "fee" if allocation.role == AllocationRole.COLLECTIVE_FEE else "share"


def stated(statement: Statement) -> dict[str, Any]:
    """Return the frozen document of an issued statement, and a draft's as it would be now."""
    frozen: dict[str, Any] | None = statement.content
    return frozen or of(statement)


def canonical(document: dict[str, Any]) -> bytes:
    """Return the document's canonical bytes (RFC 8785): what is hashed and handed out."""
    return rfc8785.dumps(document)


def sha256(document: dict[str, Any]) -> str:
    """Return the SHA-256 of the document's canonical bytes, in hex."""
    return hashlib.sha256(canonical(document)).hexdigest()


def operator() -> Organisation:
    """Return the organisation that operates Kyodaku."""
    return Organisation.objects.get(kind=Kind.OPERATOR)


def amount(code: str, minor: int) -> str:
    """Return minor units of a currency as a plain decimal in major units."""
    return decimal_text(minor, currency(code))
