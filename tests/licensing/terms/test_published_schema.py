import io
import json
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped] # it ships no annotations
import pytest
from django.core.management import call_command

from licensing.deals.terms import json_schema
from licensing.deals.terms.described import FIELDS, properties
from tests.licensing.terms.documents import plain_document, published

PUBLISHED_AT = Path(__file__).parents[3] / "docs" / "terms.schema.json"


def test_the_published_schema_is_what_the_code_enforces() -> None:
    told = io.StringIO()

    call_command("terms_schema", stdout=told)

    assert PUBLISHED_AT.read_text() == told.getvalue(), (
        "run: ./dev manage terms_schema > docs/terms.schema.json"
    )


@pytest.mark.parametrize("document", [published(), plain_document()])
def test_documents_that_parse_satisfy_the_schema(document: dict[str, Any]) -> None:
    jsonschema.Draft202012Validator(json_schema()).validate(document)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("currency",), "XXX"),
        (("prices", 0, "per"), 1_000_000),
        (("prices", 0, "tiers", 0, "unit_price"), "1e3"),
        (("prices", 1, "model"), "rental"),
        (("grant", "territory"), ["UK"]),
        (("surprise",), True),
    ],
)
def test_documents_of_another_shape_do_not(path: tuple[str | int, ...], value: object) -> None:
    document = published()
    *parents, last = path
    inner: Any = document
    for step in parents:
        inner = inner[step]
    inner[last] = value

    assert not jsonschema.Draft202012Validator(json_schema()).is_valid(document)


def test_the_schema_itself_is_valid() -> None:
    jsonschema.Draft202012Validator.check_schema(json_schema())
    assert json.dumps(json_schema())


def test_every_field_is_described_on_the_page() -> None:
    told = io.StringIO()

    call_command("terms_schema", fields=True, stdout=told)

    assert told.getvalue() in PUBLISHED_AT.with_name("terms.md").read_text(), (
        "put into docs/terms.md what this prints: ./dev manage terms_schema --fields"
    )


def test_every_field_has_a_meaning_and_an_example_that_satisfies_it() -> None:
    schema = json_schema()
    seen = dict(properties(schema, schema, ""))

    assert set(seen) == set(FIELDS)
    for path, (_, example) in FIELDS.items():
        validators = [
            jsonschema.Draft202012Validator(field | {"$defs": schema["$defs"]})
            for at, field in properties(schema, schema, "")
            if at == path
        ]
        assert any(one.is_valid(example) for one in validators), path
