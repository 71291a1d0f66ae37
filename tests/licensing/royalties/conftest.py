"""A clock that stands still, no broker, and a licence whose first month was worked by hand."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from tests.licensing.royalties.books import Books, open_books

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=ZoneInfo("Asia/Tokyo"))


@pytest.fixture
def queued(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Collect the names of the jobs that committed work has started."""
    names: list[str] = []
    monkeypatch.setattr("config.jobs.send", lambda task, _arguments: names.append(task))
    return names


@pytest.fixture
def _fixed_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOON)


@pytest.fixture
def books(db: None, _fixed_clock: None, queued: list[str]) -> Books:  # noqa: ARG001  # needed before it
    return open_books()
