"""What every test shares.

Sockets other than the loopback are refused by pytest-socket's ``--allow-hosts`` in pyproject.toml;
warnings are errors there too.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.core.files.storage import storages
from django.core.management.color import Style
from django.db import connection
from django.db.backends.postgresql.operations import DatabaseOperations
from django.utils import translation
from pytest_django import Settings

from ledger.documents.models import Document

# No test is timed: an example that took long on a busy machine proves nothing.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")

TRUNCATE_TRIGGERS = """
SELECT tgrelid::regclass::text, quote_ident(tgname) FROM pg_trigger
WHERE NOT tgisinternal AND tgtype & 32 <> 0
"""


@pytest.fixture(scope="session", autouse=True)
def _append_only_tables_can_be_emptied_between_tests() -> Iterator[None]:
    """Let Django's flush after a transactional test empty tables that refuse TRUNCATE.

    The tables know no setting that opens them, in production or here: the flush switches their
    TRUNCATE triggers off and on again around its own statement, which only their owner can do.
    """
    original = DatabaseOperations.sql_flush

    def flush_past_triggers(
        self: DatabaseOperations,
        style: Style,
        tables: Any,
        **options: Any,
    ) -> list[str]:
        statements = original(self, style, tables, **options)
        with connection.cursor() as cursor:
            cursor.execute(TRUNCATE_TRIGGERS)
            guards = cursor.fetchall()
        switch = "ALTER TABLE {} {} TRIGGER {}".format
        return [
            *(switch(table, "DISABLE", trigger) for table, trigger in guards),
            *statements,
            *(switch(table, "ENABLE", trigger) for table, trigger in guards),
        ]

    patch: Callable[..., None] = setattr
    patch(DatabaseOperations, "sql_flush", flush_past_triggers)
    yield
    patch(DatabaseOperations, "sql_flush", original)


@pytest.fixture(autouse=True)
def _evidence_in_a_folder_of_its_own(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Keep what a test writes to the evidence store out of every other test's sight."""
    local = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": tmp_path / "evidence"},
    }
    settings.EVIDENCE_DIR = tmp_path / "evidence"
    settings.STORAGES = settings.STORAGES | {"default": local, "evidence": local}
    # A file field asks for its storage once, when its model is loaded.
    monkeypatch.setattr(Document.file.field, "storage", storages["evidence"])


@pytest.fixture(autouse=True)
def _no_language_of_another_test() -> None:
    """Speak the language of the settings, whatever the last request of this thread asked for."""
    translation.deactivate()
