"""Reading import files, without a database."""

import gzip
import json
from typing import Any

import pytest

from licensing.catalogue.imports import csv_works, madb, source
from licensing.catalogue.imports.rows import (
    UnreadableFile,
    WorkRow,
    read_shares,
    shares_text,
    without_repeats,
)

HEADER = "kind,title,identifiers,shares\n"


def csv_rows(text: str) -> list[WorkRow]:
    return list(without_repeats(csv_works.read(text)))


def codes(row: WorkRow) -> list[tuple[str, str]]:
    return [(fault.where, fault.code) for fault in row.faults]


def test_a_csv_row_becomes_a_work() -> None:
    [row] = csv_rows(
        HEADER + "book,海辺の本,isbn:978-4-10-109205-8 doi:10.1000/A,quill-press:2|tide:1\n"
    )

    assert row.row == 2
    assert row.texts == {"kind": "book", "title": "海辺の本"}
    assert [str(name) for name in row.names] == ["isbn:9784101092058", "doi:10.1000/a"]
    assert row.shares == {"WW": {"quill-press": 2, "tide": 1}}
    assert row.faults == ()


def test_a_share_may_be_for_one_country() -> None:
    [row] = csv_rows(HEADER + "book,B,domain:b.example,tide:1:JP|quill:2|quill:1:JP|moss:1:WW\n")

    assert row.shares == {"JP": {"tide": 1, "quill": 1}, "WW": {"quill": 2, "moss": 1}}
    assert shares_text(row.shares) == "moss:1|quill:2|quill:1:JP|tide:1:JP"
    assert read_shares(shares_text(row.shares)) == (row.shares, [])


def test_a_csv_may_carry_a_works_other_texts_and_old_remarks() -> None:
    [row] = csv_rows(
        "code,message,title,kind,released,identifiers,shares\n"
        "x,y,Site,website,1986-08,domain:example.com,\n"
    )

    assert row.texts == {"kind": "website", "title": "Site", "released": "1986-08"}
    assert row.shares == {}
    assert "code" not in row.raw


def test_rows_are_numbered_by_the_line_they_start_on() -> None:
    rows = csv_rows(
        HEADER + 'website,"two\r\nlines",domain:a.example,a:1\r\n\r\nwebsite,B,domain:b.example,a:1'
    )

    assert [row.row for row in rows] == [2, 5]
    assert codes(rows[0]) == [("title", "hidden_character")]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("website,Site,domain:a.example", [("line", "column_count")]),
        ("website,Site,domain:a.example,a:1,b", [("line", "column_count")]),
        (",,domain:a.example,a:1", [("kind", "kind_missing"), ("title", "title_missing")]),
        ("Web Site,Site,domain:a.example,a:1", [("kind", "kind_malformed")]),
        (f"website,{'x' * 501},domain:a.example,a:1", [("title", "too_long")]),
        ("website,a\u202eb,domain:a.example,a:1", [("title", "hidden_character")]),
        ("website,Site,,a:1", [("identifiers", "identifier_missing")]),
        ("website,Site,a.example,a:1", [("identifiers", "identifier_without_scheme")]),
        (
            "website,Site,isbn:1 domain:/,a:1",
            [("identifiers", "identifier_malformed"), ("identifiers", "identifier_malformed")],
        ),
        ("website,Site,domain:a.example,a", [("shares", "share_malformed")]),
        ("website,Site,domain:a.example,a:1.5", [("shares", "share_malformed")]),
        ("website,Site,domain:a.example,a:１", [("shares", "share_malformed")]),
        ("website,Site,domain:a.example,a:1|", [("shares", "share_malformed")]),
        ("website,Site,domain:a.example,a:0", [("shares", "weight_out_of_range")]),
        ("website,Site,domain:a.example,a:1000001", [("shares", "weight_out_of_range")]),
        ("website,Site,domain:a.example,a:1|a:2", [("shares", "holder_repeated")]),
        ("website,Site,domain:a.example,a:1:JP|a:2:JP", [("shares", "holder_repeated")]),
        ("website,Site,domain:a.example,a:1:jp", [("shares", "territory_unknown")]),
        ("website,Site,domain:a.example,a:1:XX", [("shares", "territory_unknown")]),
        ("website,Site,domain:a.example,a:1:", [("shares", "territory_unknown")]),
    ],
)
def test_a_row_is_refused_with_everything_wrong_with_it(
    line: str, expected: list[tuple[str, str]]
) -> None:
    [row] = csv_rows(f"{HEADER}{line}\n")

    assert codes(row) == expected


def test_a_date_is_a_year_a_month_or_a_day() -> None:
    rows = csv_rows(
        "kind,title,released,identifiers,shares\n"
        + "".join(
            f"film,F,{text},madb:C{number},\n"
            for number, text in enumerate(["1986", "1986-08", "1986-08-02", "1986-13", "86", ""])
        )
    )

    assert [codes(row) for row in rows] == [
        [],
        [],
        [],
        [("released", "date_malformed")],
        [("released", "date_malformed")],
        [],
    ]


