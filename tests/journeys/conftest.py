"""The whole system for a journey: a live server, real workers, the broker, a double of Stripe."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import requests
from celery import current_app
from django.db import connection
from django.utils import timezone
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from licensing.parties.models import Organisation
from tests.doubles.stripe.double import StripeDouble
from tests.doubles.stripe.server import running
from tests.factories import bearer

ROOT = Path(__file__).resolve().parent.parent.parent
SHARED = ROOT.parent / "shared" / "data" / "cycle"
WEBHOOK_SECRET = "whsec_journey"
SLOWEST_SECONDS = 90
PR_SET_PDEATHSIG = 1
QUEUES = "intake,statements,payouts,default"


@dataclass
class Client:
    """An organisation's program: its key, and keys of its own making for each POST."""

    url: str
    organisation: Organisation
    headers: dict[str, str]
    posts: int = 0

    def get(self, path: str, **query: str) -> Any:
        """Return the JSON of a page that must exist."""
        answer = requests.get(f"{self.url}{path}", headers=self.headers, params=query, timeout=60)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, body: Any = None, *, expect: int = 201) -> Any:
        """Post JSON and return the answer's."""
        self.posts += 1
        key = {"Idempotency-Key": f"{self.organisation.slug}-{self.posts}"}
        answer = requests.post(
            f"{self.url}{path}", headers=self.headers | key, json=body, timeout=60
        )
        assert answer.status_code == expect, answer.text
        return answer.json()

    def send(self, method: str, path: str, content: bytes, **query: str) -> Any:
        """Send bytes and return the answer's JSON."""
        answer = requests.request(
            method,
            f"{self.url}{path}",
            headers=self.headers | {"Content-Type": "application/octet-stream"},
            params=query,
            data=content,
            timeout=120,
        )
        assert answer.status_code < 300, answer.text
        return answer.json()

    def every(self, path: str, **query: str) -> list[Any]:
        """Return all pages of a list."""
        page = self.get(path, limit="200", **query)
        found = list(page["data"])
        while page["next"]:
            answer = requests.get(page["next"], headers=self.headers, timeout=60)
            page = answer.json()
            found.extend(page["data"])
        return found


def end_with_the_tests() -> None:
    """Ask Linux to end this process when its parent ends, so that no worker outlives a test."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def sign_licence(firm: Client, licensor: Client, title: str, terms: dict[str, Any]) -> str:
    """Offer, accept and sign; returns the licence's id."""
    offer = {
        "title": title,
        "counterparty": licensor.organisation.slug,
        "terms": terms,
        "expires_at": (timezone.now() + timedelta(days=30)).isoformat(),
    }
    deal = firm.post("/deals", offer)
    standing = deal["offers"][0]
    licensor.post(f"/deals/{deal['id']}/accept", {"offer": standing["id"]}, expect=200)
    signature = {"signer_name": "A. Signer", "terms_hash": standing["terms_hash"]}
    firm.post(f"/deals/{deal['id']}/sign", signature, expect=200)
    signed = licensor.post(f"/deals/{deal['id']}/sign", signature, expect=200)
    assert signed["state"] == "in_force"
    return str(signed["licence"])


@dataclass
class Workers:
    """Real Celery workers in processes of their own."""

    environment: dict[str, str]
    app: str = "config"
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, queues: str = QUEUES) -> subprocess.Popen[bytes]:
        """Start a worker of two processes."""
        worker = subprocess.Popen(  # noqa: S603  # our own program
            [
                *(sys.executable, "-m", "celery", "-A", self.app, "worker"),
                *("-Q", queues, "--concurrency", "2", "--loglevel", "warning"),
                *("--without-gossip", "--without-mingle", "--without-heartbeat"),
            ],
            cwd=ROOT,
            env=os.environ | self.environment,
            start_new_session=True,
            preexec_fn=end_with_the_tests,  # noqa: PLW1509  # no thread of ours holds a lock here
        )
        self.running.append(worker)
        return worker

    def stop(self) -> None:
        """End every worker, politely at first."""
        for worker in self.running:
            worker.terminate()
        for worker in self.running:
            try:
                worker.wait(timeout=20)
            except subprocess.TimeoutExpired:
                worker.kill()
                worker.wait()
        self.running.clear()


def wait_until(what: str, done: Callable[[], bool], seconds: float = SLOWEST_SECONDS) -> None:
    """Wait for a row to say that the workers did something."""
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline, f"waited {seconds} seconds for {what}"
        time.sleep(0.2)


@pytest.fixture
def broker(settings: Settings) -> Iterator[str]:
    """Give the broker's address, with no message of another test in its queues."""
    current_app.control.purge()
    yield settings.REDIS_URL
    current_app.control.purge()


@pytest.fixture
def rail(live_server: LiveServer, settings: Settings) -> Iterator[StripeDouble]:
    """Serve a double of Stripe that pays at once and tells the live server."""
    double = StripeDouble(
        webhook_secret=WEBHOOK_SECRET, webhook_url=f"{live_server.url}/webhooks/stripe/"
    )
    double.control({"onboarding": "immediate", "payouts": "pay"})
    settings.STRIPE_API_KEY = "sk_test_journey"
    settings.STRIPE_WEBHOOK_SECRET = WEBHOOK_SECRET
    with running(double) as server:
        settings.STRIPE_API_BASE = server.url
        yield double


@pytest.fixture
def workers(
    transactional_db: None,
    broker: str,
    rail: StripeDouble,
    settings: Settings,
) -> Iterator[Workers]:
    """Workers on the test's own database, broker and evidence; start them when needed."""
    del transactional_db, rail
    place = connection.settings_dict
    host = place["HOST"]
    database = (
        f"postgresql://{place['USER']}:{place['PASSWORD']}@/{place['NAME']}"
        f"?host={host}&port={place['PORT']}"
    )
    crew = Workers(
        {
            "DATABASE_URL": database,
            "REDIS_URL": broker,
            "EVIDENCE_DIR": str(settings.EVIDENCE_DIR),
            "EVIDENCE_BUCKET": "",
            "STRIPE_API_KEY": settings.STRIPE_API_KEY,
            "STRIPE_API_BASE": settings.STRIPE_API_BASE,
            "STRIPE_WEBHOOK_SECRET": WEBHOOK_SECRET,
        }
    )
    yield crew
    crew.stop()


@dataclass
class Clock:
    """A clock that stands where it is told to, for the test, its server and its workers."""

    told: Path

    def tell(self, year: int, month: int, day: int) -> None:
        """Make it noon of a day in Tokyo."""
        moment = datetime(year, month, day, 12, tzinfo=ZoneInfo("Asia/Tokyo"))
        written = self.told.with_suffix(".new")
        written.write_text(moment.isoformat())
        written.replace(self.told)

    def now(self) -> datetime:
        """Return the moment it stands at."""
        return datetime.fromisoformat(self.told.read_text())


@pytest.fixture
def clock(workers: Workers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Tell the time to everyone in a journey; tell it before the workers start."""
    told = Clock(tmp_path / "now")
    told.tell(2026, 12, 5)
    monkeypatch.setattr(timezone, "now", told.now)
    workers.app = "tests.journeys.told_time"
    workers.environment["JOURNEY_CLOCK"] = str(told.told)
    return told


@pytest.fixture
def client_of(live_server: LiveServer) -> Callable[[Organisation], Client]:
    """Make an organisation's program, with a key that carries all it may do."""

    def make(organisation: Organisation) -> Client:
        return Client(f"{live_server.url}/api/v1", organisation, bearer(organisation))

    return make
