"""A small catalogue, a grant and a way to hand lines in, shared by the intake's tests."""

import csv
import gzip
import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from licensing import evidence
from licensing.evidence import quoted
from licensing.usage import files, formats, intake, strict
from licensing.usage.grant import GrantView
from licensing.usage.header import Header, ReportType

COLUMNS = ["line_id", "work", "use", "unit", "quantity"]

GRANT = GrantView(
    uses=frozenset({"ai-train"}),
    priced=frozenset({("ai-train", "token")}),
    priced_by_any_unit=frozenset(),
    territories=frozenset(),
    in_term=True,
    model_granted=True,
)


@dataclass
class Shelf:
    """A catalogue in memory: kaede and momiji are granted, tsubaki is known and is not."""

    works: dict[str, int] = field(
        default_factory=lambda: {
            "domain:kaede.jp": 1,
            "domain:momiji.jp": 2,
            "domain:tsubaki.jp": 3,
        }
    )
    granted: tuple[int, ...] = (1, 2)
    index_written: bool = False

    def find(self, names: Sequence[str]) -> Mapping[str, int]:
        """Look names up."""
        return {name: self.works[name] for name in names if name in self.works}

    def normalised(self, name: str) -> str | None:
        """Fold case; an isbn that starts with x is none."""
        return None if name.startswith("isbn:x") else name.lower()

    def write_index(self, path: Path) -> bool:
        """Write all names."""
        with path.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream, lineterminator="\n").writerows(self.works.items())
        self.index_written = True
        return True


def works_file(folder: Path, ids: Sequence[int]) -> Path:
    path = folder / "works.parquet"
    with evidence.engine(folder) as engine:
        engine.execute(
            f"COPY (SELECT unnest($1::BIGINT[]) AS work_id) TO {quoted(path)} (FORMAT parquet)",
            [list(ids)],
        )
    return path


def total_of(lines: Sequence[Mapping[str, str]]) -> dict[str, Decimal]:
    totals: dict[str, Decimal] = {}
    for line in lines:
        try:
            totals[line["unit"]] = totals.get(line["unit"], Decimal(0)) + Decimal(line["quantity"])
        except ArithmeticError:
            continue
    return totals


def header_for(lines: Sequence[Mapping[str, str]], /, **changes: Any) -> Header:
    header = Header(
        report_id="r-1",
        type=ReportType.ORIGINAL,
        licence="lic_a",
        period=date(2026, 10, 1),
        lines=len(lines),
        quantity=total_of(lines),
        model_family="vista",
        model_version="2",
    )
    return replace(header, **changes)


def line(number: object = 1, **changes: str) -> dict[str, str]:
    plain = {
        "line_id": str(number),
        "work": "domain:kaede.jp",
        "use": "ai-train",
        "unit": "token",
        "quantity": "10",
    }
    return plain | changes


def csv_bytes(lines: Sequence[Mapping[str, str]], columns: Sequence[str] = COLUMNS) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([row.get(name, "") for name in columns] for row in lines)
    return text.getvalue().encode()


def check_csv(
    folder: Path,
    body: bytes,
    header: Header,
    *,
    grant: GrantView = GRANT,
    shelf: Shelf | None = None,
    compression: str = "",
) -> intake.IntakeResult:
    source = folder / "original"
    source.write_bytes(gzip.compress(body) if compression == "gzip" else body)
    return _check(folder, formats.prepare_csv(source, compression, folder), header, grant, shelf)


def ndjson_bytes(lines: Sequence[Mapping[str, Any]]) -> bytes:
    return "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in lines).encode()


def parquet_bytes(
    folder: Path,
    lines: Sequence[Mapping[str, str]],
    types: Mapping[str, str] | None = None,
    columns: Sequence[str] = COLUMNS,
) -> bytes:
    """Write lines as Parquet, as texts unless a column's type is named."""
    types = types or {}
    source, target = folder / "texts.csv", folder / "texts.parquet"
    source.write_bytes(csv_bytes(lines, columns))
    fields = ", ".join(
        f'CAST("{name}" AS {types.get(name, "VARCHAR")}) AS "{name}"' for name in columns
    )
    with evidence.engine(folder) as engine:
        engine.execute(
            f"""
            COPY (SELECT {fields} FROM read_csv({quoted(source)}, header = true, delim = ',',
                quote = '"', escape = '"', all_varchar = true, null_padding = false,
                auto_detect = false, columns = {dict.fromkeys(columns, "VARCHAR")},
                force_not_null = {list(columns)})
            ) TO {quoted(target)} (FORMAT parquet)
            """  # noqa: S608  # a test's own words
        )
    return target.read_bytes()


def check_file(
    folder: Path,
    body: bytes,
    header: Header,
    file_format: str,
    *,
    shelf: Shelf | None = None,
) -> intake.IntakeResult:
    source = folder / "original"
    source.write_bytes(body)
    return _check(folder, files.prepare(source, file_format, "", folder), header, GRANT, shelf)


def check_json(
    folder: Path,
    lines: Any,
    header: Header,
    *,
    grant: GrantView = GRANT,
    shelf: Shelf | None = None,
) -> intake.IntakeResult:
    parsed = strict.loads(json.dumps(lines).encode())
    return _check(folder, formats.prepare_json(parsed), header, grant, shelf)


def _check(
    folder: Path,
    source: formats.Plain | formats.Held,
    header: Header,
    grant: GrantView,
    shelf: Shelf | None,
) -> intake.IntakeResult:
    shelf = shelf or Shelf()
    inputs = intake.Inputs(header, grant, works_file(folder, shelf.granted), shelf)
    return intake.check(source, inputs, folder)


def rows(result: intake.IntakeResult, columns: str = "line_id, verdict, code") -> list[Any]:
    with evidence.engine(result.lines_path.parent, [result.lines_path]) as engine:
        return engine.execute(
            f"SELECT {columns} FROM read_parquet({quoted(result.lines_path)}) ORDER BY line_no"  # noqa: S608  # a test's own words
        ).fetchall()


def sha256(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
