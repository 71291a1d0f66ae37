import gzip
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from backports import zstd

from licensing.royalties.sample import InvalidSample
from licensing.royalties.sample_file import read_sample
from licensing.usage.refusal import ReportRefused
from tests.licensing.rating.test_quote_command import refusal, run, write_terms
from tests.licensing.terms.documents import PER_MILLION, plain_document
from tests.licensing.usage.desk import csv_bytes, line, ndjson_bytes, parquet_bytes

LINES = [line("1", quantity="2000000"), line("2", work="domain:momiji.jp", quantity="0.5")]
WIDE = ["line_id", "work", "use", "unit", "quantity", "language", "media"]


def written(folder: Path, name: str, lines: list[dict[str, str]]) -> Path:
    if name.endswith(".parquet"):
        body = parquet_bytes(folder, lines)
    else:
        body = ndjson_bytes(lines) if "ndjson" in name else csv_bytes(lines)
    if name.endswith(".gz"):
        body = gzip.compress(body)
    elif name.endswith(".zst"):
        body = zstd.compress(body)
    path = folder / name
    path.write_bytes(body)
    return path


@pytest.mark.parametrize(
    "name", ["a.csv", "a.csv.gz", "a.csv.zst", "a.ndjson", "a.ndjson.gz", "a.parquet"]
)
def test_a_quote_is_the_same_whatever_the_format(tmp_path: Path, name: str) -> None:
    terms = write_terms(tmp_path, plain_document(PER_MILLION))

    told, _ = run(terms, written(tmp_path, name, LINES), "--json")

    # 2,000,000.5 × 2.50 ÷ 1,000,000 = 5.00000125 → 5.00
    assert json.loads(told)["total"] == "5.00"
    assert json.loads(told)["charges"][0]["quantity"] == "2000000.5"


@pytest.mark.parametrize("name", ["a.ndjson", "a.parquet"])
def test_a_bad_line_is_named_by_its_number(tmp_path: Path, name: str) -> None:
    terms = write_terms(tmp_path, plain_document(PER_MILLION))
    lines = [line("1"), line("x", quantity="1e3")]

    message = refusal(terms, written(tmp_path, name, lines))

    assert "line 2 (line_id x) quantity:" in message


def test_a_file_that_no_report_may_be_is_no_quote_either(tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_bytes(b"not Parquet")

    with pytest.raises(ReportRefused):
        read_sample(tmp_path / "a.parquet")


def test_language_and_medium_tell_lines_apart(tmp_path: Path) -> None:
    lines: list[dict[str, Any]] = [
        line("1", language="EN-gb", media="video"),
        line("2", language="en-GB", media="video"),
        line("3"),
    ]
    path = tmp_path / "a.csv"
    path.write_bytes(csv_bytes(lines, WIDE))

    found = [(one.language, one.media, one.quantity) for one in read_sample(path).tallies]

    assert found == [(None, None, Decimal(10)), ("en-GB", "video", Decimal(20))]


@pytest.mark.parametrize("wrong", [{"language": "en_GB"}, {"media": "Motion Picture"}])
def test_a_malformed_dimension_stops_a_quote(tmp_path: Path, wrong: dict[str, str]) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(csv_bytes([line("1", **wrong)], WIDE))

    with pytest.raises(InvalidSample) as caught:
        read_sample(path)

    (name,) = wrong
    assert caught.value.faults[0].code == f"{name}_malformed"
