import json
import shlex
from typing import Any

from django.test import Client

from licensing.usage import examples
from tests.factories import bearer
from tests.licensing.usage.conftest import Office


def sent(command: str) -> tuple[str, Any]:
    """Return where a command posts, and what."""
    words = shlex.split(command)
    return words[1].removeprefix("http://localhost:8000"), json.loads(words[words.index("-d") + 1])


def test_the_command_for_a_small_report_is_accepted_as_it_stands(office: Office) -> None:
    path, document = sent(examples.small_report(office.licence, "2026-10"))

    client = Client(headers=bearer(office.licensee.organisation))
    response = client.post(path, json.dumps(document), content_type="application/json")

    assert response.status_code == 201
    assert response.json()["lines"]["received"] == 1


def test_the_command_for_a_large_report_opens_an_upload_once_its_hash_is_written(
    office: Office,
) -> None:
    path, document = sent(examples.large_report(office.licence, "2026-10").split("\n\n")[0])

    client = Client(headers=bearer(office.licensee.organisation))
    document["sha256"] = "0" * 64
    response = client.post(path, json.dumps(document), content_type="application/json")

    assert response.status_code == 201
    assert response.json()["report"]["state"] == "receiving"


def test_without_a_licence_or_a_named_model_one_is_invented(office: Office) -> None:
    office.licence.terms["grant"]["models"] = "any"

    assert examples.model_of(None) == examples.model_of(office.licence) == ("vista", "2")
