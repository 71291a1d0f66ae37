from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from licensing.usage.vocabulary import BY_CODE, Verdict
from tests.licensing.usage.desk import (
    COLUMNS,
    GRANT,
    Shelf,
    check_csv,
    check_json,
    csv_bytes,
    header_for,
    line,
    rows,
)


def verdict_of(folder: Path, **changes: str) -> tuple[str, str]:
    lines = [line(**changes)]
    columns = [*COLUMNS, "territory", "language", "media", "note"]
    header = header_for(lines)
    if BY_CODE.get("quantity_invalid") and not header.quantity:
        header = replace(header, quantity={})
    found = rows(check_csv(folder, csv_bytes(lines, columns), header))
    line_id, verdict, code = found[0]
    assert line_id == lines[0]["line_id"]
    return str(verdict), str(code)


def test_a_granted_line_is_accepted_with_the_work_it_names(tmp_path: Path) -> None:
    lines = [line(1, work="domain:momiji.jp", quantity="0.25"), line(2)]

    result = check_csv(tmp_path, csv_bytes(lines), header_for(lines))

    assert rows(result, "line_no, line_id, work_id, quantity, verdict, code") == [
        (1, "1", 2, Decimal("0.250000"), "accepted", ""),
        (2, "2", 1, Decimal("10.000000"), "accepted", ""),
    ]
    assert result.quantity == {"token": Decimal("10.25")}
    assert result.count(Verdict.ACCEPTED) == 2


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"work": "domain:nobody.jp"}, "work_unknown"),
        ({"work": "domain:tsubaki.jp"}, "work_not_granted"),
        ({"use": "fine-tune"}, "use_not_granted"),
        ({"unit": "page"}, "unit_not_priced"),
    ],
)
def test_a_known_thing_that_is_not_granted_is_quarantined(
    tmp_path: Path, changes: dict[str, str], code: str
) -> None:
    assert verdict_of(tmp_path, **changes) == ("quarantined", code)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"line_id": ""}, "line_id_missing"),
        ({"line_id": "x" * 201}, "line_id_missing"),
        ({"unit": "tokens"}, "unit_unknown"),
        ({"use": "train"}, "use_unknown"),
        ({"use": "ai-all"}, "use_unknown"),
        ({"work": "kaede.jp"}, "work_malformed"),
        ({"work": "domain:"}, "work_malformed"),
        ({"work": "isbn:x"}, "work_malformed"),
        ({"territory": "jp"}, "territory_unknown"),
        ({"territory": "ZZ"}, "territory_unknown"),
        ({"language": "japanese"}, "language_malformed"),
        ({"language": "j"}, "language_malformed"),
        ({"language": "zh_Hant"}, "language_malformed"),
        ({"language": "en-"}, "language_malformed"),
        ({"language": "ja "}, "language_malformed"),
        ({"language": "ｊａ"}, "language_malformed"),
        ({"media": "Video"}, "media_malformed"),
        ({"media": "motion picture"}, "media_malformed"),
        ({"media": "v" * 41}, "media_malformed"),
        ({"media": "2d"}, "media_malformed"),
    ],
)
def test_a_line_that_cannot_be_understood_is_rejected(
    tmp_path: Path, changes: dict[str, str], code: str
) -> None:
    assert verdict_of(tmp_path, **changes) == ("rejected", code)


@pytest.mark.parametrize(
    "quantity",
    [
        "", "-1", "+1", "1e3", "1_000", "1,000", " 1", "1 ", ".5", "1.", "0x10", "NaN", "Infinity",
        "1.0000001", "1" * 25, "1" * 19 + ".123456", "１２", "٣",
    ],
)  # fmt: skip
def test_a_quantity_that_is_no_plain_decimal_is_rejected(tmp_path: Path, quantity: str) -> None:
    lines = [line(1), line(2, quantity=quantity)]
    header = header_for(lines, quantity={"token": Decimal(10)})

    result = check_csv(tmp_path, csv_bytes(lines), header)

    assert rows(result) == [("1", "accepted", ""), ("2", "rejected", "quantity_invalid")]
    assert rows(result, "quantity, quantity_text")[1] == (None, quantity)


