import gzip
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from backports import zstd
from django.conf import LazySettings

from licensing import evidence
from licensing.evidence import quoted
from licensing.usage import confined, expansion, files, formats, uploads
from licensing.usage.confined import ExpansionBroken
from licensing.usage.formats import Plain
from licensing.usage.models import ReportState, UsageReport
from licensing.usage.refusal import ReportRefused
from tests.licensing.usage.conftest import Office
from tests.licensing.usage.desk import csv_bytes, line, parquet_bytes
from tests.licensing.usage.sending import upload

ROW = b"1,domain:kaede.jp,ai-train,token,10\n"


def prepared(folder: Path, content: bytes, file_format: str, compression: str = "") -> Plain:
    (folder / "sent").write_bytes(content)
    return confined.prepare(folder / "sent", file_format, compression, folder)


def refusal(folder: Path, content: bytes, file_format: str, compression: str = "") -> ReportRefused:
    with pytest.raises(ReportRefused) as caught:
        prepared(folder, content, file_format, compression)
    return caught.value


def test_a_child_finds_what_this_process_would(tmp_path: Path) -> None:
    lines = [line("1"), line("2")]
    body = gzip.compress(csv_bytes(lines))
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    there.mkdir()
    (here / "sent").write_bytes(body)

    by_child = prepared(there, body, "csv", "gzip")
    by_us = files.prepare(here / "sent", "csv", "gzip", here)

    assert by_child.path.read_bytes() == by_us.path.read_bytes() == csv_bytes(lines)
    assert (by_child.columns, by_child.size, by_child.sha256, by_child.has_quotes) == (
        by_us.columns,
        by_us.size,
        by_us.sha256,
        by_us.has_quotes,
    )


def test_a_child_refuses_in_the_words_of_this_process(tmp_path: Path) -> None:
    body = csv_bytes([line("1", work="a\x00b")])
    (tmp_path / "plain").mkdir()

    compressed = refusal(tmp_path, gzip.compress(body), "csv", "gzip")
    plain = refusal(tmp_path / "plain", body, "csv")

    assert (compressed.code, compressed.detail) == (plain.code, plain.detail)
    assert compressed.faults == plain.faults


def test_a_file_that_cannot_expand_needs_no_child(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(confined, "_run", lambda _request: pytest.fail("a child was started"))

    assert prepared(tmp_path, csv_bytes([line("1")]), "csv").columns[0] == "line_id"


@pytest.mark.parametrize("compression", ["gzip", "zstd"])
def test_a_bomb_is_refused_by_the_part_of_it_that_was_read(
    tmp_path: Path, compression: str
) -> None:
    compress = gzip.compress if compression == "gzip" else zstd.compress
    head = os.urandom(3_000_000).hex().encode() + b"\n"
    bomb = compress(ROW * 2_000_000)

    refused = refusal(tmp_path, bomb + compress(head), "csv", compression)

    assert refused.code == "too_large"
    assert (tmp_path / "lines.csv").stat().st_size <= formats.MAX_RATIO * (1 << 16)


def test_a_text_repeated_by_its_number_is_refused_before_it_is_written_out(tmp_path: Path) -> None:
    source = tmp_path / "bomb.parquet"
    with evidence.engine(tmp_path) as engine:
        engine.execute(
            f"""
            COPY (SELECT '1' AS line_id, 'domain:kaede.jp' AS work, 'ai-train' AS "use",
                         'token' AS unit, '1' AS quantity, repeat('x', 60_000) AS note
                  FROM range(800_000))
            TO {quoted(source)} (FORMAT parquet)
            """  # noqa: S608  # a test's own path
        )
    body = source.read_bytes()

    refused = refusal(tmp_path, body, "parquet")

    # 48 GB of text in less than a megabyte.
    assert len(body) < 1_000_000
    assert refused.code == "too_large"
    assert not (tmp_path / "texts.parquet").exists()


def test_a_page_that_claims_gigabytes_is_refused(tmp_path: Path) -> None:
    body = bytearray(parquet_bytes(tmp_path, [line(str(number)) for number in range(500)]))
    # After the magic comes the first page's header: its type, then 0x15 and the size it claims.
    assert bytes(body[4:7]) == b"\x15\x00\x15"
    body[7:12] = b"\xfe\xff\xff\xff\x0f"

    assert refusal(tmp_path, bytes(body), "parquet").code in {"unreadable", "too_costly"}


def test_a_child_that_needs_too_much_memory_rejects_the_report(
    tmp_path: Path, settings: LazySettings
) -> None:
    settings.EXPANSION_MEMORY_BYTES = 140 << 20
    wide = {int(zstd.CompressionParameter.window_log): 27}
    compressor = zstd.ZstdCompressor(options=wide)
    body = compressor.compress(os.urandom(1 << 20).hex().encode() + b"\n") + compressor.flush()

    assert refusal(tmp_path, body * 3, "csv", "zstd").code == "too_costly"


@pytest.mark.parametrize(
    ("code", "runs"),
    [(-signal.SIGKILL, 2), (-signal.SIGXCPU, 1), (-signal.SIGSEGV, 1), (expansion.EXHAUSTED, 1)],
)
def test_a_child_that_was_stopped_rejects_the_report_and_is_not_tried_for_ever(
    office: Office, monkeypatch: pytest.MonkeyPatch, code: int, runs: int
) -> None:
    started: list[Any] = []

    def stopped(request: Any) -> tuple[int, str, str]:
        started.append(request)
        return code, "", ""

    monkeypatch.setattr(confined, "_run", stopped)
    report = upload(office, compression="gzip")

    uploads.check_report(report.pk)
    uploads.check_report(report.pk)

    report = UsageReport.objects.get(pk=report.pk)
    assert (report.state, report.rejection_code) == (ReportState.REJECTED, "too_costly")
    assert len(started) == runs


def test_a_child_that_failed_by_our_fault_leaves_the_report_for_the_next_sweep(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(confined, "_run", lambda _request: (1, "", "ImportError"))
    report = upload(office, compression="gzip")

    with pytest.raises(ExpansionBroken):
        uploads.check_report(report.pk)

    assert UsageReport.objects.get(pk=report.pk).state == ReportState.CHECKING


def test_a_child_leaves_with_the_process_that_started_it(
    tmp_path: Path, settings: LazySettings
) -> None:
    os.mkfifo(tmp_path / "never")
    request = {
        "source": str(tmp_path / "never"),
        "format": "csv",
        "compression": "gzip",
        "folder": str(tmp_path),
        "memory": settings.EXPANSION_MEMORY_BYTES,
        "seconds": 60,
        "settings": {"DUCKDB_MEMORY_LIMIT": "200MB", "DUCKDB_THREADS": 1},
    }
    with subprocess.Popen(
        [sys.executable, "-m", "licensing.usage.expansion"],
        cwd=settings.BASE_DIR,
        stdin=subprocess.PIPE,
        encoding="utf-8",
    ) as child:
        assert child.stdin is not None
        child.stdin.write(json.dumps(request) + "\n")
        child.stdin.close()

        assert child.wait(timeout=60) == 1
