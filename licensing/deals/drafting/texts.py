"""The document as text: for the text area, and carried along with the form."""

import json

from licensing.deals import terms as contract
from licensing.deals.drafting.entries import Document
from licensing.deals.drafting.prices import Posted
from licensing.deals.forms import DocumentForm
from licensing.errors import InvalidInput
from licensing.strict_json import loads_strict


def as_text(document: Document) -> str:
    """Return a document for the eye and the text area."""
    return json.dumps(document, ensure_ascii=False, indent=2)


def read_text(form: DocumentForm) -> Document:
    """Return the document in the text area; raises `MalformedJson` where it has no one reading."""
    written = loads_strict(form.cleaned_data["document"].encode())
    return written if isinstance(written, dict) else {"": written}


def base_of(posted: Posted, default: Document) -> Document:
    """Return the document that a form was started from, the default where it is none."""
    try:
        body = str(posted.get("base", "")).encode()
        terms = contract.parse_bytes(body)
    except InvalidInput:
        return default
    return contract.document(terms)
