"""Statements on paper: the frozen content laid out for the PDF's template."""

from collections.abc import Mapping
from itertools import groupby
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone, translation

from ledger.documents import services as documents
from ledger.documents.models import Document
from licensing.deals.models import Licence
from licensing.deals.plain_prices import PlainPrice
from licensing.royalties.charges import clauses_of, share_text
from licensing.royalties.models import Statement, StatementState

KIND = "statement"
TEMPLATE = "documents/statement.html"
MOST_LINES = 500


def request(statement: Statement, language: str) -> Document:
    """Ask for an issued statement's PDF in one language; asking again finds the first."""
    return documents.request(
        kind=KIND,
        subject=statement.public_id,
        party=statement.payee.public_id,
        language=language,
        template=TEMPLATE,
        context=context_of(statement, language),
    )


def missing() -> QuerySet[Statement]:
    """Return issued statements that no PDF was asked for."""
    asked = Document.objects.filter(kind=KIND, subject=OuterRef("public_id"))
    return Statement.objects.filter(
        ~Exists(asked), state__in=[StatementState.ISSUED, StatementState.PAID]
    )


def context_of(statement: Statement, language: str) -> dict[str, Any]:
    """Return what the template prints: the frozen content, and the signed prices in words."""
    content = statement.content or {}
    lines: list[dict[str, Any]] = content["lines"]
    with translation.override(language):
        groups = [] if is_long(lines) else _groups(content)
    subtotals, rest = _subtotals(lines) if is_long(lines) else ([], None)
    issued = statement.issued_at
    return {
        "number": content["statement"],
        "period": content["month"],
        "issued_on": timezone.localdate(issued).isoformat() if issued else None,
        "currency": content["currency"],
        "hash": statement.content_sha256,
        "issuer": content["operator"],
        "payee": content["payee"],
        "opening_minor": content["opening_minor"],
        "closing_minor": content["closing_minor"],
        "total_minor": content["net_minor"],
        "unrecouped": unrecouped(content),
        "waterfall": waterfall(content),
        "groups": groups,
        "subtotals": subtotals,
        "rest": rest,
        "line_count": len(lines),
        "notes": [],
    }


def unrecouped(content: Mapping[str, Any]) -> dict[str, int] | None:
    """Return what was not recouped of the payee's advances before and after; None without any."""
    opening, closing = content["unrecouped_opening_minor"], content["unrecouped_minor"]
    return {"opening_minor": opening, "closing_minor": closing} if opening or closing else None


def is_long(lines: list[dict[str, Any]]) -> bool:
    """Whether paper has subtotals in place of lines."""
    return len(lines) > MOST_LINES


