"""A clock that stands still, no broker, and a licence on two works with known names."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from licensing.access import Actor
from licensing.catalogue.models import Identifier, Work
from licensing.deals.models import Licence
from tests.licensing.deals.table import Table, set_table, work
from tests.messages import collecting

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=ZoneInfo("Asia/Tokyo"))


@dataclass(frozen=True)
class Office:
    """A licence in force and everybody around it.

    ``domain:kaede.jp`` and ``domain:momiji.jp`` are granted; ``domain:tsubaki.jp`` came into the
    catalogue after signature.
    """

    table: Table
    licence: Licence

    @property
    def licensee(self) -> Actor:
        """Who reports."""
        return self.table.licensee


@pytest.fixture
def queued(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Collect the names of the jobs that committed work has started."""
    names: list[str] = []
    monkeypatch.setattr("config.jobs.send", collecting(names))
    return names


def open_office() -> Office:
    table = set_table()
    lantern, ferry = Work.objects.order_by("pk")
    licence = table.in_force()
    late = work("The Camellia", table.licensor.organisation)
    for one, value in ((lantern, "kaede.jp"), (ferry, "momiji.jp"), (late, "tsubaki.jp")):
        Identifier.objects.create(work=one, scheme="domain", value=value)
    return Office(table, licence)


@pytest.fixture
def _fixed_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOON)


@pytest.fixture
def office(db: None, _fixed_clock: None, queued: list[str]) -> Office:  # noqa: ARG001  # needed before it
    return open_office()
