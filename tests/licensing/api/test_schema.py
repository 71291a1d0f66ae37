"""The description is true: what it allows breaks nothing, and nothing else is ever answered."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from django.test import Client
from drf_spectacular.validation import validate_schema
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.openapi import from_wsgi
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from licensing.catalogue.models import Work
from licensing.usage.models import UsageReport
from tests.factories import bearer
from tests.licensing.usage.conftest import Office, open_office
from tests.licensing.usage.sending import send

DJANGO = get_wsgi_application()


def whole(environ: Any, start_response: Any) -> list[bytes]:
    """Answer in one piece, so that a file that is handed out is closed at once."""
    answer = DJANGO(environ, start_response)
    try:
        return [b"".join(answer)]
    finally:
        answer.close()


SCHEMA = from_wsgi("/api/schema/?format=json", whole)
OPERATIONS = {
    f"{operation.method.upper()} {operation.path}": operation
    for operation in (found.ok() for found in SCHEMA.get_all_operations() if isinstance(found, Ok))
}
EXAMPLES = 2
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


def test_the_description_is_openapi_3_1_and_names_every_refusal() -> None:
    document = Client().get("/api/schema/?format=json").json()

    validate_schema(document)  # type: ignore[no-untyped-call]  # the library's own
    assert document["openapi"].startswith("3.1.")
    silent = [
        (method, path)
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if not {"400", "401", "403", "404", "409", "422", "429"} <= set(operation["responses"])
    ]
    assert silent == []


@pytest.fixture
def _connection_kept() -> Iterator[None]:
    """Let requests through WSGI use the test's own connection, as Django's test client does."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def office(db: None, _connection_kept: None, monkeypatch: pytest.MonkeyPatch) -> Office:  # noqa: ARG001  # it asks for the database
    monkeypatch.setattr("config.jobs.send", lambda _task, _arguments: None)
    opened = open_office()
    send(opened)
    return opened


def test_nothing_that_the_description_allows_breaks_an_operation(
    office: Office, subtests: pytest.Subtests
) -> None:
    parties = (office.licensee, office.table.licensor, office.table.operator)
    keys = [bearer(party.organisation) for party in parties]
    known = {
        "deals": office.licence.deal.public_id,
        "licences": office.licence.public_id,
        "reports": UsageReport.objects.get().public_id,
        "works": Work.objects.earliest("pk").public_id,
    }

    for name, operation in OPERATIONS.items():
        with subtests.test(name):
            _ask(operation, GenerationMode.POSITIVE, keys, known)
            _ask(operation, GenerationMode.NEGATIVE, keys[:1], known)


def _ask(
    operation: Any, mode: GenerationMode, keys: list[dict[str, str]], known: dict[str, str]
) -> None:
    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=EXAMPLES,
        phases=[Phase.explicit, Phase.generate],
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    def ask(case: "schemathesis.Case[Any]") -> None:
        segment = case.path.split("/")[3]
        if "public_id" in case.path_parameters and segment in known:
            # An invented id would never get past the 404.
            case.path_parameters["public_id"] = known[segment]
        for key in keys:
            # Each request begins with the same world, and one that breaks spoils no other.
            with transaction.atomic():
                answer = case.call(headers=key)
                transaction.set_rollback(True)
            case.validate_response(answer, checks=CHECKS)

    ask()
