from datetime import UTC, date, datetime

from django.utils import timezone, translation

from licensing.templatetags.periods import day, instant, period, short_day


def test_a_month_is_named_in_the_readers_language() -> None:
    with translation.override("en"):
        assert period("2026-10") == "October 2026"
    with translation.override("ja"):
        assert period(date(2026, 10, 1)) == "2026年10月"


def test_a_day_is_written_in_full_or_short() -> None:
    with translation.override("en"):
        assert day("2026-11-05") == "5 November 2026"
        assert short_day(date(2026, 11, 5)) == "5 Nov 2026"
    with translation.override("ja"):
        assert day("2026-11-05") == "2026年11月5日"
        assert short_day("2026-11-05") == "2026/11/05"


def test_an_instant_is_shown_in_the_sites_time_zone() -> None:
    late = datetime(2026, 11, 5, 15, 30, tzinfo=UTC)

    with timezone.override("Asia/Tokyo"), translation.override("en"):
        shown = instant(late)
        assert day(late) == "6 November 2026"

    assert shown == '<time datetime="2026-11-06T00:30:00+09:00">6 Nov 2026, 00:30</time>'
    with timezone.override("Asia/Tokyo"), translation.override("ja"):
        assert "2026/11/06 00:30" in instant("2026-11-05T15:30:00+00:00")


def test_a_naive_instant_is_taken_as_it_stands() -> None:
    naive = datetime(2026, 11, 5, 15, 30)  # noqa: DTZ001 - the case under test

    with translation.override("en"):
        assert "5 Nov 2026, 15:30" in instant(naive)
        assert day(naive) == "5 November 2026"


def test_an_absent_day_is_a_dash() -> None:
    assert period(None) == day("") == short_day(None) == instant(None) == "–"
