import csv
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from licensing.deals.terms import parse
from licensing.royalties.quote import quote
from licensing.royalties.rates import Tally
from licensing.royalties.sample import Sample
from licensing.usage import header as headers
from licensing.usage import strict
from licensing.usage.intake import IntakeResult
from licensing.usage.vocabulary import Verdict
from tests.licensing.terms.documents import PER_MILLION, plain_document
from tests.licensing.usage.desk import (
    Shelf,
    check_csv,
    check_file,
    ndjson_bytes,
    parquet_bytes,
    rows,
)

CYCLE = Path(__file__).parents[4] / "shared" / "data" / "cycle"

pytestmark = pytest.mark.skipif(not CYCLE.exists(), reason="the shared real reports are absent")


# Accepted tokens × 2.50 USD ÷ 1,000,000, rounded once, half away from zero:
#   20,858,600,725 → 52,146.5018125; 76,448,522,604 → 191,121.30651;
#   296,507,806,771 → 741,269.5169275
CHARGES = {"c4": 5_214_650, "refinedweb": 19_112_131, "dolma": 74_126_952}


def amount_minor(result: IntakeResult) -> int:
    """Return what the accepted tokens cost, in cents."""
    tokens = sum(total.quantity for total in result.totals if total.verdict is Verdict.ACCEPTED)
    sample = Sample([Tally("ai-train", "token", Decimal(tokens))], {})
    return quote(parse(plain_document(PER_MILLION)), sample).total_minor


@pytest.mark.parametrize(
    ("name", "accepted", "quarantined"),
    [
        ("c4", (13_501, "20858600725"), None),
        ("refinedweb", (13_923, "76448522604"), None),
        # Three names of data sets that no work carries: 117277704967 + 45210962767 + 4077767533.
        ("dolma", (13_767, "296507806771"), (3, "166566435267")),
    ],
)
def test_a_real_report_is_counted_to_the_token(
    tmp_path: Path, name: str, accepted: tuple[int, str], quarantined: tuple[int, str] | None
) -> None:
    with (CYCLE / "works.csv").open(encoding="utf-8") as stream:
        names = [row["identifiers"] for row in csv.DictReader(stream)]
    works = {identifier: number for number, identifier in enumerate(names, start=1)}
    document = strict.loads((CYCLE / f"usage_{name}.json").read_bytes()) | {"licence": "lic_a"}
    body = (CYCLE / f"usage_{name}.csv").read_bytes()

    result = check_csv(
        tmp_path, body, headers.parse(document), shelf=Shelf(works, tuple(works.values()))
    )

    found = {total.verdict: (total.lines, total.quantity) for total in result.totals}
    assert found[Verdict.ACCEPTED] == (accepted[0], Decimal(accepted[1]))
    if quarantined is None:
        assert len(found) == 1
    else:
        assert found[Verdict.QUARANTINED] == (quarantined[0], Decimal(quarantined[1]))
        assert {total.code for total in result.totals} == {"", "work_unknown"}


@pytest.mark.parametrize("name", ["c4", "refinedweb", "dolma"])
def test_a_real_report_is_the_same_as_ndjson_and_as_parquet(tmp_path: Path, name: str) -> None:
    with (CYCLE / "works.csv").open(encoding="utf-8") as stream:
        names = [row["identifiers"] for row in csv.DictReader(stream)]
    works = {identifier: number for number, identifier in enumerate(names, start=1)}
    shelf = Shelf(works, tuple(works.values()))
    document = strict.loads((CYCLE / f"usage_{name}.json").read_bytes()) | {"licence": "lic_a"}
    header = headers.parse(document)
    body = (CYCLE / f"usage_{name}.csv").read_bytes()
    lines = list(csv.DictReader(body.decode().splitlines()))
    folders = [tmp_path / one for one in ("csv", "ndjson", "parquet")]
    for folder in folders:
        folder.mkdir()
    header = replace(header, sha256="")

    as_csv = check_csv(folders[0], body, header, shelf=shelf)
    as_ndjson = check_file(folders[1], ndjson_bytes(lines), header, "ndjson", shelf=shelf)
    written = parquet_bytes(folders[2], lines, {"quantity": "BIGINT"})
    as_parquet = check_file(folders[2], written, header, "parquet", shelf=shelf)

    everything = "line_no, line_id, work, work_id, use, unit, quantity, verdict, code"
    for other in (as_ndjson, as_parquet):
        assert amount_minor(other) == CHARGES[name]
        assert other.totals == as_csv.totals
        assert rows(other, everything) == rows(as_csv, everything)
