"""What the parties should know of a report in force, though none of its lines is at fault."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from licensing.templatetags.periods import day
from licensing.usage import overlaps
from licensing.usage.models import ReportState, ReportType, UsageReport
from licensing.usage.notices import due
from licensing.usage.notices.duties import duty_of

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

LATE: Final = "report_late"
OVERLAPS: Final = "report_overlaps"
SUGGESTIONS: Final[dict[str, "StrPromise"]] = {
    LATE: _(
        "Nothing has to be mended. If the accounting period was closed before, the difference is "
        "charged when it is closed again."
    ),
    OVERLAPS: _(
        "If they are the same use, take them out of one of the two: send a correction in which "
        "they have quantity 0, or a replacement. If they are not, leave them as they are."
    ),
}


@dataclass(frozen=True, slots=True)
class Remark:
    """A stable code, what it means here, what to do, and the other report it is about, if any."""

    code: str
    reason: str
    about: UsageReport | None = None

    @property
    def suggestion(self) -> str:
        """Say what to do."""
        return str(SUGGESTIONS[self.code])


def remarks(report: UsageReport) -> list[Remark]:
    """Return what is to be said of a report in force; ``licence`` is loaded."""
    if report.state != ReportState.ACCEPTED:
        return []
    return [*_late(report), *_overlapping(report)]


def _late(report: UsageReport) -> Iterator[Remark]:
    """Say that the first report of a use came after the day the terms set for it."""
    if report.type not in {ReportType.ORIGINAL, ReportType.ZERO} or report.received_at is None:
        return
    expected = due.of_period(duty_of(report.licence), report.period)
    if expected is None:
        return
    days = (timezone.localdate(report.received_at) - expected.due_on).days
    if days > 0:
        text = ngettext(
            "It came %(days)s day after the day it was due, %(due)s.",
            "It came %(days)s days after the day it was due, %(due)s.",
            days,
        )
        yield Remark(LATE, text % {"days": days, "due": day(expected.due_on)})


def _overlapping(report: UsageReport) -> Iterator[Remark]:
    for other, lines in overlaps.of(report):
        text = ngettext(
            "%(lines)s line is in %(other)s as well, word for word.",
            "%(lines)s lines are in %(other)s as well, word for word.",
            lines,
        )
        said = text % {"lines": f"{lines:,}", "other": other.report_id}
        yield Remark(OVERLAPS, said, other)
