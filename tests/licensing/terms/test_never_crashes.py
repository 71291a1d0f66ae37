from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from licensing.deals.terms import Terms, canonical_bytes, parse, parse_bytes, review, terms_hash
from licensing.deals.terms.prices import PRICE_MODELS
from licensing.errors import Fault, InvalidInput
from tests.licensing.terms.documents import published

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=True)
    | st.sampled_from(
        ["0", "1", "-1", "1e5", "WW", "JP", "any", "ai-all", "2026-10-01", *PRICE_MODELS]
    )
    | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "model", "unit", "tiers", "up_to", "when", "rate", "x"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)


def places(node: Any) -> list[tuple[Any, Any]]:
    """Return every (container, key) in a document."""
    found: list[tuple[Any, Any]] = []
    waiting = [node]
    while waiting:
        inner = waiting.pop()
        pairs = list(inner.items() if isinstance(inner, dict) else enumerate(inner))
        found.extend((inner, key) for key, _ in pairs)
        waiting.extend(value for _, value in pairs if isinstance(value, (dict, list)))
    return found


def outcome(document: dict[str, Any]) -> tuple[Terms | None, Sequence[Fault]]:
    """Return what a document came to: terms, or faults."""
    try:
        return parse(document), ()
    except InvalidInput as refused:
        return None, refused.faults


@settings(max_examples=150)
@given(st.data())
def test_whatever_stands_anywhere_is_accepted_or_refused_and_never_crashes(
    data: st.DataObject,
) -> None:
    document = published()
    for _ in range(data.draw(st.integers(1, 3))):
        container, key = data.draw(st.sampled_from(places(document)))
        if data.draw(st.booleans()):
            container[key] = data.draw(JSON)
        elif isinstance(container, dict):
            container.pop(key, None)

    terms, faults = outcome(document)

    assert (terms is None) == bool(faults)
    assert all(fault.code and fault.message for fault in faults)
    if terms is not None:
        assert terms_hash(parse_bytes(canonical_bytes(terms))) == terms_hash(terms)
        assert all(warning.code for warning in review(terms))


@settings(max_examples=100)
@given(
    st.binary(max_size=200) | st.text(max_size=100).map(str.encode) | JSON.map(repr).map(str.encode)
)
def test_whatever_bytes_come_are_refused_with_a_fault(body: bytes) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_bytes(body)

    assert refused.value.faults
