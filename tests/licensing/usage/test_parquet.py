# ruff: noqa: S608 -- statements are a test's own words

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from licensing import evidence
from licensing.evidence import quoted
from licensing.usage import downloads, files, parquet
from licensing.usage.header import InvalidHeader
from licensing.usage.refusal import ReportRefused
from licensing.usage.submission import of_file
from tests.licensing.usage.conftest import Office
from tests.licensing.usage.desk import (
    check_file,
    header_for,
    line,
    parquet_bytes,
    rows,
    sha256,
)
from tests.licensing.usage.sending import LINES, file_header, send_by_hand

LINE = "'1' AS line_id, 'domain:kaede.jp' AS work, 'ai-train' AS use, 'token' AS unit"


def written(folder: Path, select: str, options: str = "") -> bytes:
    path = folder / "written.parquet"
    with evidence.engine(folder) as engine:
        engine.execute(f"COPY ({select}) TO {quoted(path)} (FORMAT parquet {options})")
    return path.read_bytes()


def refused(folder: Path, body: bytes) -> ReportRefused:
    with pytest.raises(ReportRefused) as caught:
        check_file(folder, body, header_for([], lines=1), "parquet")
    return caught.value


@pytest.mark.parametrize(
    ("kind", "quantity", "found"),
    [
        ("VARCHAR", "10.50", ("10.5", None)),
        ("BIGINT", "9007199254740993", ("9007199254740993", None)),
        ("UTINYINT", "200", ("200", None)),
        ("DECIMAL(38, 10)", "1234567890123456.5", ("1234567890123456.5", None)),
        ("DECIMAL(9, 0)", "100", ("100", None)),
        ("DECIMAL(38, 10)", "0.1234567", (None, "0.1234567")),
        ("INTEGER", "-1", (None, "-1")),
    ],
)
def test_an_exact_number_is_counted_to_its_last_digit(
    tmp_path: Path, kind: str, quantity: str, found: tuple[str | None, str | None]
) -> None:
    body = parquet_bytes(
        tmp_path, [line("7", quantity=quantity)], {"quantity": kind, "line_id": "INTEGER"}
    )
    exact = None if found[0] is None else Decimal(found[0])
    header = header_for([], lines=1, quantity={} if exact is None else {"token": exact})

    result = check_file(tmp_path, body, header, "parquet")

    assert rows(result, "line_id, quantity, quantity_text") == [("7", exact, found[1])]
    assert result.sha256 == sha256(body)


@pytest.mark.parametrize(
    "columns",
    [
        f"{LINE}, 1.5::DOUBLE AS quantity",
        f"{LINE}, 1.5::FLOAT AS quantity",
        f"{LINE}, DATE '2026-10-01' AS quantity",
        f"{LINE}, '1'::BLOB AS quantity",
        f"{LINE}, [1] AS quantity",
        f"{LINE}, {{'a': '1', 'b': '2'}} AS quantity",
        f"{LINE}, MAP {{'a': '1'}} AS quantity",
        f"{LINE}, '1' AS quantity, 3 AS territory",
        f"{LINE}, '1' AS quantity, 'x' AS price",
        LINE,
    ],
)
def test_other_columns_and_types_are_refused(tmp_path: Path, columns: str) -> None:
    assert refused(tmp_path, written(tmp_path, f"SELECT {columns}")).code == "columns_wrong"


def test_a_null_is_an_empty_field(tmp_path: Path) -> None:
    body = written(tmp_path, f"SELECT {LINE}, 1 AS quantity, NULL::VARCHAR AS territory")
    header = header_for([], lines=1, quantity={"token": Decimal(1)})

    result = check_file(tmp_path, body, header, "parquet")

    assert rows(result, "territory, verdict") == [("", "accepted")]


def test_a_refused_character_is_named_with_its_line(tmp_path: Path) -> None:
    body = written(
        tmp_path,
        f"SELECT {LINE}, 1 AS quantity, CASE WHEN n = 2 THEN 'a' || chr(8238) ELSE '' END AS note "
        "FROM range(1, 4) AS r (n)",
    )

    refusal = refused(tmp_path, body)

    assert refusal.code == "characters_refused"
    assert [(one.where, one.message) for one in refusal.faults] == [
        ("line 2", "Take out the character U+202E.")
    ]


