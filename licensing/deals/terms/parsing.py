"""PURE. From JSON to `Terms`, or to everything that is wrong with it."""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from pydantic import ValidationError

from licensing.deals.terms.consistency import consistency_faults
from licensing.deals.terms.document import Terms
from licensing.deals.terms.shape import shape_faults
from licensing.errors import Fault, InvalidInput
from licensing.strict_json import loads_strict, require_plain

# In characters; lists of points by work may be far longer.
MOST_REMEMBERED: Final = 50_000


class InvalidTerms(InvalidInput):
    """A Terms document that cannot be; ``faults`` lists where, what and what to do."""

    code = "invalid_terms"


def parse(written: Mapping[str, Any]) -> Terms:
    """Return the terms that a document says; raises `InvalidTerms` with every fault found.

    Shape is checked first: what the clauses say together is looked at only once each is readable.
    """
    try:
        text = json.dumps(written)
    except (TypeError, ValueError):
        require_plain(written)
        raise
    return _remembered(text) if len(text) <= MOST_REMEMBERED else _read(text)


def _read(text: str) -> Terms:
    require_plain(json.loads(text))
    try:
        terms = Terms.model_validate_json(text)
    except ValidationError as error:
        faults = shape_faults(error)
        raise InvalidTerms(f"The terms have {len(faults)} faults.", faults=faults) from None
    faults = consistency_faults(terms)
    if faults:
        raise InvalidTerms(f"The terms have {len(faults)} faults.", faults=faults)
    return terms


# A licence's terms are asked for with every report of it, and `Terms` cannot be changed.
_remembered: Final = lru_cache(maxsize=256)(_read)


def parse_bytes(body: bytes) -> Terms:
    """Return the terms in a body of strict JSON; raises `MalformedJson` or `InvalidTerms`."""
    written = loads_strict(body)
    if not isinstance(written, dict):
        fault = Fault("", "not_an_object", "Write the document as an object: { … }.")
        raise InvalidTerms(fault.message, faults=[fault])
    return parse(written)
