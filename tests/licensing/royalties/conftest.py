"""A clock that stands still, no broker, and a licence whose first month was worked by hand."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from licensing.parties.models import Membership, Organisation, User
from licensing.parties.roles import Role
from tests.licensing.royalties.books import Books, open_books
from tests.messages import collecting

Enter = Callable[..., Client]
NOON = datetime(2026, 11, 2, 12, 0, tzinfo=ZoneInfo("Asia/Tokyo"))


@pytest.fixture
def queued(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Collect the names of the jobs that committed work has started."""
    names: list[str] = []
    monkeypatch.setattr("config.jobs.send", collecting(names))
    return names


@pytest.fixture
def _fixed_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOON)


@pytest.fixture
def books(db: None, _fixed_clock: None, queued: list[str]) -> Books:  # noqa: ARG001  # needed before it
    return open_books()


@pytest.fixture
def browser(client: Client) -> Enter:
    """Log a member of an organisation in, in English."""

    def enter(organisation: Organisation, role: Role = Role.OWNER) -> Client:
        user = User.objects.create_user(f"{role}@{organisation.slug}.example", name="Aoi Tanaka")
        Membership.objects.create(user=user, organisation=organisation, role=role)
        client.force_login(user)
        return client

    return enter
