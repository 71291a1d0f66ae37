"""A statement taken away: CSV, XLSX and JSON of its lines, CSV and Parquet of its works."""

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import duckdb
import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from licensing.catalogue.models import Work
from licensing.royalties import line_files, work_files, workbook
from licensing.royalties.content import amount
from tests.factories import bearer
from tests.licensing.royalties.books import Books
from tests.licensing.royalties.conftest import Enter

WORK_ROWS = [
    ("The Paper Lantern", "1000000", "1", "1", "2.184000"),
    ("Winter Ferry", "1000000", "2", "3", "1.456000"),
]


def body(response: Any) -> bytes:
    """Return all of a response, streamed or not."""
    if isinstance(response, HttpResponse):
        return response.content
    streamed: Iterable[bytes] = response.streaming_content
    return b"".join(streamed)


def taken(books: Books, client: Client, name: str) -> bytes:
    """Return a file of aoba's statement."""
    statement = books.statement_of(books.aoba)
    response = client.get(reverse("statement-file", args=[statement.public_id, name]))
    assert response.status_code == 200
    file_name = f'filename="{statement.public_id}-2026-10-{name}"'
    assert file_name in response["Content-Disposition"]
    return body(response)


def test_the_csv_has_a_row_per_line_that_sums_to_the_statement(
    books: Books, browser: Enter
) -> None:
    books.issued()

    text = taken(books, browser(books.aoba), "lines.csv").decode()

    (row,) = csv.DictReader(io.StringIO(text))
    assert (row["licensee"], row["territory"], row["rate"]) == (
        "Tensor Labs",
        "WW",
        "2.50 / 1000000",
    )
    assert [row[name] for name in ("gross", "operator_fee", "collective_fee", "net")] == [
        "4.17",
        "0.13",
        "0.40",
        "3.64",
    ]


def test_the_json_is_what_was_hashed(books: Books, browser: Enter) -> None:
    books.issued()
    statement = books.statement_of(books.aoba)

    document = taken(books, browser(books.aoba), "statement.json")

    assert hashlib.sha256(document).hexdigest() == statement.content_sha256
    assert json.loads(document)["closing_minor"] == 364


def test_a_draft_has_no_frozen_document(books: Books, browser: Enter) -> None:
    books.closed()
    statement = books.statement_of(books.aoba)
    address = reverse("statement-file", args=[statement.public_id, "statement.json"])

    client = browser(books.operator.organisation)

    assert client.get(address).status_code == 404
    assert b"0.13" in taken(books, client, "lines.csv")


def test_works_are_taken_away_as_csv_with_what_each_comes_to(books: Books, browser: Enter) -> None:
    """Aoba's 364 cents by 1 : ⅔ are 218.4 and 145.6."""
    books.issued()

    text = taken(books, browser(books.aoba), "works.csv").decode()

    columns = ("title", "quantity", "weight", "weight_total", "net")
    rows = [tuple(row[name] for name in columns) for row in csv.DictReader(io.StringIO(text))]
    assert rows == WORK_ROWS


def test_works_are_taken_away_as_parquet_with_exact_decimals(
    books: Books, browser: Enter, tmp_path: Path
) -> None:
    books.issued()
    path = tmp_path / "works.parquet"

    path.write_bytes(taken(books, browser(books.aoba), "works.parquet"))

    with duckdb.connect() as duck:
        rows = duck.execute(
            f"SELECT title, quantity, weight, weight_total, net FROM '{path}'"  # noqa: S608  # our own path
        ).fetchall()
    assert rows == [(title, *map(Decimal, numbers)) for title, *numbers in WORK_ROWS]


def test_a_correction_says_what_was_used_and_no_part(books: Books) -> None:
    books.issued()
    books.correct(
        {
            "line_id": "2",
            "work": "domain:momiji.jp",
            "use": "ai-train",
            "unit": "token",
            "quantity": "500000",
        }
    )
    books.close()

    rows = list(work_files.rows(books.statement_of(books.aoba)))

    assert [(row[9], row[10], row[-1]) for row in rows] == [
        ("The Paper Lantern", "1000000", ""),
        ("Winter Ferry", "500000", ""),
    ]


NAMESPACE = {"x": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}


