"""Why this number: from a statement's line to the price clause, the trace and the reports."""

from typing import Any

from licensing.royalties import detail
from licensing.royalties.content import allocations_of, stated
from licensing.royalties.models import Allocation, Charge, Statement
from licensing.usage.models import UsageReport

MOST_WORKS = 20


def statement(statement: Statement) -> dict[str, Any]:
    """Return the chain of every line: entry → charge → clause and trace → works → reports."""
    allocations = allocations_of(statement)
    lines = stated(statement)["lines"]
    with detail.opened(allocations) as opened:
        explained = [
            line | of_allocation(allocation, opened)
            for line, allocation in zip(lines, allocations, strict=True)
        ]
    return {
        "statement": statement.public_id,
        "content_sha256": statement.content_sha256,
        "released_by_entry": f"statement:{statement.public_id}",
        "lines": explained,
    }


def of_allocation(allocation: Allocation, opened: detail.Detail) -> dict[str, Any]:
    """Return the chain below one line; works are the most used ones, its file has them all."""
    charge = allocation.charge
    return {
        "booked_by_entry": charge.entry_key,
        "clause": clause_of(charge),
        "trace": charge.trace,
        "rated_minor": charge.rated_minor,
        "works": [
            {
                "work": work.work_public_id,
                "title": work.title,
                "quantity": str(work.quantity),
                "weight": work.weight,
                "weight_total": work.weight_total,
                "lines": work.lines,
            }
            for work in opened.works(allocation, most=MOST_WORKS)
        ],
        "reports": reports_of(charge),
    }


def clause_of(charge: Charge) -> dict[str, Any] | None:
    """Return the clause that a charge is made by as the licence's terms write it.

    A price; or the cap or the guarantee, which are charged by their own names.
    """
    terms: dict[str, Any] = charge.period.licence.terms
    prices: list[dict[str, Any]] = terms["prices"]
    found = next((price for price in prices if price["id"] == charge.price_id), None)
    return found or terms.get(charge.price_id)


def reports_of(charge: Charge) -> list[dict[str, str]]:
    """Return the reports the charge was rated from, with the hash of the original file."""
    if charge.close is None:
        return []
    names = [one["report"] for one in charge.close.reports]
    found = {report.public_id: report for report in UsageReport.objects.filter(public_id__in=names)}
    return [
        {
            "report": one["report"],
            "report_id": found[one["report"]].report_id,
            "sha256": one["sha256"],
        }
        for one in charge.close.reports
        if one["report"] in found
    ]
