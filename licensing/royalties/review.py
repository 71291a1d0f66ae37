"""What finance looks at before a run is approved: what is not done, and what changed a lot."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db.models import BigIntegerField, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Abs
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from licensing.access import Actor
from licensing.deals.models import Licence
from licensing.royalties import month
from licensing.royalties.models import (
    Allocation,
    AllocationRole,
    Run,
    Statement,
    StatementState,
)
from licensing.templatetags.money import money, quantity
from licensing.usage import overlaps
from licensing.usage.models import ReportState, UsageReport

REPORTED = {"per_unit", "graduated", "volume", "package", "revenue_share"}


@dataclass(frozen=True, slots=True)
class Check:
    """One thing to look at before approving: its stable code, and whether it is as it should be."""

    code: str
    text: str
    is_fine: bool
    url: str = ""


def checks(actor: Actor, run: Run) -> list[Check]:
    """Return what is to be looked at, in the order of the month's work."""
    rows = month.rows(list(month.licences_of(actor, run.month)), run.month)
    periods = f"{reverse('periods')}?month={run.month:%Y-%m}"
    return [
        _closed(rows, periods),
        _reported(rows, periods),
        _checked(rows, periods),
        _overlapping(run.month),
        _quarantined(run.month),
        _suspended(run.month),
        _held(run),
        _disputed(run.month),
        _gone(run),
    ]


def _closed(rows: Sequence[month.Row], url: str) -> Check:
    waiting = sum(row.state != "closed" or row.is_stale for row in rows)
    text = (
        _("%(open)s of %(all)s periods of the month are not closed.")
        if waiting
        else _("All %(all)s periods of the month are closed.")
    )
    return Check("periods_closed", text % {"open": waiting, "all": len(rows)}, not waiting, url)


def _reported(rows: Sequence[month.Row], url: str) -> Check:
    silent = sum(
        not row.in_force and not row.checking and _needs_a_report(row.licence) for row in rows
    )
    if not silent:
        return Check("reports_received", _("Every licence that reports has reported."), True, url)
    text = ngettext(
        "%(count)s licence has not reported the month.",
        "%(count)s licences have not reported the month.",
        silent,
    )
    return Check("reports_received", text % {"count": silent}, is_fine=False, url=url)


def _needs_a_report(licence: Licence) -> bool:
    """Whether a price counts what only a report says."""
    return any(
        price["model"] in REPORTED or price.get("count") == "used"
        for price in licence.terms["prices"]
    )


def _checked(rows: Sequence[month.Row], url: str) -> Check:
    checking = sum(row.checking for row in rows)
    if not checking:
        return Check("reports_checked", _("No report is being checked."), True, url)
    text = _("%(count)s reports are still being checked.") % {"count": checking}
    return Check("reports_checked", text, is_fine=False, url=url)


def _overlapping(of: date) -> Check:
    pairs = list(overlaps.standing().filter(report__period=of).select_related("report"))
    if not pairs:
        text = _("No line of the month came in two reports.")
        return Check("reports_overlap", text, is_fine=True)
    lines = sum(pair.lines for pair in pairs)
    text = ngettext(
        "%(count)s line of the month came in two reports: see whether it is one use.",
        "%(count)s lines of the month came in two reports: see whether they are one use.",
        lines,
    )
    url = reverse("report", args=[pairs[0].report.public_id])
    return Check("reports_overlap", text % {"count": quantity(lines)}, is_fine=False, url=url)


def _quarantined(of: date) -> Check:
    counts = UsageReport.objects.filter(period=of, state=ReportState.ACCEPTED).aggregate(
        quarantined=Sum("lines_quarantined"), accepted=Sum("lines_accepted")
    )
    quarantined = counts["quarantined"] or 0
    if not quarantined:
        text = _("No line of the month is quarantined.")
        return Check("lines_quarantined", text, is_fine=True)
    share = per_cent(quarantined, quarantined + (counts["accepted"] or 0))
    text = _("%(count)s lines of the month are quarantined and not charged: %(share)s of all.")
    said = text % {"count": quantity(quarantined), "share": share}
    return Check("lines_quarantined", said, is_fine=False, url=reverse("matching"))


def _suspended(of: date) -> Check:
    held = (
        Allocation.objects.filter(role=AllocationRole.SUSPENSE, charge__period__starts_on=of)
        .values_list("charge__currency")
        .annotate(Sum("amount_minor"))
        .order_by("charge__currency")
    )
    amounts = [money(minor, code) for code, minor in held if minor]
    if not amounts:
        text = _("Nothing of the month waits in suspense.")
        return Check("suspense", text, is_fine=True)
    text = _("%(amounts)s of the month wait in suspense for an owner.")
    said = text % {"amounts": ", ".join(amounts)}
    return Check("suspense", said, is_fine=False, url=reverse("suspense"))


