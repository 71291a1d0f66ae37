"""PURE. The JSON Schema of ``terms/1``, published from the code that enforces it."""

from typing import Any

from licensing.deals.terms.described import describe
from licensing.deals.terms.document import SCHEMA, Terms


def json_schema() -> dict[str, Any]:
    """Return the schema (2020-12) of the document's shape.

    What a schema cannot say (tiers ascend, fees below one in sum, no two readings) is checked by
    `parse` only, so a document that satisfies the schema may still be refused.
    """
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA,
        **describe(Terms.model_json_schema(by_alias=True, mode="validation")),
    }
