import pytest
from hypothesis import given
from hypothesis import strategies as st

from licensing.strict_json import MalformedJson, Number
from licensing.usage import strict


@pytest.mark.parametrize(
    "body",
    [
        b'{"a": 1, "a": 2}',
        b'{"a": NaN}',
        b"[Infinity]",
        b"[-Infinity]",
        b"{",
        b"\xff",
        b'"\\ud800"',
        b'"\\u0000"',
        b'"a\\u202eb"',
        b'{"\\u0007": 1}',
        b"[" * 7 + b"]" * 7,
        b"[" * 200_000,
    ],
)
def test_json_that_could_be_read_in_two_ways_is_refused(body: bytes) -> None:
    with pytest.raises(MalformedJson):
        strict.loads(body)


def test_numbers_keep_their_digits_and_a_byte_order_mark_is_allowed() -> None:
    read = strict.loads(b"\xef\xbb\xbf[9223372036854775808, 1.10, 1e2, true, null]")

    assert read == ["9223372036854775808", "1.10", "1e2", True, None]
    assert [type(value) for value in read[:3]] == [Number] * 3


def test_a_refused_character_is_named_with_its_place() -> None:
    with pytest.raises(MalformedJson, match=r"lines\[0\]\.work holds the character U\+202E"):
        strict.loads('{"lines": [{"work": "a\u202eb"}]}'.encode())


TEXT = st.text(st.characters(exclude_categories=["C", "Z"]))
JSON = st.recursive(
    st.booleans() | st.none() | st.integers() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=5,
)


@given(JSON)
def test_canonical_json_is_read_back_as_the_same(value: object) -> None:
    once = strict.canonical(value)

    try:
        assert strict.canonical(strict.loads(once.encode())) == once
    except MalformedJson as deep:
        assert "nests deeper" in deep.detail  # noqa: PT017  # the only refusal such a value can meet


def test_canonical_json_sorts_keys_and_keeps_numbers() -> None:
    read = strict.loads('{"b": 1.50, "a": ["森", true, null]}'.encode())

    assert strict.canonical(read) == '{"a":["森",true,null],"b":1.50}'
