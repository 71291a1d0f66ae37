import gzip
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from licensing import evidence
from licensing.usage import formats, proving, vocabulary
from licensing.usage.refusal import ReportRefused
from tests.licensing.usage.desk import (
    check_csv,
    check_json,
    header_for,
    line,
    rows,
    sha256,
)

HEAD = b"line_id,work,use,unit,quantity\n"
GOOD = b"1,domain:kaede.jp,ai-train,token,10\n"


def refused(folder: Path, body: bytes, **changes: Any) -> ReportRefused:
    with pytest.raises(ReportRefused) as caught:
        check_csv(folder, body, header_for([line()], **changes))
    assert not (folder / "lines.parquet").exists()
    return caught.value


def test_control_totals_that_disagree_refuse_the_report_and_say_both_numbers(
    tmp_path: Path,
) -> None:
    count = refused(tmp_path, HEAD + GOOD, lines=2)
    total = refused(tmp_path, HEAD + GOOD, quantity={"token": Decimal(11)})
    unit = refused(tmp_path, HEAD + GOOD, quantity={"page": Decimal(10)})
    digest = refused(tmp_path, HEAD + GOOD, sha256="0" * 64)

    assert (count.code, total.code, unit.code, digest.code) == (
        "lines_disagree",
        "quantity_disagrees",
        "quantity_disagrees",
        "sha256_disagrees",
    )
    assert "The header says 2; the file has 1." in count.detail
    assert "token: the header says 11, the lines sum to 10" in total.detail


def test_a_total_that_disagrees_names_the_lines_that_could_not_be_counted(tmp_path: Path) -> None:
    body = HEAD + GOOD + b"2,domain:kaede.jp,ai-train,token,1e3\n"

    error = refused(tmp_path, body, lines=2, quantity={"token": Decimal(1010)})

    assert [(fault.where, fault.code, fault.message) for fault in error.faults] == [
        ("line 2", "quantity_invalid", "1e3")
    ]


