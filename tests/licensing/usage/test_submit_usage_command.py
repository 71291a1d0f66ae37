import gzip
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from licensing.usage.models import UsageReport
from tests.licensing.usage.conftest import Office
from tests.licensing.usage.desk import csv_bytes, sha256
from tests.licensing.usage.sending import LINES, header, picture


def run(office: Office, folder: Path, *arguments: str, zipped: bool = False, **changes: Any) -> str:
    digest = sha256(csv_bytes(LINES))
    written = header(office, **({"sha256": digest, "licence": None} | changes))
    (folder / "header.json").write_text(json.dumps(written))
    lines = folder / ("lines.csv.gz" if zipped else "lines.csv")
    lines.write_bytes(gzip.compress(csv_bytes(LINES)) if zipped else csv_bytes(LINES))
    out = StringIO()
    call_command("submit_usage", folder / "header.json", lines, *arguments, stdout=out)
    return out.getvalue()


def test_the_command_prints_a_receipt_that_adds_up(office: Office, tmp_path: Path) -> None:
    printed = run(office, tmp_path, "--licence", office.licence.public_id)

    report = UsageReport.objects.get()
    tokens = "accepted 1000000.5 (100.00 %), quarantined 7 (0.00 %), rejected 2 (0.00 %)"
    assert printed.splitlines()[:3] == [
        f"{report.public_id} oct-1: accepted",
        "  lines: received 4, accepted 2 (50.00 %), quarantined 1 (25.00 %), rejected 1 (25.00 %)",
        f"  token: received 1000009.5, {tokens}",
    ]
    assert "quarantined work_unknown: 1 lines, 7 token." in printed


def test_the_command_reads_gzip_and_can_be_repeated(office: Office, tmp_path: Path) -> None:
    licence = office.licence.public_id
    slug = office.licensee.organisation.slug

    first = json.loads(run(office, tmp_path, "--json", zipped=True, licence=licence))
    again = run(office, tmp_path, "--as", slug, zipped=True, licence=licence)

    assert first["state"] == "accepted"
    assert "(sent before)" in again


@pytest.mark.parametrize(
    ("arguments", "changes", "message"),
    [
        ([], {}, "Name the licence"),
        (["--licence", "lic_none"], {}, "Name the licence"),
        (["--as", "nobody"], {}, "no organisation"),
        (["--as", "nova-models"], {"licence": "own"}, "no such licence"),
        ([], {"licence": "own", "lines": 5}, "The header says 5; the file has 4"),
        ([], {"licence": "own", "period": "x"}, "period: period_malformed"),
    ],
)
def test_a_refusal_names_its_reason_and_leaves_nothing_behind(
    office: Office, tmp_path: Path, arguments: list[str], changes: dict[str, Any], message: str
) -> None:
    if changes.get("licence") == "own":
        changes = changes | {"licence": office.licence.public_id}

    with pytest.raises(CommandError, match=message) as caught:
        run(office, tmp_path, *arguments, **changes)

    assert caught.value.returncode == 2
    assert picture() == [[], [], []]


def test_a_file_that_is_not_there_is_named(office: Office, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be opened"):
        call_command("submit_usage", tmp_path / "none.json", tmp_path / "none.csv")

    assert office.licence.reports.count() == 0