def test_a_file_that_is_small_only_on_the_outside_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = written(tmp_path, f"SELECT {LINE}, 1 AS quantity, repeat('x', 70000) AS note")
    repeated = written(
        tmp_path,
        f"SELECT {LINE}, 1 AS quantity, repeat('x', 9000) AS note FROM range(20000)",
        ", COMPRESSION zstd",
    )
    many = written(tmp_path, f"SELECT {LINE}, 1 AS quantity FROM range(3000000)")
    plain = written(tmp_path, f"SELECT {LINE}, 1 AS quantity")

    assert [one.code for one in refused(tmp_path, long).faults] == ["line_too_long"]
    assert refused(tmp_path, repeated).code == "too_large"
    assert refused(tmp_path, many).code == "too_large"
    monkeypatch.setattr(parquet, "MAX_ROW_GROUPS", 0)
    assert "row groups" in refused(tmp_path, plain).detail
    monkeypatch.setattr(parquet, "MAX_ROW_GROUPS", 1)
    monkeypatch.setattr(parquet, "MAX_EXPANDED_BYTES", 1)
    assert refused(tmp_path, plain).code == "too_large"


def test_what_is_damaged_encrypted_or_empty_is_refused(tmp_path: Path) -> None:
    select = f"SELECT {LINE}, 1 AS quantity, 'abcdef' AS note"
    whole = written(tmp_path, select, ", COMPRESSION uncompressed")
    none = written(tmp_path, f"{select} LIMIT 0")

    assert refused(tmp_path, b"").code == "unreadable"
    assert refused(tmp_path, whole[:-1]).code == "unreadable"
    assert refused(tmp_path, b"PAR1" + b"\xff" * 4 + b"PAR1").code == "unreadable"
    assert refused(tmp_path, whole[:4] + bytes(20) + whole[24:]).code == "unreadable"
    assert "encrypted" in refused(tmp_path, whole[:-4] + b"PARE").detail
    assert refused(tmp_path, whole.replace(b"abcdef", b"abc\xffef")).code == "not_utf8"
    assert refused(tmp_path, none).code == "empty"
    with pytest.raises(ReportRefused, match="compressed inside"):
        files.prepare(tmp_path / "original", "parquet", "gzip", tmp_path)


def test_a_compressed_parquet_file_is_refused_by_its_header(office: Office) -> None:
    with pytest.raises(InvalidHeader) as caught:
        of_file(
            by=office.licensee,
            document=file_header(office),
            file_format="parquet",
            compression="gzip",
        )

    assert [one.code for one in caught.value.faults] == ["compression_twice"]


def test_rejected_lines_come_back_as_parquet(office: Office, tmp_path: Path) -> None:
    body = parquet_bytes(tmp_path, LINES)
    report = send_by_hand(office, body)

    path = downloads.write_lines(report, tmp_path, verdict="rejected")

    assert (report.format, report.state, report.lines_accepted) == ("parquet", "accepted", 2)
    assert report.sha256 == report.original_sha256 == sha256(body)
    with evidence.engine(tmp_path) as engine:
        found = engine.execute(f"SELECT line_id, quantity FROM {quoted(path)}").fetchall()
    assert found == [("4", "2")]


@settings(max_examples=25, deadline=None)
@given(st.integers(min_value=4), st.binary(min_size=1, max_size=8))
def test_no_damage_crashes_the_reader(
    tmp_path_factory: pytest.TempPathFactory, place: int, damage: bytes
) -> None:
    folder = tmp_path_factory.mktemp("damaged")
    whole = parquet_bytes(folder, [line("1"), line("2")])
    place %= len(whole)
    body = (whole[:place] + damage + whole[place + len(damage) :])[: len(whole)]

    try:
        check_file(folder, body, header_for([line("1"), line("2")]), "parquet")
    except ReportRefused as refusal:
        assert refusal.code  # noqa: PT017  # any refusal will do; a crash would not