@pytest.mark.parametrize("quantity", ["9223372036854775807", "9223372036854775808", "9" * 24])
def test_a_large_quantity_is_summed_exactly(tmp_path: Path, quantity: str) -> None:
    lines = [line(1, quantity=quantity), line(2, quantity=quantity)]

    result = check_csv(tmp_path, csv_bytes(lines), header_for(lines))

    assert result.totals[0].quantity == 2 * Decimal(quantity)


def test_every_line_that_shares_its_line_id_is_rejected(tmp_path: Path) -> None:
    lines = [line("a"), line("b"), line("a", quantity="3"), line(""), line("")]

    result = check_csv(tmp_path, csv_bytes(lines), header_for(lines))

    assert rows(result) == [
        ("a", "rejected", "line_id_duplicate"),
        ("b", "accepted", ""),
        ("a", "rejected", "line_id_duplicate"),
        ("", "rejected", "line_id_missing"),
        ("", "rejected", "line_id_missing"),
    ]


def test_a_report_outside_the_grant_is_quarantined_line_by_line(tmp_path: Path) -> None:
    lines = [line(1), line(2, work="nonsense")]
    late, other = tmp_path / "late", tmp_path / "other"
    late.mkdir()
    other.mkdir()

    out_of_term = check_csv(
        late, csv_bytes(lines), header_for(lines), grant=replace(GRANT, in_term=False)
    )
    other_model = check_csv(
        other, csv_bytes(lines), header_for(lines), grant=replace(GRANT, model_granted=False)
    )

    assert rows(out_of_term, "code") == [("period_out_of_term",), ("work_malformed",)]
    assert rows(other_model, "code") == [("model_not_granted",), ("work_malformed",)]


def test_a_territory_outside_the_grant_is_quarantined_and_an_unstated_one_is_not(
    tmp_path: Path,
) -> None:
    lines = [line(1, territory="JP"), line(2, territory="US"), line(3, territory="")]
    grant = replace(GRANT, territories=frozenset({"JP"}))
    body = csv_bytes(lines, [*COLUMNS, "territory"])

    result = check_csv(tmp_path, body, header_for(lines), grant=grant)

    assert rows(result, "code") == [("",), ("territory_not_granted",), ("",)]


def test_a_medium_outside_the_grant_is_quarantined_and_an_unstated_one_is_not(
    tmp_path: Path,
) -> None:
    lines = [line(1, media="video"), line(2, media="print"), line(3, media="")]
    grant = replace(GRANT, media=frozenset({"video"}))
    body = csv_bytes(lines, [*COLUMNS, "media"])

    result = check_csv(tmp_path, body, header_for(lines), grant=grant)

    assert rows(result, "media, code") == [("video", ""), ("print", "media_not_granted"), ("", "")]


def test_a_language_is_kept_in_the_case_of_its_standard(tmp_path: Path) -> None:
    written = ["ja", "EN", "en-gb", "ZH-hANT-hk", "es-419", "sl-NEDIS", "DE-1901", "zh-yue", ""]
    lines = [line(number, language=tag) for number, tag in enumerate(written)]
    body = csv_bytes(lines, [*COLUMNS, "language"])

    result = check_csv(tmp_path, body, header_for(lines))

    kept = ["ja", "en", "en-GB", "zh-Hant-HK", "es-419", "sl-nedis", "de-1901", "zh-yue", ""]
    assert rows(result, "language, media, code") == [(tag, "", "") for tag in kept]


def test_a_language_that_is_none_is_kept_as_it_was_written(tmp_path: Path) -> None:
    lines = [line(1, language="EN_gb")]
    body = csv_bytes(lines, [*COLUMNS, "language"])

    result = check_csv(tmp_path, body, header_for(lines))

    assert rows(result, "language, code") == [("EN_gb", "language_malformed")]


def test_a_price_that_counts_no_units_takes_any_known_unit(tmp_path: Path) -> None:
    lines = [line(1, unit="page"), line(2, unit="token")]
    grant = replace(GRANT, priced=frozenset(), priced_by_any_unit=frozenset({"ai-train"}))

    result = check_csv(tmp_path, csv_bytes(lines), header_for(lines), grant=grant)

    assert rows(result, "code") == [("",), ("",)]


def test_a_unit_that_only_this_licence_knows_is_known(tmp_path: Path) -> None:
    lines = [line(1, unit="voxel")]
    grant = replace(GRANT, priced=frozenset({("ai-train", "voxel")}))

    result = check_csv(tmp_path, csv_bytes(lines), header_for(lines), grant=grant)

    assert rows(result, "code") == [("",)]