def cells(workbook_bytes: bytes, sheet: int) -> list[list[str]]:
    """Return the text of every cell of a sheet."""
    with zipfile.ZipFile(io.BytesIO(workbook_bytes)) as archive:
        tree = ET.fromstring(archive.read(f"xl/worksheets/sheet{sheet}.xml"))  # noqa: S314  # we made it
    return [
        ["".join(cell.itertext()) for cell in row.iterfind("x:c", NAMESPACE)]
        for row in tree.iterfind(".//x:row", NAMESPACE)
    ]


def test_the_workbook_has_summary_lines_and_works(books: Books, browser: Enter) -> None:
    books.issued()

    made = taken(books, browser(books.aoba), "statement.xlsx")

    summary, lines, works = (cells(made, sheet) for sheet in (1, 2, 3))
    assert ["Closing balance", "3.64"] in summary
    assert lines[0] == list(line_files.HEADER)
    assert lines[1][-8:] == ["5.00", "4.17", "0.13", "0.40", "0.00", "0.00", "0.00", "3.64"]
    assert [row[9] for row in works[1:]] == ["The Paper Lantern", "Winter Ferry"]


def test_the_workbook_says_where_the_rest_of_the_works_is(
    books: Books, browser: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    books.issued()
    monkeypatch.setattr(workbook, "MOST_WORKS", 1)

    works = cells(taken(books, browser(books.aoba), "statement.xlsx"), 3)

    assert works[1][9] == "The Paper Lantern"
    assert works[2] == ["The first 1 works; the CSV and Parquet by work have all of them."]


@given(minor=st.integers(-(10**18), 10**18), code=st.sampled_from(["JPY", "USD", "KWD"]))
def test_an_amount_in_a_cell_is_exact_or_text(
    tmp_path_factory: pytest.TempPathFactory, minor: int, code: str
) -> None:
    folder = tmp_path_factory.mktemp("book")
    making = workbook.Book(folder / "one.xlsx", folder, code)
    with making.book:
        making.amount(making.sheet("One", [10]), 0, 0, minor)

    with zipfile.ZipFile(folder / "one.xlsx") as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()

    is_text = 't="inlineStr"' in sheet
    assert is_text == (abs(minor) >= workbook.EXACT_BELOW)
    ((written,),) = cells((folder / "one.xlsx").read_bytes(), 1)
    assert Decimal(written) == Decimal(amount(code, minor))
    if not is_text:
        shown = Decimal(repr(float(written))).quantize(Decimal(amount(code, 1)))
        assert shown == Decimal(written)


def test_a_title_is_no_formula(books: Books, browser: Enter) -> None:
    Work.objects.filter(title="Winter Ferry").update(title="=HYPERLINK(1)")
    books.issued()
    client = browser(books.aoba)

    assert b"'=HYPERLINK(1)" in taken(books, client, "works.csv")
    assert cells(taken(books, client, "statement.xlsx"), 3)[2][9] == "=HYPERLINK(1)"
    assert [line_files.harmless(cell) for cell in ("-1.50", "-x", 7)] == ["-1.50", "'-x", 7]


@pytest.mark.parametrize("name", ["lines.csv", "statement.json", "works.parquet"])
def test_nobody_takes_another_payees_statement_away(
    books: Books, browser: Enter, name: str
) -> None:
    books.issued()
    statement = books.statement_of(books.aoba)
    address = reverse("statement-file", args=[statement.public_id, name])
    theirs = Client(headers=bearer(books.birch))

    assert browser(books.birch).get(address).status_code == 404
    assert theirs.get(f"/api/v1/statements/{statement.public_id}/files/{name}").status_code == 404


def test_the_api_hands_out_the_same_files(books: Books) -> None:
    books.issued()
    statement = books.statement_of(books.aoba)
    client = Client(headers=bearer(books.aoba))
    address = f"/api/v1/statements/{statement.public_id}/files/"

    document = client.get(f"{address}statement.json")

    assert hashlib.sha256(body(document)).hexdigest() == statement.content_sha256
    assert document["ETag"] == f'"{statement.content_sha256}"'
    assert body(client.get(f"{address}works.csv")).startswith(b"statement,month,line,")
    assert client.get(f"{address}secrets.csv").status_code == 404


def test_the_api_has_no_document_of_a_draft(books: Books) -> None:
    books.closed()
    statement = books.statement_of(books.aoba)
    client = Client(headers=bearer(books.operator.organisation))

    refused = client.get(f"/api/v1/statements/{statement.public_id}/files/statement.json")

    assert (refused.status_code, refused.json()["code"]) == (409, "statement_not_issued")
