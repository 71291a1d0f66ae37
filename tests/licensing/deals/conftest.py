"""A clock that stands still, an evidence store of its own, and a table with two sides at it."""

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from pytest_django import Settings

from licensing.deals.models import Deal
from tests.licensing.deals.table import Table, set_table


class Clock:
    """Tells a time that only the test moves."""

    def __init__(self) -> None:
        self.time = datetime(2026, 10, 1, 10, 0, tzinfo=ZoneInfo("Asia/Tokyo"))

    def now(self) -> datetime:
        """Return the time."""
        return self.time

    def forward(self, step: timedelta) -> None:
        """Let time pass."""
        self.time += step


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    standing = Clock()
    monkeypatch.setattr(timezone, "now", standing.now)
    return standing


@pytest.fixture(autouse=True)
def _evidence_of_its_own(settings: Settings, tmp_path: Path) -> None:
    folder = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": tmp_path / "evidence"},
    }
    settings.STORAGES = {**settings.STORAGES, "default": folder, "evidence": folder}


@pytest.fixture(autouse=True)
def queued(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Collect the names of the jobs that committed work has started."""
    names: list[str] = []

    def send(task: str, _arguments: dict[str, int | str]) -> None:
        names.append(task)

    monkeypatch.setattr("config.jobs.send", send)
    return names


@pytest.fixture
def table(db: None) -> Table:  # noqa: ARG001 - it asks for the database
    return set_table()


@pytest.fixture
def deal(table: Table) -> Deal:
    return table.open()
