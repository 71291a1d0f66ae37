"""Statements on paper: the frozen content laid out for the PDF's template."""

from itertools import groupby
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from ledger.documents import services as documents
from ledger.documents.models import Document
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
        context=context_of(statement),
    )


def missing() -> QuerySet[Statement]:
    """Return issued statements that no PDF was asked for."""
    asked = Document.objects.filter(kind=KIND, subject=OuterRef("public_id"))
    return Statement.objects.filter(
        ~Exists(asked), state__in=[StatementState.ISSUED, StatementState.PAID]
    )


def context_of(statement: Statement) -> dict[str, Any]:
    """Return what the template prints, from the frozen content alone."""
    content = statement.content or {}
    lines = content["lines"]
    printed = lines[:MOST_LINES]
    issued = statement.issued_at
    return {
        "number": content["statement"],
        "period": content["month"],
        "issued_on": issued.date().isoformat() if issued else None,
        "currency": content["currency"],
        "hash": statement.content_sha256,
        "issuer": content["operator"],
        "payee": content["payee"],
        "opening_minor": content["opening_minor"],
        "closing_minor": content["closing_minor"],
        "total_minor": content["net_minor"],
        "waterfall": waterfall(content),
        "groups": [
            {
                "licence": licence,
                "licensee": f"{group[0]['licensee']} · {group[0]['licence_title']}",
                "subtotal_minor": sum(line["net_minor"] for line in group),
                "lines": [_line(line, content["month"]) for line in group],
            }
            for licence, group in by_licence(printed)
        ],
        "omitted_lines": len(lines) - len(printed),
        "notes": [],
    }


def waterfall(content: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the way from gross to net; steps that are zero are left out."""
    steps = [
        {"step": "gross", "amount_minor": content["gross_minor"], "kind": "total"},
        {"step": "operator_fee", "amount_minor": -content["operator_fee_minor"]},
        {"step": "collective_fee", "amount_minor": -content["collective_fee_minor"]},
        {"step": "earned", "amount_minor": content["net_minor"], "kind": "total"},
    ]
    return [step for step in steps if step["amount_minor"] or step.get("kind")]


def by_licence(lines: list[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Group lines by licence, keeping their order within each."""
    ordered = sorted(lines, key=lambda line: line["licence"])
    return [(name, list(group)) for name, group in groupby(ordered, lambda line: line["licence"])]


def _line(line: dict[str, Any], month: str) -> dict[str, Any]:
    return {
        "price": line["price"],
        "unit": line["unit"],
        "quantity": line["charge_quantity"],
        "charge_minor": line["gross_minor"],
        "fees_minor": line["operator_fee_minor"] + line["collective_fee_minor"],
        "amount_minor": line["net_minor"],
        "period": line["period"] if line["correction"] or line["period"] != month else None,
    }
