import gzip
from pathlib import Path

import pytest
from backports import zstd

from licensing.usage import files, formats
from licensing.usage.formats import Plain
from licensing.usage.refusal import ReportRefused
from tests.licensing.usage.conftest import Office
from tests.licensing.usage.desk import csv_bytes, line, ndjson_bytes, sha256
from tests.licensing.usage.sending import LINES, send_by_hand


def prepared(folder: Path, content: bytes, file_format: str = "csv") -> Plain:
    (folder / "sent").write_bytes(content)
    return files.prepare(folder / "sent", file_format, "zstd", folder)


@pytest.mark.parametrize("file_format", ["csv", "ndjson"])
def test_frames_in_a_row_are_one_file_with_the_hash_of_its_lines(
    tmp_path: Path, file_format: str
) -> None:
    lines = [line(number) for number in range(30_000)]
    body = csv_bytes(lines) if file_format == "csv" else ndjson_bytes(lines)

    plain = prepared(
        tmp_path, zstd.compress(body[:1_500_000]) + zstd.compress(body[1_500_000:]), file_format
    )

    assert (plain.sha256, plain.size) == (sha256(body), len(body))


def test_a_damaged_or_cut_stream_is_refused(tmp_path: Path) -> None:
    whole = zstd.compress(csv_bytes([line("1")]))

    for content in (b"no zstd at all", whole[:-3], whole + b"tail", whole + whole[:9]):
        with pytest.raises(ReportRefused) as caught:
            prepared(tmp_path, content)
        assert caught.value.code == "unreadable"


def test_a_bomb_is_refused_while_it_expands(tmp_path: Path) -> None:
    rows = csv_bytes([line("1")]) + b"x,y,z,u,1\n" * 5_000_000

    with pytest.raises(ReportRefused, match="out of all proportion"):
        prepared(tmp_path, zstd.compress(rows))

    assert (tmp_path / "lines.csv").stat().st_size <= formats.RATIO_FROM_BYTES


def test_a_window_beyond_bounds_is_refused_before_memory_is_taken(tmp_path: Path) -> None:
    parameters: dict[int, int] = {
        zstd.CompressionParameter.window_log: 28,
        zstd.CompressionParameter.content_size_flag: 0,
    }
    maker = zstd.ZstdCompressor(options=parameters)
    content = maker.compress(csv_bytes([line("1")])) + maker.flush()

    with pytest.raises(ReportRefused, match="damaged"):
        prepared(tmp_path, content)


def test_a_zstd_file_sent_by_hand_is_told_by_its_first_bytes(office: Office) -> None:
    report = send_by_hand(office, zstd.compress(csv_bytes(LINES)))

    assert (report.format, report.compression, report.state) == ("csv", "zstd", "accepted")
    assert report.sha256 == sha256(csv_bytes(LINES))
    assert report.original_key.endswith("/original.csv.zst")
    assert files.named("lines.ndjson.zst") == files.Shape("ndjson", "zstd")


def test_gzip_and_zstd_of_the_same_lines_are_the_same_report(tmp_path: Path) -> None:
    body = csv_bytes(LINES)
    (tmp_path / "zipped").write_bytes(gzip.compress(body))

    as_gzip = files.prepare(tmp_path / "zipped", "csv", "gzip", tmp_path).sha256

    assert prepared(tmp_path, zstd.compress(body)).sha256 == as_gzip
