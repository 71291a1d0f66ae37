import gzip
import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from licensing.deals.terms import parse
from licensing.royalties.quote import first_period
from tests.licensing.terms.documents import PER_MILLION, plain_document

HEADER = "line_id,work,use,unit,quantity"
WORKS = {"id": "titles", "model": "per_work", "amount": "5", "count": "licensed"}


@pytest.fixture
def terms(tmp_path: Path) -> Path:
    return write_terms(tmp_path, plain_document(PER_MILLION))


def write_terms(folder: Path, document: dict[str, Any]) -> Path:
    path = folder / "terms.json"
    path.write_text(json.dumps(document))
    return path


def write_usage(folder: Path, *lines: str, header: str = HEADER) -> Path:
    path = folder / "lines.csv"
    path.write_text("\n".join([header, *lines, ""]))
    return path


def run(terms: Path, usage: Path, *options: str) -> tuple[str, str]:
    out, told = io.StringIO(), io.StringIO()
    call_command(
        "quote", "--terms", str(terms), "--usage", str(usage), *options, stdout=out, stderr=told
    )
    return out.getvalue(), told.getvalue()


def refusal(terms: Path, usage: Path) -> str:
    with pytest.raises(CommandError) as refused:
        run(terms, usage)
    assert refused.value.returncode == 2
    return str(refused.value)


def test_the_json_of_a_quote_has_the_published_shape(terms: Path, tmp_path: Path) -> None:
    usage = write_usage(
        tmp_path,
        "1,domain:a.example,ai-train,token,20000000000",
        "2,domain:b.example,ai-train,token,858600725",
    )

    told, _ = run(terms, usage, "--json")

    assert json.loads(told) == {
        "currency": "USD",
        "charges": [
            {
                "price": "tokens",
                "unit": "token",
                "quantity": "20858600725",
                "amount": "52146.50",
                "amount_minor": 5214650,
                "trace": [
                    {
                        "step": "count",
                        "use": "ai-train",
                        "unit": "token",
                        "quantity": "20858600725",
                        "times": "1",
                        "counted": "20858600725",
                    },
                    {
                        "step": "unit_price",
                        "per": "1000000",
                        "unit_price": "2.5",
                        "amount": "52146.5018125",
                    },
                    {"step": "round", "currency": "USD", "amount_minor": 5214650},
                ],
            }
        ],
        "total": "52146.50",
        "total_minor": 5214650,
        "unpriced": [],
        "notes": [],
    }


def test_the_table_is_aligned_and_names_what_no_price_counts(terms: Path, tmp_path: Path) -> None:
    usage = write_usage(
        tmp_path,
        "1,domain:a.example,ai-train,token,20858600725",
        "2,domain:a.example,ai-train,page,12.5",
    )

    told, _ = run(terms, usage)

    assert told.splitlines() == [
        "price   unit         quantity        amount",
        "tokens  token  20,858,600,725  52146.50 USD",
        "total                          52146.50 USD",
        "Not priced: 12.5 page for ai-train.",
    ]


def test_amounts_due_once_and_a_note_on_guessed_works_are_part_of_a_quote(tmp_path: Path) -> None:
    flat = {"id": "access", "model": "flat", "amount": "100", "due": "once"}
    path = write_terms(tmp_path, plain_document(flat, WORKS))
    usage = write_usage(
        tmp_path,
        "1,domain:a.example,ai-train,token,1",
        "2,domain:b.example,ai-train,token,0",
    )

    table, notes = run(path, usage)
    known, quiet = run(path, usage, "--licensed-works", "40")

    assert table.splitlines()[1:] == [
        "access  -            1  100.00 USD",
        "titles  work         1    5.00 USD",
        "total                   105.00 USD",
        "Not priced: 1 token for ai-train.",
    ]
    assert "works used stand in" in notes
    assert "300.00 USD" in known
    assert "works used stand in" not in quiet


