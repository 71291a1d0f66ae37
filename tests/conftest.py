"""What every test shares.

Sockets other than the loopback are refused by pytest-socket's ``--allow-hosts`` in pyproject.toml;
warnings are errors there too.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.management.color import Style
from django.db import connection
from django.db.backends.postgresql.operations import DatabaseOperations

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