def _groups(content: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the lines by licence, those about earlier periods after the month's own."""
    lines = content["lines"]
    licences = Licence.objects.filter(public_id__in={line["licence"] for line in lines})
    rates = {licence.public_id: clauses_of(licence) for licence in licences}
    return [
        {
            "licence": name,
            "licensee": f"{group[0]['licensee']} · {group[0]['licence_title']}",
            "references": references(group[0]),
            "is_adjustment": group[0]["adjustment"],
            "subtotal_minor": sum(line["net_minor"] for line in group),
            "lines": [_line(line, content["month"], rates.get(name, {})) for line in group],
        }
        for name, group in by_licence(lines)
    ]


def references(line: Mapping[str, Any]) -> list[str]:
    """Return both sides' own contract numbers, the licensor's first; those that were written."""
    return [line[name] for name in ("licensor_reference", "licensee_reference") if line[name]]


def _subtotals(
    lines: list[dict[str, Any]],
) -> tuple[list[dict[str, Any]], dict[str, Any] | None]:
    """Return a row per licence and period, and one of all that would be too many rows."""
    kept = [
        _subtotal(list(group))
        for _name, group_of_licence in by_licence(lines)
        for _period, group in groupby(
            sorted(group_of_licence, key=lambda line: str(line["period"])),
            lambda line: line["period"],
        )
    ]
    if len(kept) <= MOST_LINES:
        return kept, None
    shown, others = kept[: MOST_LINES - 1], kept[MOST_LINES - 1 :]
    sums = ("lines", "gross_minor", "deducted_minor", "amount_minor")
    return shown, {name: sum(row[name] for row in others) for name in sums}


def _subtotal(lines: list[dict[str, Any]]) -> dict[str, Any]:
    first = lines[0]
    return {
        "licence": first["licence"],
        "licensee": f"{first['licensee']} · {first['licence_title']}",
        "period": first["period"],
        "is_adjustment": first["adjustment"],
        "lines": len(lines),
        "gross_minor": sum(line["gross_minor"] for line in lines),
        "deducted_minor": sum(line["gross_minor"] - line["net_minor"] for line in lines),
        "amount_minor": sum(line["net_minor"] for line in lines),
    }


def waterfall(content: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the way from gross to net of the month's own lines, then what adjustments add.

    Steps that are zero are left out.
    """
    own = [line for line in content["lines"] if not line["adjustment"]]
    advances = [line for line in own if line["kind"] == "advance"]
    released = [line for line in own if line["kind"] == "liquidation"]
    steps = [
        {"step": "gross", "amount_minor": _sum(own, "gross_minor"), "kind": "total"},
        {"step": "operator_fee", "amount_minor": -_sum(own, "operator_fee_minor")},
        {"step": "collective_fee", "amount_minor": -_sum(own, "collective_fee_minor")},
        {
            "step": "reserve",
            "amount_minor": _sum(released, "reserve_minor") - _sum(own, "reserve_minor"),
        },
        {"step": "liquidation", "amount_minor": -_sum(released, "reserve_minor")},
        {
            "step": "recouped",
            "amount_minor": _sum(advances, "recouped_minor") - _sum(own, "recouped_minor"),
        },
        {"step": "advance", "amount_minor": -_sum(advances, "recouped_minor")},
        {"step": "corrections", "amount_minor": content["adjustments_minor"]},
        {
            "step": "payable" if advances else "earned",
            "amount_minor": content["net_minor"],
            "kind": "total",
        },
    ]
    return [step for step in steps if step["amount_minor"] or step.get("kind")]


def _sum(lines: list[dict[str, Any]], name: str) -> int:
    return sum(line[name] for line in lines)


def by_licence(lines: list[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Group lines by licence, keeping their order within each; adjustments after all others."""
    ordered = sorted(lines, key=lambda line: (line["adjustment"], line["licence"]))
    return [
        (name, list(group))
        for (_adjusts, name), group in groupby(
            ordered, lambda line: (line["adjustment"], line["licence"])
        )
    ]


def _line(line: dict[str, Any], month: str, clauses: Mapping[str, PlainPrice]) -> dict[str, Any]:
    """Return a line as it is printed: what was charged, the payee's share of it, fees, the rest."""
    clause = clauses.get(line["price"])
    return {
        "price": line["price"],
        "kind": line["kind"],
        "unit": line["unit"],
        # A correction books a difference; beside it the whole period's quantity would mislead.
        "quantity": line["charge_quantity"] if line["unit"] and not line["correction"] else "",
        "rate_text": rate_text(clause) if clause else "",
        "charge_minor": line["charge_minor"],
        "share": share_text(line["gross_minor"], line["charge_minor"]),
        "gross_minor": line["gross_minor"],
        "deducted_minor": line["gross_minor"] - line["net_minor"],
        "amount_minor": line["net_minor"],
        "period": line["period"] if line["adjustment"] or line["period"] != month else None,
    }


def rate_text(clause: PlainPrice) -> str:
    """Return a price in one line: how it is read, its bands one after the other, its notes."""
    said = [clause.text]
    if clause.tiers:
        bands = " · ".join(
            " + ".join(filter(None, [f"{tier.band}: {tier.unit_price}", tier.flat_fee]))
            for tier in clause.tiers
        )
        said.append(f"{bands} ({clause.per}).")
    return " ".join([*said, *clause.notes])
