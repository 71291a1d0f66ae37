"""Fifty kills at random moments of intake and of closes leave the totals of an undisturbed run."""

import csv
import gzip
import hashlib
import io
import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ledger import verify as ledger_verify
from licensing.parties.models import Organisation
from licensing.royalties import tasks as royalties
from licensing.royalties import verify as royalties_verify
from licensing.royalties.models import Period
from licensing.usage.models import UsageReport
from tests.journeys.conftest import Client, Workers
from tests.journeys.mortals import Mortals, mortals
from tests.journeys.small import Scene, expected, journal, scene

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

SEED = 20261001
KILLS = 25
REPORTS = 12
CHECK = "licensing.usage.tasks.check_report"
CLOSE = "licensing.royalties.tasks.close_period"
LONGEST_SECONDS = 1.0
KILLED = -9


@pytest.fixture
def crew(workers: Workers) -> Iterator[Mortals]:
    """Start the processes to be killed, on the test's own database, broker and evidence."""
    with mortals(workers.environment) as started:
        yield started


def lines_of(number: int) -> bytes:
    """Return one of twelve reports: together 3,000,000 shared and 1,000,001 of alder's tokens."""
    alder = 83_333 if number else 1_000_001 - 83_333 * (REPORTS - 1)
    text = io.StringIO(newline="")
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(["line_id", "work", "use", "unit", "quantity"])
    rows.writerow(["1", "domain:shared.example", "ai-train", "token", 3_000_000 // REPORTS])
    rows.writerow(["2", "domain:alder.example", "ai-train", "token", alder])
    return text.getvalue().encode()


def upload(firm: Client, licence: str, number: int) -> int:
    """Send a report in one part, every fourth one compressed; returns its row's id."""
    lines = lines_of(number)
    is_packed = number % 4 == 3
    content = gzip.compress(lines) if is_packed else lines
    tokens = sum(int(row["quantity"]) for row in csv.DictReader(lines.decode().splitlines()))
    header = {
        "report_id": f"october-{number}",
        "type": "original",
        "licence": licence,
        "period": "2026-10",
        "model": {"family": "vista", "version": "2"},
        "lines": 2,
        "quantity": {"token": str(tokens)},
        "sha256": hashlib.sha256(lines).hexdigest(),
        "compression": "gzip" if is_packed else "",
    }
    opened = firm.post("/uploads", header)
    digest = hashlib.sha256(content).hexdigest()
    firm.send("PUT", f"/uploads/{opened['id']}/parts/1", content, sha256=digest)
    firm.post(f"/uploads/{opened['id']}/complete", expect=202)
    return UsageReport.objects.get(public_id=opened["id"]).pk


def kill_intake(crew: Mortals, waiting: list[int], chance: random.Random) -> int:
    """Kill checks until it has been enough; returns how many were killed at work.

    A check that was over before its kill shows how short a time is to be drawn from.
    """
    span, killed = LONGEST_SECONDS, 0
    while killed < KILLS and waiting:
        delay = chance.uniform(0, span)
        if crew.run(CHECK, waiting[-1], kill_after_seconds=delay) == KILLED:
            killed += 1
        else:
            span = min(span, delay)
        if UsageReport.objects.get(pk=waiting[-1]).state == "accepted":
            waiting.pop()
    return killed


def kill_closes(crew: Mortals, small: Scene, period: Period, chance: random.Random) -> int:
    """Kill closes, asking for another one whenever one got through; returns how many."""
    span, killed = LONGEST_SECONDS, 0
    while killed < KILLS:
        if small.closed():
            small.request_close()
        delay = chance.uniform(0, span)
        if crew.run(CLOSE, period.pk, kill_after_seconds=delay) == KILLED:
            killed += 1
        else:
            span = min(span, delay)
    return killed


def test_fifty_kills_at_random_leave_the_totals_of_an_undisturbed_run(
    crew: Mortals, client_of: Callable[[Organisation], Client]
) -> None:
    chance = random.Random(SEED)  # noqa: S311  # moments, not secrets
    small = scene(client_of)
    reports = [upload(small.firm, small.licence, number) for number in range(REPORTS)]

    killed_checks = kill_intake(crew, list(reports), chance)
    for report in reports:
        assert crew.run(CHECK, report) == 0
        royalties.note_report(report)
    small.request_close()
    period = Period.objects.get()
    killed_closes = kill_closes(crew, small, period, chance)
    if not small.closed():
        assert crew.run(CLOSE, period.pk) == 0

    assert (killed_checks, killed_closes) == (KILLS, KILLS)
    assert {report.state for report in UsageReport.objects.all()} == {"accepted"}
    accepted = [total["quantity"] for one in UsageReport.objects.all() for total in one.totals]
    assert sum(map(int, accepted)) == 4_000_001
    assert journal() == {"period_closed": expected()["period_closed"]}
    assert findings() == []


def findings() -> list[Any]:
    """Return what `verify` finds wrong."""
    proved = [*ledger_verify.verify_ledger(), *royalties_verify.findings()]
    return [one for one in proved if not isinstance(one, ledger_verify.Proof)]
