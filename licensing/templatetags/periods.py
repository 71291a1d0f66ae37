"""How days, instants and accounting periods are written for people, in the reader's language."""

from datetime import UTC, date, datetime

from babel.dates import format_date, format_datetime
from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from licensing.templatetags.money import MISSING

register = template.Library()

Day = date | datetime | str


def reader() -> str:
    """Return the locale of dates: Japanese, or English with the day before the month."""
    return "ja" if (get_language() or "").startswith("ja") else "en_GB"


def _pattern(japanese: str, english: str) -> str:
    return japanese if reader() == "ja" else english


def _day(value: Day) -> date:
    """Return a date from a date, an instant (in the site's time zone) or ISO text."""
    if isinstance(value, datetime):
        return timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    if isinstance(value, date):
        return value
    return date.fromisoformat(value if len(value) > len("2026-10") else f"{value}-01")


def _moment(value: datetime | str) -> datetime:
    instant = datetime.fromisoformat(value) if isinstance(value, str) else value
    return timezone.localtime(instant) if timezone.is_aware(instant) else instant


@register.filter
def period(value: Day | None) -> str:
    """Write a month: ``2026-10`` or its first day is ``October 2026``, 「2026年10月」."""
    if value is None or value == "":
        return MISSING
    return format_date(_day(value), _pattern("y年M月", "MMMM y"), locale=reader())


@register.filter
def day(value: Day | None) -> str:
    """Write a day: ``5 November 2026``, 「2026年11月5日」."""
    if value is None or value == "":
        return MISSING
    return format_date(_day(value), _pattern("y年M月d日", "d MMMM y"), locale=reader())


@register.filter
def short_day(value: Day | None) -> str:
    """Write a day for a dense table: ``5 Nov 2026``, ``2026/11/05``."""
    if value is None or value == "":
        return MISSING
    return format_date(_day(value), _pattern("y/MM/dd", "d MMM y"), locale=reader())


@register.filter
def instant(value: datetime | str | None) -> str | SafeString:
    """Write a moment in the site's time zone, to the minute, machine-readable underneath."""
    if value is None or value == "":
        return MISSING
    moment = _moment(value)
    text = format_datetime(
        moment,
        _pattern("y/MM/dd HH:mm", "d MMM y, HH:mm"),
        tzinfo=moment.tzinfo or UTC,
        locale=reader(),
    )
    return format_html('<time datetime="{}">{}</time>', moment.isoformat(), text)
