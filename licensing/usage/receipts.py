"""What a licensee is told about a report: received = accepted + quarantined + rejected.

The price of what was accepted is asked of the royalties through a name in the settings, because
usage may not import what is built on it.
"""

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from ledger.money import allocate
from licensing.usage.header import plain
from licensing.usage.models import ReportState, UsageReport
from licensing.usage.remarks import remarks
from licensing.usage.vocabulary import BY_CODE, REPORT_CODES, Verdict


def receipt(report: UsageReport, *, priced: bool = False) -> dict[str, Any]:
    """Return a report as the API, the page and the command show it; ``licence`` is loaded."""
    return {
        "id": report.public_id,
        "report_id": report.report_id,
        "type": report.type,
        "state": report.state,
        "licence": report.licence.public_id,
        "period": report.label,
        "model": {"family": report.model_family, "version": report.model_version},
        "refers_to": report.refers_to.public_id if report.refers_to else None,
        "format": report.format,
        "compression": report.compression,
        "size": report.size or report.bytes_received,
        "sha256": report.sha256,
        "original_sha256": report.original_sha256,
        "progress": report.progress,
        "lines": lines_of(report),
        "quantity": quantities(report),
        "per_cent": {
            "lines": per_cent(lines_of(report)),
            "quantity": {unit: per_cent(parts) for unit, parts in quantities(report).items()},
        },
        "verdicts": verdicts(report),
        "remarks": remarked(report),
        "rejection": rejection(report),
        "charges": charges(report) if priced else None,
        "created_at": report.created_at,
        "received_at": report.received_at,
        "checked_at": report.checked_at,
        "superseded_at": report.superseded_at,
    }


def lines_of(report: UsageReport) -> dict[str, int]:
    """Return how many lines were received and what became of them."""
    return {
        "received": report.declared_lines,
        Verdict.ACCEPTED.value: report.lines_accepted,
        Verdict.QUARANTINED.value: report.lines_quarantined,
        Verdict.REJECTED.value: report.lines_rejected,
    }


def per_cent(parts: Mapping[str, int | str]) -> dict[str, str]:
    """Return each verdict's part of what was received, in per cent with two decimals.

    They sum to 100.00; what does not divide evenly goes to the largest remainders. Nothing for
    what has no verdicts.
    """
    millionths = {name: int(Decimal(parts[name]) * 1_000_000) for name in Verdict}
    if not any(millionths.values()):
        return {}
    hundredths = allocate(100_00, millionths.items())
    return {name.value: f"{Decimal(hundredths[name]) / 100:.2f}" for name in Verdict}


def quantities(report: UsageReport) -> dict[str, dict[str, str]]:
    """Return per unit what was received and what became of it; the three parts sum to it."""
    sums: dict[str, dict[str, Decimal]] = {}
    for total in report.totals:
        if not total["unit"]:
            continue
        unit = sums.setdefault(total["unit"], defaultdict(Decimal))
        quantity = Decimal(total["quantity"])
        unit["received"] += quantity
        unit[total["verdict"]] += quantity
    return {
        unit: {name: plain(parts[name]) for name in ("received", *Verdict)}
        for unit, parts in sorted(sums.items())
    }


def verdicts(report: UsageReport) -> list[dict[str, Any]]:
    """Return the totals by verdict, code and unit, each with its reason and what to do."""
    found = []
    for total in report.totals:
        code = BY_CODE.get(total["code"])
        found.append(
            total
            | {
                "reason": str(code.reason) if code else "",
                "suggestion": str(code.suggestion) if code else "",
            }
        )
    return found


def remarked(report: UsageReport) -> list[dict[str, str | None]]:
    """Return what the parties should know of it, though no line is at fault."""
    return [
        {
            "code": one.code,
            "reason": one.reason,
            "suggestion": one.suggestion,
            "report": one.about.public_id if one.about else None,
        }
        for one in remarks(report)
    ]


def rejection(report: UsageReport) -> dict[str, Any] | None:
    """Return why the report was refused as a whole, or nothing."""
    if not report.rejection_code:
        return None
    return {
        "code": report.rejection_code,
        "reason": str(REPORT_CODES.get(report.rejection_code, "")),
        "detail": report.rejection_detail,
        "errors": report.faults,
    }


def charges(report: UsageReport) -> dict[str, Any] | None:
    """Return what the accepted lines would cost alone, if something here can price them."""
    path = getattr(settings, "RECEIPT_PRICER", "")
    if not path or report.state != ReportState.ACCEPTED:
        return None
    priced: dict[str, Any] | None = import_string(path)(report)
    return priced