def test_an_identifier_is_matched_in_its_normal_form(tmp_path: Path) -> None:
    lines = [line(1, work="domain:KAEDE.JP"), line(2, work="domain:TSUBAKI.jp")]

    result = check_csv(tmp_path, csv_bytes(lines), header_for(lines))

    assert rows(result, "work, work_id, code") == [
        ("domain:KAEDE.JP", 1, ""),
        ("domain:TSUBAKI.jp", 3, "work_not_granted"),
    ]


def test_many_distinct_works_are_matched_against_an_index_with_the_same_verdicts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    works = ["kaede.jp", "KAEDE.jp", "nobody.jp", 'od"d.jp', "momiji.jp"]
    lines = [line(n, work=f"domain:{work}") for n, work in enumerate(works)]
    shelf = Shelf({"domain:kaede.jp": 1, 'domain:od"d.jp': 2, "domain:momiji.jp": 3})
    by_name, by_index = tmp_path / "name", tmp_path / "index"
    by_name.mkdir()
    by_index.mkdir()

    looked_up = check_csv(by_name, csv_bytes(lines), header_for(lines), shelf=shelf)
    before = shelf.index_written
    monkeypatch.setattr("licensing.usage.judging.LOOK_UP_AT_ONCE", 1)
    joined = check_csv(by_index, csv_bytes(lines), header_for(lines), shelf=shelf)

    assert (before, shelf.index_written) == (False, True)
    expected = [(1, ""), (1, ""), (None, "work_unknown"), (2, ""), (3, "work_not_granted")]
    assert rows(looked_up, "work_id, code") == expected
    assert rows(joined, "work_id, code") == expected


def test_lines_that_do_not_fit_into_memory_get_the_same_verdicts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [
        line("a", language="EN-gb"),
        line("b", quantity="oops"),
        line("b", work="domain:nobody.jp"),
        line("c", work="domain:nobody.jp", quantity="0.25"),
    ]
    body = csv_bytes(lines, [*COLUMNS, "language"])
    everything = (
        "line_no, line_id, work, work_id, quantity, quantity_text, language, media, verdict, code"
    )
    held, staged = tmp_path / "held", tmp_path / "staged"
    held.mkdir()
    staged.mkdir()

    in_memory = check_csv(held, body, header_for(lines))
    monkeypatch.setattr("licensing.usage.proving.HELD", Decimal(0))
    on_disk = check_csv(staged, body, header_for(lines))

    assert not (held / "staged.parquet").exists()
    assert (staged / "staged.parquet").exists()
    assert rows(in_memory, everything) == rows(on_disk, everything)
    assert in_memory.totals == on_disk.totals


def test_totals_sum_to_what_was_received_in_lines_and_in_units(tmp_path: Path) -> None:
    lines = [
        line(1, quantity="100"),
        line(2, quantity="7", work="domain:nobody.jp"),
        line(3, quantity="5", unit="page"),
        line(4, quantity="2", use="train"),
        line(5, quantity="oops"),
    ]
    header = header_for(lines, quantity={"token": Decimal(109), "page": Decimal(5)})

    result = check_csv(tmp_path, csv_bytes(lines), header)

    assert [(t.verdict, t.code, t.unit, t.lines, t.quantity) for t in result.totals] == [
        ("accepted", "", "token", 1, Decimal(100)),
        ("quarantined", "unit_not_priced", "page", 1, Decimal(5)),
        ("quarantined", "work_unknown", "token", 1, Decimal(7)),
        ("rejected", "quantity_invalid", "", 1, Decimal(0)),
        ("rejected", "use_unknown", "token", 1, Decimal(2)),
    ]
    assert result.lines == 5


def test_json_numbers_are_read_by_their_digits(tmp_path: Path) -> None:
    lines = [line(1) | {"quantity": 9223372036854775809}, line(2) | {"quantity": 1.5}]
    header = header_for([], lines=2, quantity={"token": Decimal("9223372036854775810.5")})

    result = check_json(tmp_path, lines, header)

    assert rows(result, "quantity, code") == [
        (Decimal(9223372036854775809), ""),
        (Decimal("1.5"), ""),
    ]
