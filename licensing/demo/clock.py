"""Telling the past: the world is seeded as it would have happened, month by month."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from unittest import mock
from zoneinfo import ZoneInfo

from django.utils import timezone

TOKYO = ZoneInfo("Asia/Tokyo")


@contextmanager
def at(year: int, month: int, day: int, hour: int = 10) -> Iterator[datetime]:
    """Run the block as if it were this hour in Tokyo.

    Only Django's own clock is turned, which is the one every service reads; the journal's
    ``posted_at`` comes from the database and stays true.
    """
    moment = datetime(year, month, day, hour, tzinfo=TOKYO)
    with mock.patch.object(timezone, "now", return_value=moment):
        yield moment
