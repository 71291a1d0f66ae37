"""A clock that stands still, an evidence store of its own, and a table with two sides at it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from licensing.access import Actor
from licensing.deals.models import Deal
from licensing.parties.models import Membership, User
from licensing.parties.roles import Role
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


@pytest.fixture
def browser(client: Client) -> Callable[..., Client]:
    """Log a member of an organisation in, in English."""

    def enter(actor: Actor, role: Role = Role.OWNER) -> Client:
        organisation = actor.organisation
        user = User.objects.create_user(f"{role}@{organisation.slug}.example", name="Aoi Tanaka")
        Membership.objects.create(user=user, organisation=organisation, role=role)
        client.force_login(user)
        return client

    return enter
