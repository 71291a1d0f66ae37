"""Why this number: from a statement's line to the price clause, the trace and the reports."""

from contextlib import ExitStack
from pathlib import Path
from typing import Any

from licensing import evidence
from licensing.deals import terms as contract
from licensing.royalties import detail, material, tally
from licensing.royalties.content import allocations_of, stated
from licensing.royalties.models import (
    Allocation,
    AllocationRole,
    Charge,
    ChargeKind,
    Statement,
)
from licensing.territories import where_unstated

MOST_WORKS = 20
LINE_COLUMNS = (
    "report",
    "line_no",
    "line_id",
    "work",
    "use",
    "unit",
    "territory",
    "quantity",
    "weight",
    "weight_total",
)


def statement(statement: Statement) -> dict[str, Any]:
    """Return the chain of every line: payouts and entry → charge → clause, trace → works, files."""
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
        "payouts": [
            {"payout": one.payout.public_id, "state": one.payout.state}
            for one in statement.payouts.select_related("payout").order_by("pk")
        ],
        "lines": explained,
    }


def of_allocation(allocation: Allocation, opened: detail.Detail) -> dict[str, Any]:
    """Return the chain below one line; works are the most used ones, its file has them all."""
    charge = allocation.charge
    return {
        "booked_by_entry": charge.entry_key,
        "clause": clause_of(charge),
        "clause_path": quoted(charge)["path"],
        "trace": charge.trace,
        "rated_minor": charge.rated_minor,
        "works": [
            {
                "work": work.work_public_id,
                "title": work.title,
                "quantity": str(work.quantity),
                "weight": work.weight,
                "weight_total": work.weight_total,
                "territory": work.territory,
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
    clause: dict[str, Any] | None = quoted(charge)["clause"]
    return clause


def quoted(charge: Charge) -> dict[str, Any]:
    """Return a charge's clause with the JSON path (RFC 9535) at which the terms have it.

    Both are empty where the terms no longer name what was charged.
    """
    terms: dict[str, Any] = charge.period.licence.terms
    name = CLAUSES.get(charge.kind, charge.price_id)
    for place, price in enumerate(terms["prices"]):
        if price["id"] == name:
            return {"clause": price, "path": f"$.prices[{place}]"}
    found = terms.get(name)
    return {"clause": found, "path": f"$.{name}" if found else ""}


CLAUSES: dict[str, str] = {
    ChargeKind.ADVANCE: "advance",
    ChargeKind.RECOUPMENT: "advance",
    ChargeKind.LIQUIDATION: "reserve",
}


def reports_of(charge: Charge) -> list[dict[str, str]]:
    """Return the reports the charge was rated from, with the hashes of what was sent."""
    if charge.close is None:
        return []
    return [
        {
            "report": report.public_id,
            "report_id": report.report_id,
            "sha256": report.sha256,
            "original_sha256": report.original_sha256,
        }
        for report in material.counted_by(charge.close)
    ]


def write_lines(allocation: Allocation, folder: Path) -> Path:
    """Write the usage lines behind a payee's part of a charge as CSV and return the file.

    They are the lines that count at the charge's close; the file is empty but for its header
    where the amount does not depend on use, or is a fee.
    """
    charge, payee = allocation.charge, allocation.organisation
    path = folder / "usage.csv"
    if charge.close is None or payee is None or allocation.role != AllocationRole.PAYEE:
        path.write_text(f"{','.join(LINE_COLUMNS)}\n", encoding="utf-8")
        return path
    terms = contract.parse(charge.period.licence.terms)
    price = next((one for one in terms.prices if one.id == charge.price_id), None)
    uses = contract.expand((price.uses if price else None) or terms.grant.uses)
    with ExitStack() as stack:
        files = list(material.report_files(stack, material.counted_by(charge.close)))
        shares = stack.enter_context(evidence.local_path(charge.close.basis_key))
        lines = stack.enter_context(
            tally.opened(files, shares, folder, unstated=where_unstated(terms.grant.territory))
        )
        lines.write_lines_of(path, payee.slug, uses, charge.unit)
    return path
