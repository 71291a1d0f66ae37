import gzip
import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from licensing.strict_json import MalformedJson
from licensing.usage import downloads, files
from licensing.usage.intake import IntakeResult
from licensing.usage.refusal import ReportRefused
from tests.licensing.usage.conftest import Office
from tests.licensing.usage.desk import (
    check_file,
    check_json,
    header_for,
    line,
    ndjson_bytes,
    rows,
    sha256,
)
from tests.licensing.usage.sending import LINES, send_by_hand

WHOLE = json.dumps(line("1"))


def refused(folder: Path, body: bytes) -> ReportRefused:
    with pytest.raises(ReportRefused) as caught:
        check_file(folder, body, header_for([], lines=1), "ndjson")
    return caught.value


@pytest.mark.parametrize(
    ("second", "code", "fault"),
    [
        ('{"line_id": "1", "line_id": "2"}', "line_malformed", "duplicate_name"),
        ('{"quantity": NaN}', "line_malformed", "not_a_number"),
        ('{"quantity": -Infinity}', "line_malformed", "not_a_number"),
        ('{"quantity": 01}', "line_malformed", "not_json"),
        ('{"work": "x",}', "line_malformed", "not_json"),
        ('{"work": "x"} {"work": "y"}', "line_malformed", "not_json"),
        ("", "line_malformed", "not_json"),
        ('["x"]', "line_malformed", "object_expected"),
        ('{"work": {"isbn": "1"}}', "line_malformed", "text_expected"),
        ('{"note": ["x"]}', "line_malformed", "text_expected"),
        ('{"work": null}', "line_malformed", "text_expected"),
        ('{"use": 3}', "line_malformed", "text_expected"),
        ('{"quantity": true}', "line_malformed", "text_expected"),
        ('{"price": "3"}', "columns_wrong", "unknown_field"),
        ('{"\\u0077ork": "x"}', "line_malformed", "name_escaped"),
        ('{"work": "a\\u202eb"}', "characters_refused", "character_refused"),
        ('{"work": "a\\nb"}', "characters_refused", "character_refused"),
        ('{"work": "a\\u0000b"}', "line_malformed", "text_not_storable"),
        ('{"work": "\\ud800"}', "line_malformed", "text_not_storable"),
        ('{"work": "a\u202eb"}', "characters_refused", "character_refused"),
    ],
)
def test_a_line_that_is_not_one_flat_object_refuses_the_report_and_is_named(
    tmp_path: Path, second: str, code: str, fault: str
) -> None:
    refusal = refused(tmp_path, f"{WHOLE}\n{second}\n{WHOLE}\n".encode())

    assert refusal.code == code
    assert [(one.where, one.code) for one in refusal.faults] == [("line 2", fault)]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "empty"),
        (b'{"work": "\xff"}\n', "not_utf8"),
        (b'{"work": "' + b"x" * 70_000 + b'"}\n', "line_malformed"),
        (b'{"work":\t"x"}\n', "characters_refused"),
        (b'{"work": "x"}\r\n{"work": "x"}\n', "unreadable"),
    ],
)
def test_bytes_that_no_line_may_hold_are_refused(tmp_path: Path, body: bytes, code: str) -> None:
    assert refused(tmp_path, body).code == code


def test_numbers_are_counted_by_their_digits_and_texts_cannot_imitate_them(tmp_path: Path) -> None:
    second = (
        '{ "quantity" : 123456789012345678.000001 ,"line_id":"2","work":"domain:\\u006baede.jp",'
        '"use":"ai-train","unit":"token","note":",\\"quantity\\":7,\\ud83c\\udf41"} '
    )
    written = [
        '{"line_id":1,"work":"domain:kaede.jp","use":"ai-train","unit":"token","quantity":0.1}',
        second,
        '{"line_id":3,"work":"domain:kaede.jp","use":"ai-train","unit":"token","quantity":1e3}',
    ]
    body = ("\ufeff" + "\r\n".join(written)).encode()
    header = header_for([], lines=3, quantity={"token": Decimal("123456789012345678.100001")})

    result = check_file(tmp_path, body, header, "ndjson")

    assert result.sha256 == sha256(body)
    assert rows(result, "line_id, quantity, quantity_text, note, code") == [
        ("1", Decimal("0.1"), None, "", ""),
        ("2", Decimal("123456789012345678.000001"), None, ',"quantity":7,🍁', ""),
        ("3", None, "1e3", "", "quantity_invalid"),
    ]


def test_a_compressed_file_has_the_hash_of_its_lines(tmp_path: Path) -> None:
    body = ndjson_bytes([line("1")])
    (tmp_path / "sent").write_bytes(gzip.compress(body))

    shape = files.shape_of(tmp_path / "sent")
    plain = files.prepare(tmp_path / "sent", shape.format, shape.compression, tmp_path)

    assert shape == files.Shape("ndjson", "gzip")
    assert (plain.sha256, plain.size) == (sha256(body), len(body))


def test_rejected_lines_come_back_as_ndjson_ready_to_be_fixed(
    office: Office, tmp_path: Path
) -> None:
    report = send_by_hand(office, ndjson_bytes(LINES))

    path = downloads.write_lines(report, tmp_path, verdict="rejected")

    assert (report.format, report.state) == ("ndjson", "accepted")
    assert report.declared_sha256 == report.sha256 == sha256(ndjson_bytes(LINES))
    assert path.name == "lines.ndjson"
    assert [json.loads(one)["line_id"] for one in path.read_text().splitlines()] == ["4"]


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("lines.ndjson.gz", files.Shape("ndjson", "gzip")),
        ("lines.ndjson", files.Shape("ndjson", "")),
        ("lines.csv.gz", files.Shape("csv", "gzip")),
        ("lines.txt", files.Shape("csv", "")),
    ],
)
def test_a_name_says_what_a_file_is(name: str, shape: files.Shape) -> None:
    assert files.named(name) == shape


NAMES = st.sampled_from(["line_id", "work", "quantity", "note", "price", "a\\"])
VALUES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=4)
    | st.lists(st.text(max_size=2), max_size=2)
)


def outcome(check: Callable[[], IntakeResult]) -> object:
    try:
        return rows(check(), "line_id, work, quantity, quantity_text, code")
    except (MalformedJson, ReportRefused) as refusal:
        return refusal.code if refusal.code.startswith("quantity_") else "refused"


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(NAMES, VALUES, max_size=4), st.booleans())
def test_a_line_is_readable_exactly_where_it_is_as_json(
    one: dict[str, Any],
    ascii_only: bool,  # noqa: FBT001  # drawn
) -> None:
    body = json.dumps(one, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")
    header = header_for([], lines=1)

    with TemporaryDirectory() as two, TemporaryDirectory() as three:
        as_json = outcome(lambda: check_json(Path(two), [one], header))
        as_ndjson = outcome(lambda: check_file(Path(three), body, header, "ndjson"))

    assert as_ndjson == as_json
