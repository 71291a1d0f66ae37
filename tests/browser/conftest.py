"""One demonstration's world, served to a real Chromium, for all tests of this folder.

Seeding takes as long as many tests, so they share it: they run after all others, each on deals,
months and reports of its own, and the database is emptied behind them.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import pytest
from celery import current_app
from django.core.files.storage import storages
from django.core.management import call_command
from django.db import connection
from django.test import override_settings
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright
from pytest_django import DjangoDbBlocker
from pytest_django.live_server_helper import LiveServer

from config.jobs import Argument
from ledger.documents.models import Document
from ledger.documents.services import RENDER_TASK
from licensing.demo import seed
from tests.browser.site import Look, Visit, session_of

HERE = Path(__file__).parent
CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
SLOWEST_MS = 20_000


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run these tests last: their world would be in the way of every other test."""
    items.sort(key=lambda item: HERE in item.path.parents)
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("browser"))
            item.add_marker(pytest.mark.django_db(transaction=True))


@pytest.fixture(autouse=True)
def _evidence_in_a_folder_of_its_own() -> None:
    """Leave the evidence store where the shared world has it."""


@pytest.fixture
def _django_db_helper() -> None:
    """Keep pytest-django from emptying the database after each test; `site_url` does it once."""


def lose(task: str, arguments: dict[str, Argument]) -> None:
    """Stand for a broker that is down; rows keep saying what they need."""


def work_at_once(task: str, arguments: dict[str, Argument]) -> None:
    """Stand for idle workers; printing is slow and left to the tests that look at paper."""
    if task != RENDER_TASK:
        current_app.tasks[task].apply(kwargs=arguments, throw=True)


@pytest.fixture(scope="session")
def site_url(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[str]:
    """Seed the world, serve it, and empty the database when the last test has seen it."""
    del django_db_setup
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    assert str(connection.settings_dict["NAME"]).startswith("test_"), "never on real data"
    folder = tmp_path_factory.mktemp("evidence")
    local = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": folder},
    }
    stores = {"default": local, "evidence": local}
    current_app.loader.import_default_modules()
    with (
        django_db_blocker.unblock(),
        override_settings(EVIDENCE_DIR=folder),
        pytest.MonkeyPatch.context() as patch,
    ):
        from django.conf import settings  # noqa: PLC0415  # after pytest-django chose them

        with override_settings(STORAGES=settings.STORAGES | stores):
            patch.setattr(Document.file.field, "storage", storages["evidence"])
            with mock.patch("config.jobs.send", lose):
                seed.everything()
            patch.setattr("config.jobs.send", work_at_once)
            server = LiveServer("127.0.0.1")
            yield server.url
            server.stop()
            _end_sessions_of_the_server()
            call_command("flush", verbosity=0, interactive=False, reset_sequences=False)


def _end_sessions_of_the_server() -> None:
    """Its threads hold a connection each for as long as Chromium held one to them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start Chromium."""
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright keeps an event loop in this thread, where Django would refuse the database.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


def _listen(page: Page, complaints: list[str]) -> None:
    """Note what Chromium reports of a page, but for the 422 by which a form is refused."""

    def hear(message: ConsoleMessage) -> None:
        if message.type == "error" and "status of 422" not in message.text:
            complaints.append(message.text)

    page.on("console", hear)
    page.on("pageerror", lambda error: complaints.append(str(error)))


@pytest.fixture
def visit(site_url: str, browser: Browser) -> Iterator[Visit]:
    """Open a browser of one's own: nobody's, or logged in as a person.

    After the test, no page may have complained in its console.
    """
    contexts = []
    complaints: list[str] = []

    def open_page(email: str = "", look: Look = Look()) -> Page:  # noqa: B008  # it is frozen
        context = browser.new_context(
            base_url=site_url,
            locale=look.language,
            viewport={"width": look.width, "height": 900},
            color_scheme="dark" if look.scheme == "dark" else "light",
            java_script_enabled=look.scripts,
            bypass_csp=look.is_examined,
        )
        contexts.append(context)
        context.set_default_timeout(SLOWEST_MS)
        if email:
            key = session_of(email)
            context.add_cookies([{"name": "sessionid", "value": key, "url": site_url}])
        page = context.new_page()
        _listen(page, complaints)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []
