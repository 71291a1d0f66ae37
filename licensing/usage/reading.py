"""What a page says about a report: received = accepted + quarantined + rejected, by unit."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from licensing.templatetags.money import quantity
from licensing.templatetags.states import look
from licensing.usage.lifecycle import Move
from licensing.usage.models import ReportState, UsageReport
from licensing.usage.receipts import lines_of, per_cent, quantities, verdicts
from licensing.usage.vocabulary import REPORT_CODES, Verdict

# Reports in force with lines that are not priced as they are.
TO_FIX = Q(state=ReportState.ACCEPTED) & (Q(lines_quarantined__gt=0) | Q(lines_rejected__gt=0))
SAID: dict[str, str | Promise] = {
    Move.COMPLETE: _("Received whole"),
    Move.CHECK: _("The check began"),
    Move.ACCEPT: _("Checked and put in force"),
    Move.REJECT: _("Rejected as a whole"),
    Move.SUPERSEDE: _("Replaced by another report"),
    Move.GIVE_UP: _("Given up: it was never completed"),
}
TURNS: dict[str, str | Promise] = {
    Verdict.ACCEPTED: _("Priced when the accounting period is closed."),
    Verdict.QUARANTINED: _("Held, not priced; a correction or a changed licence frees it."),
    Verdict.REJECTED: _("Cannot be priced as it was written."),
}
NAMES: dict[str, str | Promise] = {
    "received": pgettext_lazy("lines", "Received"),
    Verdict.ACCEPTED: pgettext_lazy("line", "Accepted"),
    Verdict.QUARANTINED: _("Quarantined"),
    Verdict.REJECTED: _("Rejected"),
}


@dataclass(frozen=True, slots=True)
class Part:
    """What became of some lines: how many, and how much of each unit.

    A quantity is a unit, its sum and its part of what was received, in per cent.
    """

    name: str
    label: str | Promise
    lines: int
    quantity: list[tuple[str, str, str]]
    explanation: str | Promise = ""
    per_cent: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One report of a list."""

    report: UsageReport
    parts: list[Part]

    @classmethod
    def of(cls, report: UsageReport) -> "Line":
        """Read a report's counts."""
        return cls(report, list(parts(report)))


def parts(report: UsageReport) -> Iterator[Part]:
    """Yield received, accepted, quarantined and rejected; the last three sum to the first."""
    counts = lines_of(report)
    by_unit = quantities(report)
    parts_of_lines = per_cent(counts)
    parts_of_units = {unit: per_cent(sums) for unit, sums in by_unit.items()}
    for name, lines in counts.items():
        quantity = [
            (unit, sums[name], parts_of_units[unit].get(name, ""))
            for unit, sums in by_unit.items()
            if Decimal(sums[name]) or lines
        ]
        share = parts_of_lines.get(name, "")
        yield Part(name, NAMES[name], lines, quantity, TURNS.get(name, ""), share)


@dataclass(frozen=True, slots=True)
class Control:
    """A control total: what the header declares and what was found."""

    name: str
    unit: str
    declared: str | int
    found: str | int | None
    agrees: bool


def controls(report: UsageReport) -> Iterator[Control]:
    """Yield the lines, each unit's quantity and the SHA-256; nothing is found before the check."""
    found_lines = report.lines_accepted + report.lines_quarantined + report.lines_rejected
    is_judged = bool(report.lines_key)
    yield Control(
        "lines",
        "",
        report.declared_lines,
        found_lines if is_judged else None,
        not is_judged or found_lines == report.declared_lines,
    )
    found = quantities(report)
    for unit, declared in sorted(report.declared_quantity.items()):
        sums = found.get(unit)
        total = sums["received"] if sums else None
        yield Control(
            "quantity",
            unit,
            declared,
            total,
            not is_judged or (total is not None and Decimal(total) == Decimal(declared)),
        )
    if report.declared_sha256:
        yield Control(
            "sha256",
            "",
            report.declared_sha256,
            report.sha256 or None,
            not is_judged or report.sha256 == report.declared_sha256,
        )


def findings(report: UsageReport) -> list[dict[str, Any]]:
    """Return the verdicts that ask for something, those with the most lines first."""
    asked = [one for one in verdicts(report) if one["verdict"] != Verdict.ACCEPTED]
    return sorted(asked, key=lambda one: (one["verdict"], -one["lines"], one["code"]))


def refusal(report: UsageReport) -> dict[str, Any] | None:
    """Return why a report was rejected as a whole, for the problem panel."""
    if not report.rejection_code:
        return None
    reason = str(REPORT_CODES.get(report.rejection_code, ""))
    return {
        "title": reason or report.rejection_code,
        "detail": report.rejection_detail.removeprefix(reason).strip(),
        "faults": report.faults,
        "code": report.rejection_code,
    }


def _was_uploaded(report: UsageReport) -> bool:
    return bool(report.store_upload) or report.parts.exists()


def moves(report: UsageReport) -> list[dict[str, Any]]:
    """Return the moves and later judgings for the timeline, newest first."""
    told: list[dict[str, Any]] = [
        {
            "title": SAID[move.move],
            "at": move.at,
            "who": move.by_user.name if move.by_user else "",
            "kind": "report",
            "state": move.to_state,
            "tone": look("report", move.to_state)[0],
        }
        for move in report.moves.select_related("by_user").order_by("-pk")
    ]
    told += [
        {
            "title": _("Judged again: %(accepted)s accepted, %(quarantined)s quarantined")
            % {
                "accepted": quantity(one.lines_accepted),
                "quarantined": quantity(one.lines_quarantined),
            },
            "at": one.at,
            "who": "",
        }
        for one in report.judgings.order_by("-pk")
    ]
    told.sort(key=lambda one: one["at"], reverse=True)
    opened = {
        "title": _("Opened for upload") if _was_uploaded(report) else _("Sent"),
        "at": report.created_at,
        "who": report.submitted_by.name if report.submitted_by else "",
    }
    return [*told, opened]
