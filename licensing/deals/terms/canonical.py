"""PURE. The one byte form of a document, and its hash: what the signatures are about."""

import hashlib
from typing import Any

import rfc8785

from licensing.deals.terms.document import Terms


def document(terms: Terms) -> dict[str, Any]:
    """Return the document as it was written: no default added, no decimal changed."""
    return terms.model_dump(mode="json", exclude_unset=True)


def canonical_bytes(terms: Terms) -> bytes:
    """Return the document in the form of RFC 8785; parsing it gives the same terms again."""
    return rfc8785.dumps(document(terms))


def terms_hash(terms: Terms) -> str:
    """Return ``sha256:`` and the hexadecimal hash of `canonical_bytes`."""
    return f"sha256:{hashlib.sha256(canonical_bytes(terms)).hexdigest()}"
