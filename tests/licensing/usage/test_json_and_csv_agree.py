from contextlib import ExitStack
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from licensing.usage.header import QUANTITY, QUANTITY_DIGITS
from licensing.usage.refusal import ReportRefused
from tests.licensing.usage.desk import (
    COLUMNS,
    check_csv,
    check_file,
    check_json,
    csv_bytes,
    header_for,
    ndjson_bytes,
    parquet_bytes,
    rows,
)

WIDE = [*COLUMNS, "language", "media"]
TEXT = st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]), max_size=8)
LINE = st.fixed_dictionaries(
    {
        "line_id": st.sampled_from(["1", "2", "3", "four", ""]) | TEXT,
        "work": st.sampled_from(
            ["domain:kaede.jp", "domain:KAEDE.jp", "domain:tsubaki.jp", "domain:x", "isbn:x1", "x"]
        )
        | TEXT,
        "use": st.sampled_from(["ai-train", "search", "train"]) | TEXT,
        "unit": st.sampled_from(["token", "page", "tokens"]) | TEXT,
        "language": st.sampled_from(["", "ja", "zh-hANT", "EN-us", "en_US"]) | TEXT,
        "media": st.sampled_from(["", "video", "Video"]) | TEXT,
        "quantity": st.sampled_from(["1", "0", "2.5", "1e3", "-1", "", "9" * 24, "9" * 25]) | TEXT,
    }
)  # fmt: skip


def readable(text: str) -> bool:
    return bool(QUANTITY.fullmatch(text)) and len(text.replace(".", "")) <= QUANTITY_DIGITS


@settings(max_examples=12, deadline=None)
@given(st.lists(LINE, min_size=1, max_size=6))
def test_the_same_lines_get_the_same_verdicts_in_every_format(
    lines: list[dict[str, str]],
) -> None:
    quantity: dict[str, Decimal] = {}
    for line in lines:
        if readable(line["quantity"]):
            total = quantity.get(line["unit"], Decimal(0)) + Decimal(line["quantity"])
            quantity[line["unit"]] = total
    header = header_for([], lines=len(lines), quantity=quantity)
    everything = (
        "line_no, line_id, work, work_id, use, unit, quantity, quantity_text, language, media, "
        "verdict, code"
    )

    with ExitStack() as stack:
        one, two, three, four = (Path(stack.enter_context(TemporaryDirectory())) for _ in range(4))
        from_csv = check_csv(one, csv_bytes(lines, WIDE), header)
        from_json = check_json(two, lines, header)
        from_ndjson = check_file(three, ndjson_bytes(lines), header, "ndjson")
        from_parquet = check_file(four, parquet_bytes(four, lines, columns=WIDE), header, "parquet")

        for other in (from_json, from_ndjson, from_parquet):
            assert rows(from_csv, everything) == rows(other, everything)
            assert from_csv.totals == other.totals
        assert sum(total.lines for total in from_csv.totals) == len(lines)
        assert sum(total.quantity for total in from_csv.totals) == sum(quantity.values())


@settings(max_examples=12, deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_crash_the_reader(tail: bytes) -> None:
    body = csv_bytes([]) + tail

    with TemporaryDirectory() as folder:
        try:
            check_csv(Path(folder), body, header_for([], lines=1))
        except ReportRefused as refused:
            assert refused.code  # noqa: PT017  # any refusal will do; a crash would not
