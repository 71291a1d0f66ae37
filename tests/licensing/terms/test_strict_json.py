import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licensing.strict_json import (
    MAX_SAFE_INTEGER,
    MalformedJson,
    Number,
    loads_digits,
    loads_strict,
    require_plain,
)

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))
values = st.recursive(
    st.none() | st.booleans() | st.integers(-MAX_SAFE_INTEGER, MAX_SAFE_INTEGER) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=20,
)


def refusal(body: bytes, **limits: int) -> tuple[str, str]:
    with pytest.raises(MalformedJson) as refused:
        loads_strict(body, **limits)
    [fault] = refused.value.faults
    assert refused.value.status == 400
    return fault.where, fault.code


@given(values)
def test_what_is_plain_comes_back_as_it_was(value: Any) -> None:
    assert loads_strict(json.dumps(value).encode()) == value


def test_a_byte_order_mark_is_accepted() -> None:
    assert loads_strict(b'\xef\xbb\xbf{"a": "1"}') == {"a": "1"}


@pytest.mark.parametrize(
    ("body", "where", "code"),
    [
        (b'{"a": 1, "b": {"c": 1, "c": 2}}', "c", "duplicate_name"),
        (b'{"a": 0.1}', "0.1", "float_refused"),
        (b'{"a": 1e400}', "1e400", "float_refused"),
        (b"[NaN]", "NaN", "not_a_number"),
        (b"[-Infinity]", "-Infinity", "not_a_number"),
        (b"[9007199254740992]", "[0]", "number_too_large"),
        (b'{"n": {"m": -9007199254740992}}', "n.m", "number_too_large"),
        (b"[12345678901234567890]", "12345678901234567890", "number_too_large"),
        (b'{"a": "\\ud800"}', "a", "text_not_storable"),
        (b'{"a": ["b\\u0000"]}', "a[0]", "text_not_storable"),
        (b'{"a\\u0000": 1}', "", "text_not_storable"),
        (b'{"a": "\xff"}', "byte 7", "not_utf8"),
        ('{"a": 1}'.encode("utf-16"), "byte 0", "not_utf8"),
        (b'{"a": one}', "line 1, column 7", "not_json"),
        (b"", "line 1, column 1", "not_json"),
        (b"[" * 200_000, "", "too_deep"),
    ],
)
def test_what_could_be_read_in_two_ways_is_refused_where_it_stands(
    body: bytes, where: str, code: str
) -> None:
    assert refusal(body) == (where, code)


def test_a_number_of_five_thousand_digits_is_refused_without_being_read() -> None:
    assert refusal(b"[" + b"9" * 5000 + b"]") == ("9" * 40, "number_too_large")


def test_depth_and_size_have_limits_of_their_own() -> None:
    assert loads_strict(b"[[1]]", max_depth=2) == [[1]]
    assert refusal(b"[[[1]]]", max_depth=2) == ("[0][0][0]", "too_deep")
    assert loads_strict(b"[1]", max_bytes=3) == [1]
    assert refusal(b"[1] ", max_bytes=3) == ("", "too_large")


@pytest.mark.parametrize("value", [1.5, Decimal("1.5"), date(2026, 10, 1), {1, 2}, (1, 2), b"a"])
def test_a_python_object_that_json_cannot_say_is_refused_by_its_path(value: object) -> None:
    with pytest.raises(MalformedJson) as refused:
        require_plain({"prices": [{"amount": value}]})

    assert refused.value.faults[0].where == "prices[0].amount"
    assert refused.value.faults[0].code == "not_plain_json"


def test_a_name_that_is_not_text_is_refused() -> None:
    with pytest.raises(MalformedJson):
        require_plain({("a", "b"): 1})


def test_numbers_may_be_kept_as_the_digits_that_were_sent() -> None:
    read = loads_digits(b'{"a": [9223372036854775808, -1.10, 1e400], "b": "1"}')

    assert read == {"a": ["9223372036854775808", "-1.10", "1e400"], "b": "1"}
    assert [type(number) for number in read["a"]] == [Number] * 3
    assert type(read["b"]) is str


@pytest.mark.parametrize("body", [b"[NaN]", b'{"a": 1, "a": 1}', b'"\\u0000"', b"[[[1]]]", b"{"])
def test_keeping_digits_refuses_all_else_that_is_doubtful(body: bytes) -> None:
    with pytest.raises(MalformedJson):
        loads_digits(body, max_depth=2)
