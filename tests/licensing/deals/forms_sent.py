"""What a browser sends for a form of the terms."""

import json
from typing import Any

from django.forms import BoundField
from django.http import QueryDict

from licensing.deals.drafting import Document, Draft
from tests.licensing.deals.table import TERMS


def sent(draft: Draft) -> QueryDict:
    """Return the fields of a form as a browser posts them, nothing changed."""
    query = QueryDict(mutable=True)
    for form in draft.forms():
        for bound in form:
            query.setlist(bound.html_name, _values(bound))
    query["base"] = json.dumps(draft.base)
    return query


def fields(document: Document, **changes: str | list[str]) -> dict[str, Any]:
    """Return what a browser posts for the offer of a document, with fields changed."""
    posted = {name: values for name, values in sent(Draft.of(document)).lists() if values}
    return {"expires_on": "2026-10-20", "message": "As discussed."} | posted | changes


def draft_of(posted: dict[str, Any], base: dict[str, Any] = TERMS) -> Draft:
    """Return the form as the server reads it."""
    query = sent(Draft.of(base))
    query.clear()
    for name, value in posted.items():
        query.setlist(name, value if isinstance(value, list) else [value])
    return Draft.read(query, base)


def _values(bound: BoundField) -> list[str]:
    value = bound.value()
    if value is None:
        value = ""
    if isinstance(value, bool):
        return ["on"] if value else []
    if isinstance(value, list):
        return [str(one) for one in value]
    text = str(value)
    choices = [str(key) for key, _words in getattr(bound.field, "choices", [])]
    if choices and text not in choices:
        text = choices[0]
    return [text.replace("\r\n", "\n").replace("\n", "\r\n")]
