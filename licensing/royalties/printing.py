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
    with translation.override(language):
        groups, omitted = _groups(content)
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
        "waterfall": waterfall(content),
        "groups": groups,
        "omitted_lines": omitted,
        "notes": [],
    }


def _groups(content: dict[str, Any]) -> tuple[list[dict[str, Any]], int]:
    """Return the lines by licence and how many are not printed; subtotals are of all lines."""
    grouped = by_licence(content["lines"])
    licences = Licence.objects.filter(public_id__in=[name for name, _ in grouped])
    rates = {licence.public_id: clauses_of(licence) for licence in licences}
    room = MOST_LINES
    groups = []
    for name, lines in grouped:
        printed, room = lines[:room], max(room - len(lines), 0)
        groups.append(
            {
                "licence": name,
                "licensee": f"{lines[0]['licensee']} · {lines[0]['licence_title']}",
                "subtotal_minor": sum(line["net_minor"] for line in lines),
                "lines": [_line(line, content["month"], rates.get(name, {})) for line in printed],
            }
        )
    return groups, max(len(content["lines"]) - MOST_LINES, 0)


def waterfall(content: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the way from gross to net; steps that are zero are left out."""
    steps = [
        {"step": "gross", "amount_minor": content["gross_minor"], "kind": "total"},
        {"step": "operator_fee", "amount_minor": -content["operator_fee_minor"]},
        {"step": "collective_fee", "amount_minor": -content["collective_fee_minor"]},
        {"step": "reserve", "amount_minor": -content["reserve_minor"]},
        {"step": "recouped", "amount_minor": -content["recouped_minor"]},
        {"step": "earned", "amount_minor": content["net_minor"], "kind": "total"},
    ]
    return [step for step in steps if step["amount_minor"] or step.get("kind")]


def by_licence(lines: list[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Group lines by licence, keeping their order within each."""
    ordered = sorted(lines, key=lambda line: line["licence"])
    return [(name, list(group)) for name, group in groupby(ordered, lambda line: line["licence"])]


def _line(line: dict[str, Any], month: str, clauses: Mapping[str, PlainPrice]) -> dict[str, Any]:
    """Return a line as it is printed: what was charged, the payee's share of it, fees, the rest."""
    clause = clauses.get(line["price"])
    return {
        "price": line["price"],
        "is_fee": line["kind"] == "fee",
        "unit": line["unit"],
        # A correction books a difference; beside it the whole period's quantity would mislead.
        "quantity": line["charge_quantity"] if line["unit"] and not line["correction"] else "",
        "rate_text": rate_text(clause) if clause else "",
        "charge_minor": line["charge_minor"],
        "share": share_text(line["gross_minor"], line["charge_minor"]),
        "gross_minor": line["gross_minor"],
        "fees_minor": line["operator_fee_minor"] + line["collective_fee_minor"],
        "amount_minor": line["net_minor"],
        "period": line["period"] if line["correction"] or line["period"] != month else None,
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