def test_a_compressed_file_gives_the_same_quote(terms: Path, tmp_path: Path) -> None:
    usage = write_usage(tmp_path, "1,domain:a.example,ai-train,token,5000")
    packed = tmp_path / "lines.csv.gz"
    packed.write_bytes(gzip.compress(usage.read_bytes()))

    assert run(terms, packed, "--json") == run(terms, usage, "--json")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("1,domain:a,ai-train,token,１２", "line 2 (line_id 1) quantity"),
        ("1,domain:a,ai-train,token,1e5", "line 2 (line_id 1) quantity"),
        ("1,domain:a,ai-train,token,-5", "line 2 (line_id 1) quantity"),
        ("1,domain:a,ai-train,token,", "line 2 (line_id 1) quantity"),
        ("1,domain:a,ai-train,token,1.0000001", "line 2 (line_id 1) quantity"),
        ("1,domain:a,ai-train,Token,1", "line 2 (line_id 1) unit"),
        ("1,domain:a,train,token,1", "line 2 (line_id 1) use"),
        ("1,a.example,ai-train,token,1", "line 2 (line_id 1) work"),
        (",domain:a,ai-train,token,1", "line 2 (line_id ) line_id"),
        ("1,domain:a,ai-train,token", "line 2: Write 5 fields"),
        ('1,domain:a,ai-train,token,"1', "line 2: It cannot be read"),
    ],
)
def test_a_bad_line_is_refused_by_file_line_and_field(
    terms: Path, tmp_path: Path, line: str, said: str
) -> None:
    usage = write_usage(tmp_path, line)

    assert refusal(terms, usage).startswith(f"{usage}: {said}")


def test_a_line_id_that_stands_twice_is_refused(terms: Path, tmp_path: Path) -> None:
    line = "7,domain:a.example,ai-train,token,1"

    assert refusal(terms, write_usage(tmp_path, line, line)) == (
        f"{tmp_path / 'lines.csv'}: line 3 (line_id 7) line_id: An earlier line has this id."
    )


def test_a_territory_that_does_not_exist_is_refused(terms: Path, tmp_path: Path) -> None:
    usage = write_usage(
        tmp_path,
        "1,domain:a.example,ai-train,token,1,JP",
        "2,domain:a.example,ai-train,token,1,",
        "3,domain:a.example,ai-train,token,1,UK",
        header=f"{HEADER},territory",
    )

    assert "line 4 (line_id 3) territory" in refusal(terms, usage)


def test_only_the_first_twenty_faults_are_listed(terms: Path, tmp_path: Path) -> None:
    usage = write_usage(
        tmp_path, *(f"{number},domain:a.example,ai-train,token,x" for number in range(50))
    )

    assert len(refusal(terms, usage).splitlines()) == 20


def test_a_sum_of_many_digits_is_exact_and_an_amount_beyond_any_account_is_refused(
    tmp_path: Path,
) -> None:
    # 2 x (10^24 - 1) units at 2.50 per 10^23 units = 49.99999...: rounded once to 50.00.
    usage = write_usage(
        tmp_path,
        f"1,domain:a.example,ai-train,token,{'9' * 24}",
        f"2,domain:a.example,ai-train,token,{'9' * 24}",
    )

    table, _ = run(
        write_terms(tmp_path, plain_document({**PER_MILLION, "per": f"1{'0' * 23}"})), usage
    )
    refused = refusal(write_terms(tmp_path, plain_document(PER_MILLION)), usage)

    assert table.splitlines()[-1].split() == ["total", "50.00", "USD"]
    assert "Check the counts" in refused


def test_wrong_columns_and_an_absent_file_are_refused_by_name(terms: Path, tmp_path: Path) -> None:
    usage = write_usage(tmp_path, "1,2", header="line_id,quantity")

    assert "Missing: work, use, unit" in refusal(terms, usage)
    assert refusal(terms, tmp_path / "none.csv") == (
        f"{tmp_path / 'none.csv'}: No such file or directory."
    )