def test_a_work_named_twice_in_a_file_is_refused_the_second_time() -> None:
    first, second = csv_rows(
        HEADER
        + "website,A,domain:a.example,a:1\n"
        + "website,B,domain:b.example domain:A.EXAMPLE.,a:1\n"
    )

    assert first.faults == ()
    assert codes(second) == [("identifiers", "identifier_repeated")]
    assert "row 2" in second.faults[0].message


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("title,identifiers,shares\n", "header_wrong"),
        ("kind,title,identifiers,shares,colour\n", "header_wrong"),
        ("kind,title,identifiers,shares,kind\n", "header_wrong"),
        (HEADER + 'website,"open,domain:a.example,a:1\n', "csv_broken"),
        (HEADER + 'website,"a"b,domain:a.example,a:1\n', "csv_broken"),
    ],
)
def test_a_csv_that_cannot_be_read_is_refused_whole(text: str, code: str) -> None:
    with pytest.raises(UnreadableFile) as refusal:
        csv_rows(text)

    assert refusal.value.fault.code == code


LAPUTA = {
    "@type": "class:AnimationMovieSeries",
    "identifier": "C410078",
    "label": "天空の城ラピュタ",
    "name": [
        {"@language": "ja-hrkt", "@value": "テンクウノシロラピュタ"},
        {"@language": "en", "@value": "Castle in the Sky"},
        "天空の城ラピュタ",
    ],
    "datePublished": "1986-08-02",
    "productionCompany": "スタジオジブリ",
    "copyrightHolder": "&#9400;二馬力・徳間書店 ／",
}


def madb_rows(*nodes: Any) -> list[WorkRow]:
    return list(madb.read(json.dumps({"@graph": nodes})))


def test_a_node_of_the_media_arts_database_becomes_a_work() -> None:
    [row] = madb_rows({"@id": "_:b0", "duration": "124"}, LAPUTA)

    assert row.row == 1
    assert row.texts == {
        "kind": "anime-film",
        "title": "天空の城ラピュタ",
        "title_kana": "テンクウノシロラピュタ",
        "title_en": "Castle in the Sky",
        "released": "1986-08-02",
        "production_company": "スタジオジブリ",
        "copyright_notice": "&#9400;二馬力・徳間書店 ／",
    }
    assert [str(name) for name in row.names] == ["madb:C410078"]
    assert (row.shares, row.faults) == ({}, ())


def test_missing_and_odd_fields_of_a_node_are_empty_or_refused() -> None:
    bare, unlabelled, odd, nameless = madb_rows(
        {"@type": "class:GameWork", "identifier": "C1", "label": "裸", "name": 7},
        {"@type": "class:GameWork", "identifier": "C2", "name": "名"},
        {
            "@type": "class:GameWork",
            "identifier": "C3",
            "label": "奇",
            "name": {"@language": "en", "@value": 1},
        },
        {"@type": "class:GameWork", "label": "無"},
    )

    assert bare.texts["title_kana"] == ""
    assert unlabelled.texts["title"] == "名"
    assert odd.texts["title_en"] == ""
    assert codes(nameless) == [("identifiers", "identifier_missing")]


def test_nodes_that_cannot_be_kept_or_are_of_another_class_are_refused() -> None:
    nul, half, other = madb_rows(
        {**LAPUTA, "label": "a\0"}, {**LAPUTA, "label": "\ud83d"}, {**LAPUTA, "@type": "class:Toy"}
    )

    assert [codes(row) for row in (nul, half, other)] == [
        [("node", "hidden_character")],
        [("node", "hidden_character")],
        [("@type", "kind_unknown")],
    ]
    assert nul.raw == {}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("[", "json_broken"),
        ('{"@graph": [NaN]}', "json_broken"),
        ("[]", "no_graph"),
        ('{"@graph": {}}', "no_graph"),
        ('{"@graph": [1]}', "no_graph"),
    ],
)
def test_json_that_is_no_graph_is_refused_whole(text: str, code: str) -> None:
    with pytest.raises(UnreadableFile) as refusal:
        list(madb.read(text))

    assert refusal.value.fault.code == code


def test_plain_and_packed_text_with_a_mark_is_read() -> None:
    marked = "\ufeffkind"

    assert source.text_of(marked.encode()) == "kind"
    assert source.text_of(gzip.compress(marked.encode())) == "kind"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b" \n", "file_empty"),
        (b"kind\0", "file_has_nul"),
        ("題名".encode("shift_jis"), "file_not_utf8"),
        (gzip.compress(b"kind")[:-3], "file_not_gzip"),
        (gzip.compress(b"kind") + b"x", "file_not_gzip"),
        (b"\x1f\x8bxxxxxxxxxxxx", "file_not_gzip"),
    ],
)
def test_what_is_no_text_is_refused_whole(content: bytes, code: str) -> None:
    with pytest.raises(UnreadableFile) as refusal:
        source.text_of(content)

    assert refusal.value.fault.code == code


def test_files_beyond_the_limits_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "MAX_BYTES", 40)
    monkeypatch.setattr(source, "MAX_EXPANDED", 100)
    monkeypatch.setattr(source, "STEP", 10)

    with pytest.raises(UnreadableFile) as large:
        source.text_of(b"x" * 41)
    with pytest.raises(UnreadableFile) as bomb:
        source.text_of(gzip.compress(b"x" * 101))

    assert large.value.fault.code == "file_too_large"
    assert bomb.value.fault.code == "file_expands_too_far"
    assert source.text_of(gzip.compress(b"x" * 100)) == "x" * 100
