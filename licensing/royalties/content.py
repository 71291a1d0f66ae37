"""The frozen content of a statement: one JSON document that is hashed, printed and recomputed.

Amounts are minor units, quantities decimal strings. Lines stand in a stable order, so building
the document twice from the same allocations gives the same bytes.
"""

import hashlib
from typing import Any

import rfc8785
from django.db.models import F

from ledger.money import currency, decimal_text
from licensing.parties.models import Organisation
from licensing.parties.roles import Kind
from licensing.royalties.models import Allocation, AllocationRole, ChargeKind, Statement

SCHEMA = "statement/1"


def of(statement: Statement) -> dict[str, Any]:
    """Build the document of a statement from its allocations."""
    lines = [line(allocation) for allocation in allocations_of(statement)]
    return {
        "schema": SCHEMA,
        "statement": statement.public_id,
        "run": statement.run.public_id,
        "month": f"{statement.run.month:%Y-%m}",
        "currency": statement.currency,
        "minor_digits": currency(statement.currency).exponent,
        "payee": statement.payee.snapshot,
        "operator": operator().snapshot,
        "lines": lines,
        "gross_minor": sum(one["gross_minor"] for one in lines),
        "operator_fee_minor": sum(one["operator_fee_minor"] for one in lines),
        "collective_fee_minor": sum(one["collective_fee_minor"] for one in lines),
        "reserve_minor": sum(one["reserve_minor"] for one in lines),
        "recouped_minor": sum(one["recouped_minor"] for one in lines),
        "net_minor": sum(one["net_minor"] for one in lines),
        "opening_minor": statement.opening_minor,
        "closing_minor": statement.opening_minor + sum(one["net_minor"] for one in lines),
        "unrecouped_minor": statement.unrecouped_minor,
    }


def allocations_of(statement: Statement) -> "list[Allocation]":
    """Return what a statement states, in the order it is printed."""
    return list(
        Allocation.objects.filter(line__statement=statement)
        .select_related("charge__period__licence__deal", "charge__period__licence__licensee")
        .annotate(licence_id=F("charge__period__licence_id"))
        .order_by(
            "charge__period__starts_on",
            "charge__period__licence__public_id",
            "charge__price_id",
            "charge__sequence",
            "role",
        )
    )


def line(allocation: Allocation) -> dict[str, Any]:
    """Return one allocation as the statement says it."""
    charge = allocation.charge
    licence = charge.period.licence
    return {
        "kind": _kind(allocation),
        "charge": charge.public_id,
        "licence": licence.public_id,
        "licence_title": licence.deal.title,
        "licensee": licence.licensee.name,
        "terms_hash": licence.terms_hash,
        "period": charge.period.label,
        "price": charge.price_id,
        "unit": charge.unit,
        "charge_quantity": plain(charge.quantity),
        "charge_minor": charge.amount_minor,
        "correction": charge.corrects_id is not None,
        "weight": allocation.weight,
        "gross_minor": allocation.gross_minor,
        "operator_fee_minor": allocation.operator_fee_minor,
        "collective_fee_minor": allocation.collective_fee_minor,
        "reserve_minor": allocation.reserve_minor,
        "recouped_minor": allocation.recouped_minor,
        "net_minor": allocation.amount_minor,
    }


def _kind(allocation: Allocation) -> str:
    if allocation.charge.kind != ChargeKind.PRICE:
        return allocation.charge.kind
    return "fee" if allocation.role == AllocationRole.COLLECTIVE_FEE else "share"


def plain(number: Any) -> str:
    """Return a decimal without exponent or trailing zeros: ``1000``, ``2.5``."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def sha256(document: dict[str, Any]) -> str:
    """Return the SHA-256 of the document's canonical bytes (RFC 8785), in hex."""
    return hashlib.sha256(rfc8785.dumps(document)).hexdigest()


def operator() -> Organisation:
    """Return the organisation that operates Kyodaku."""
    return Organisation.objects.get(kind=Kind.OPERATOR)


def amount(statement: Statement, minor: int) -> str:
    """Return an amount of a statement as a plain decimal."""
    return decimal_text(minor, currency(statement.currency))