@pytest.mark.parametrize(
    ("body", "code", "where"),
    [
        (b"", "empty", None),
        (HEAD, "empty", None),
        (b"\n" + HEAD + GOOD, "empty", None),
        (GOOD, "columns_wrong", None),
        (HEAD.replace(b"unit", b"Unit") + GOOD, "columns_wrong", None),
        (HEAD.replace(b",quantity", b"") + GOOD, "columns_wrong", None),
        (HEAD.replace(b"unit", b"use") + GOOD, "columns_wrong", None),
        (HEAD.replace(b"quantity", b"quantity,price") + GOOD, "columns_wrong", None),
        (HEAD + GOOD + b"2,domain:kaede.jp,ai-train,token\n", "line_malformed", "line 2"),
        (HEAD + GOOD + b"2,domain:kaede.jp,ai-train,token,1,2\n", "line_malformed", "line 2"),
        (HEAD + b'1,"domain:kaede.jp,ai-train,token,10\n' + GOOD, "line_malformed", "line 1"),
        (HEAD + GOOD + b'2,"a"b,ai-train,token,1\n', "line_malformed", "line 2"),
        (HEAD + GOOD + b"2,domain:\xff.jp,ai-train,token,1\n", "not_utf8", "line 2"),
        (HEAD + GOOD + b"2,domain:\x00,ai-train,token,1\n", "characters_refused", "line 2"),
        (HEAD + GOOD + b"2,domain:a\tb,ai-train,token,1\n", "characters_refused", "line 2"),
        (HEAD + GOOD + "2,domain:\u202ea,x,y,1\n".encode(), "characters_refused", "line 2"),
        (HEAD + GOOD + "2,domain:\u200ba,x,y,1\n".encode(), "characters_refused", "line 2"),
        (HEAD + b'1,"domain:\na",ai-train,token,10\n', "characters_refused", "line 1"),
        (HEAD + GOOD.replace(b"\n", b"\r\n"), "unreadable", None),
        ((HEAD + GOOD).replace(b"\n", b"\r"), "unreadable", None),
        (HEAD.replace(b"\n", b"\r\n") + GOOD.replace(b"10", b"1\r0"), "unreadable", None),
        (b"\xff" + HEAD + GOOD, "not_utf8", None),
        (HEAD + b"1,domain:" + b"a" * 70_000 + b",ai-train,token,1\n", "line_malformed", "line 1"),
        (HEAD + b"1,domain:" + b"a" * 2_000_000, "line_malformed", "line 1"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_refused_whole_naming_the_line(
    tmp_path: Path, body: bytes, code: str, where: str | None
) -> None:
    error = refused(tmp_path, body)

    assert error.code == code
    assert [fault.where for fault in error.faults][:1] == ([where] if where else [])


def test_what_makes_the_reader_itself_give_up_is_a_refusal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fields = ", ".join(f"error('lost')::VARCHAR AS \"{name}\"" for name in vocabulary.COLUMNS)
    monkeypatch.setattr(proving, "_reading", lambda _source: f"SELECT {fields}")

    assert refused(tmp_path, HEAD + GOOD).code == "unreadable"


def test_lines_beyond_the_bound_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(formats, "MAX_EXPANDED_BYTES", 40)

    assert refused(tmp_path, HEAD + GOOD).code == "too_large"


def test_a_file_of_many_blocks_is_read_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(formats, "BLOCK_BYTES", 7)
    body = HEAD + GOOD + GOOD.replace(b"1", b"2", 1)

    result = check_csv(
        tmp_path, body, header_for([line(1), line(2)], sha256=sha256(body)), compression="gzip"
    )

    assert rows(result) == [("1", "accepted", ""), ("2", "accepted", "")]


def test_a_sum_beyond_128_bits_is_refused_and_never_wraps(tmp_path: Path) -> None:
    with evidence.engine(tmp_path) as engine:
        engine.execute(
            """
            CREATE TABLE staged AS
            SELECT 'token' AS unit, CAST(repeat('9', 32) AS DECIMAL(38, 6)) AS quantity
            FROM range(2)
            """
        )

        with pytest.raises(ReportRefused) as caught:
            proving.received(engine)

    assert caught.value.code == "quantity_overflow"


def test_a_byte_order_mark_crlf_and_a_missing_last_line_end_are_accepted(tmp_path: Path) -> None:
    body = b"\xef\xbb\xbf" + (HEAD + GOOD).replace(b"\n", b"\r\n").removesuffix(b"\r\n")

    result = check_csv(tmp_path, body, header_for([line()], sha256=sha256(body)))

    assert rows(result) == [("1", "accepted", "")]


def test_columns_may_stand_in_any_order(tmp_path: Path) -> None:
    body = (
        b"quantity,unit,use,work,line_id,note\n10,token,ai-train,domain:kaede.jp,1,\xe6\xa3\xae\n"
    )

    result = check_csv(tmp_path, body, header_for([line()]))

    assert rows(result, "line_id, quantity, note, code") == [("1", Decimal(10), "森", "")]


def test_gzip_is_expanded_and_the_hash_is_of_the_expanded_lines(tmp_path: Path) -> None:
    header = header_for([line()], sha256=sha256(HEAD + GOOD))

    result = check_csv(tmp_path, HEAD + GOOD, header, compression="gzip")

    assert rows(result) == [("1", "accepted", "")]
    assert result.sha256 == sha256(HEAD + GOOD)


@pytest.mark.parametrize("damage", ["cut", "garbage", "not gzip"])
def test_a_damaged_gzip_is_refused(
    tmp_path: Path, damage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = gzip.compress(HEAD + GOOD)
    bodies = {"cut": whole[:-9], "garbage": whole + b"xx", "not gzip": HEAD + GOOD}
    monkeypatch.setattr("tests.licensing.usage.desk.gzip.compress", lambda _body: bodies[damage])

    with pytest.raises(ReportRefused) as caught:
        check_csv(tmp_path, b"", header_for([line()]), compression="gzip")

    assert caught.value.code == "unreadable"


def test_a_bomb_is_refused_long_before_it_is_expanded(tmp_path: Path) -> None:
    with pytest.raises(ReportRefused) as caught:
        check_csv(tmp_path, b"\n" * 40_000_000, header_for([line()]), compression="gzip")

    assert caught.value.code == "too_large"
    assert (tmp_path / "lines.csv").stat().st_size < 16_000_000


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ({}, "unreadable"),
        ([], "empty"),
        (["1"], "line_malformed"),
        ([line() | {"price": "1"}], "columns_wrong"),
        ([line() | {"unit": 1}], "line_malformed"),
        ([line() | {"note": None}], "line_malformed"),
        ([line() | {"quantity": True}], "line_malformed"),
        ([line() | {"quantity": ["1"]}], "line_malformed"),
    ],
)
def test_json_lines_of_another_shape_are_refused(tmp_path: Path, lines: Any, code: str) -> None:
    with pytest.raises(ReportRefused) as caught:
        check_json(tmp_path, lines, header_for([line()]))

    assert caught.value.code == code


def test_a_json_line_is_as_long_as_a_line_of_a_file_may_be(tmp_path: Path) -> None:
    # The texts of a plain line have 31 bytes; あ has three.
    note = "あ" * ((formats.MAX_LINE_BYTES - 31) // 3)
    fits, long = line(1, note=note), line(2, note=note + "あ")

    result = check_json(tmp_path, [fits], header_for([fits]))
    with pytest.raises(ReportRefused) as caught:
        check_json(tmp_path, [fits, long], header_for([fits, long]))

    assert rows(result) == [("1", "accepted", "")]
    assert caught.value.code == "line_malformed"
    assert [(one.where, one.code) for one in caught.value.faults] == [("line 2", "line_too_long")]