def test_bytes_that_are_not_utf8_are_refused(terms: Path, tmp_path: Path) -> None:
    usage = write_usage(tmp_path)
    usage.write_bytes(usage.read_bytes() + b"1,domain:\xff,ai-train,token,1\n")

    assert refusal(terms, usage) == f"{usage}: line 2: Write it in UTF-8."


def test_every_fault_of_the_terms_is_named_by_its_path(tmp_path: Path) -> None:
    document = plain_document({**PER_MILLION, "unit_price": "2,50"})
    document["currency"] = "XXX"
    path = write_terms(tmp_path, document)

    said = refusal(path, write_usage(tmp_path)).splitlines()

    assert [line.split(": ")[1] for line in said] == ["currency", "prices[0].unit_price"]


def test_terms_that_are_not_json_are_refused_by_place(tmp_path: Path) -> None:
    path = tmp_path / "terms.json"
    path.write_text('{"schema": terms/1}')

    assert refusal(path, write_usage(tmp_path)).startswith(f"{path}: line 1, column 12: ")


def test_bounds_of_the_period_are_in_the_quote_and_longer_ones_are_noted(tmp_path: Path) -> None:
    document = plain_document(
        PER_MILLION,
        cap={"amount": "40", "window": "period"},
        minimum_guarantee={"amount": "500", "window": "year"},
        advance={"amount": "100", "release": "on_receipt"},
    )
    usage = write_usage(tmp_path, "1,domain:a.example,ai-train,token,20000000")

    table, notes = run(write_terms(tmp_path, document), usage)

    assert [line.split() for line in table.splitlines()[1:]] == [
        ["tokens", "token", "20,000,000", "50.00", "USD"],
        ["cap", "-", "1", "-10.00", "USD"],
        ["total", "40.00", "USD"],
    ]
    assert notes.splitlines() == [
        "note: minimum_guarantee: The minimum guarantee looks beyond this one period.",
        "note: advance: The advance looks beyond this one period.",
    ]


@pytest.mark.parametrize(
    ("cadence", "starts_on", "last_day"),
    [
        (None, "2026-10-01", "2026-10-31"),
        ("month", "2026-01-31", "2026-02-27"),
        ("quarter", "2026-10-01", "2026-12-31"),
        ("half_year", "2026-10-01", "2027-03-31"),
        ("year", "2026-12-15", "2027-12-14"),
    ],
)
def test_a_quote_is_for_one_period_of_the_reporting_cadence(
    cadence: str | None, starts_on: str, last_day: str
) -> None:
    document = plain_document()
    document["grant"]["starts_on"] = starts_on
    if cadence:
        document["reporting"] = {"cadence": cadence, "due_days": 20}

    period = first_period(parse(document))

    assert (period.starts_on.isoformat(), period.ends_on.isoformat()) == (starts_on, last_day)
    assert period.first


def test_works_used_for_another_use_are_not_counted(tmp_path: Path) -> None:
    path = write_terms(tmp_path, plain_document({**WORKS, "count": "used"}))
    usage = write_usage(
        tmp_path,
        "1,domain:a.example,ai-train,token,1",
        "2,domain:a.example,ai-train,page,1",
        "3,domain:b.example,search,query,1",
    )

    table, _ = run(path, usage)

    assert table.splitlines()[1] == "titles  work         1  5.00 USD"


def test_a_price_by_an_index_is_refused_for_lack_of_its_readings(tmp_path: Path) -> None:
    index = {"series": "JP-CPI", "base": "2025-09", "month": "2026-08"}
    price = {**PER_MILLION, "escalators": [{"from": "2026-10-01", "index": index}]}
    terms = write_terms(tmp_path, plain_document(price))
    usage = write_usage(tmp_path, "1,domain:a.example,ai-train,token,20000000000")

    assert "The reading of JP-CPI for 2026-08 is missing." in refusal(terms, usage)
