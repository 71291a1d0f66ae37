"""PURE. The Terms document ``terms/1``: a contract that a program executes.

`parse` is the only way in, `canonical_bytes` and `terms_hash` the only way out.
"""

from licensing.deals.terms.canonical import canonical_bytes, document, terms_hash
from licensing.deals.terms.document import SCHEMA, Fee, Terms
from licensing.deals.terms.grant import Grant
from licensing.deals.terms.parsing import InvalidTerms, parse, parse_bytes
from licensing.deals.terms.prices import Price, PriceBase
from licensing.deals.terms.review import review
from licensing.deals.terms.schema import json_schema
from licensing.deals.terms.uses import USE_NAMES, covers, expand
from licensing.strict_json import loads_strict

__all__ = [
    "SCHEMA",
    "USE_NAMES",
    "Fee",
    "Grant",
    "InvalidTerms",
    "Price",
    "PriceBase",
    "Terms",
    "canonical_bytes",
    "covers",
    "document",
    "expand",
    "json_schema",
    "loads_strict",
    "parse",
    "parse_bytes",
    "review",
    "terms_hash",
]