def _held(run: Run) -> Check:
    held = run.statements.filter(state=StatementState.HELD).count()
    if not held:
        return Check("statements_held", _("No statement of the run is held."), is_fine=True)
    text = ngettext(
        "%(count)s statement of the run is held and will not be issued.",
        "%(count)s statements of the run are held and will not be issued.",
        held,
    )
    return Check("statements_held", text % {"count": held}, is_fine=False)


def _disputed(of: date) -> Check:
    open_ones = Statement.objects.filter(run__month__lte=of, state=StatementState.DISPUTED).count()
    url = f"{reverse('statements')}?state={StatementState.DISPUTED}"
    if not open_ones:
        return Check("disputes_open", _("No dispute is open."), is_fine=True)
    text = ngettext(
        "%(count)s dispute waits for an answer.",
        "%(count)s disputes wait for an answer.",
        open_ones,
    )
    return Check("disputes_open", text % {"count": open_ones}, is_fine=False, url=url)


def _gone(run: Run) -> Check:
    """Payees who had something a month ago and are on no statement of this one."""
    now = Statement.objects.filter(run__month=run.month).values("payee")
    before = Statement.objects.filter(run__month=month.before(run.month), net_minor__gt=0)
    gone = before.exclude(payee__in=now).values("payee").distinct().count()
    if not gone:
        text = _("Everybody who earned in the month before has a statement.")
        return Check("payees_gone", text, is_fine=True)
    text = ngettext(
        "%(count)s payee who earned in the month before has no statement.",
        "%(count)s payees who earned in the month before have no statement.",
        gone,
    )
    return Check("payees_gone", text % {"count": gone}, is_fine=False)


def per_cent(part: int, whole: int) -> str:
    """Return a share in per cent with two decimals, rounded down but never to nothing."""
    hundredths = max(part * 10_000 // whole, 1)
    return f"{hundredths // 100}.{hundredths % 100:02d}%"


@dataclass(frozen=True, slots=True)
class Variance:
    """A payee's month so far beside the month before, minor units; None where there was none."""

    now_minor: int
    before_minor: int | None

    @property
    def change_minor(self) -> int:
        """What was earned more, or less."""
        return self.now_minor - (self.before_minor or 0)

    @property
    def change_percent(self) -> int | None:
        """The change in whole per cent of the month before; None where that was nothing."""
        if not self.before_minor:
            return None
        return _rounded(self.change_minor * 100, abs(self.before_minor))

    @property
    def is_flagged(self) -> bool:
        """Whether it changed by more than the setting allows, or has nothing to compare with."""
        if not self.before_minor:
            return bool(self.now_minor)
        allowed = settings.VARIANCE_FLAG_PERCENT * abs(self.before_minor)
        return abs(self.change_minor) * 100 > allowed


def _rounded(number: int, by: int) -> int:
    """Divide, rounding half away from zero."""
    size = (2 * abs(number) + by) // (2 * by)
    return size if number >= 0 else -size


def variance_of(statement: Statement) -> Variance:
    """Return a statement's variance; only for what `with_variance` returned."""
    return Variance(statement.now_minor, statement.before_minor)


def with_variance(run: Run, *, only_flagged: bool = False) -> "QuerySet[Statement]":
    """Return a run's statements, each with its payee's month so far and the month before it.

    The month so far counts this run and earlier ones of the month, so that a supplementary run
    is not compared with a whole month.
    """
    found = Statement.objects.filter(run=run).beside(
        now=_sum(Q(run__month=run.month, run__number__lte=run.number)),
        before=_sum(Q(run__month=month.before(run.month))),
    )
    if only_flagged:
        change = Abs(F("now_minor") - F("before_minor")) * 100
        allowed = Abs(F("before_minor")) * settings.VARIANCE_FLAG_PERCENT
        is_new = Q(before_minor=None) | Q(before_minor=0)
        found = found.alias(change=change, allowed=allowed).filter(
            (is_new & ~Q(now_minor=0)) | (~is_new & Q(change__gt=F("allowed")))
        )
    return found.select_related("payee").order_by("-net_minor", "pk")


def _sum(condition: Q) -> Subquery:
    """Return the net of all statements of the same payee and currency that fit a condition."""
    same = Statement.objects.filter(
        condition, payee=OuterRef("payee"), currency=OuterRef("currency")
    ).order_by()
    total = same.values("payee").annotate(total=Sum("net_minor")).values("total")
    return Subquery(total, output_field=BigIntegerField())


def changes(statements: Sequence[Statement]) -> Iterator[tuple[Statement, Variance]]:
    """Yield statements of `with_variance` with their variance."""
    for one in statements:
        yield one, variance_of(one)
