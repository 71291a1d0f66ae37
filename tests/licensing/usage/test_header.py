import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from licensing.strict_json import Number
from licensing.usage import header, strict
from licensing.usage.header import Header, InvalidHeader, ReportType

WRITTEN: dict[str, Any] = {
    "report_id": "oct-1",
    "type": "original",
    "licence": "lic_a",
    "period": "2026-10",
    "model": {"family": "vista", "version": "2"},
    "lines": 2,
    "quantity": {"token": "1500.50", "page": "3"},
    "sha256": "a" * 64,
}


def parsed(**changes: Any) -> Header:
    written = {name: value for name, value in (WRITTEN | changes).items() if value is not None}
    return header.parse(strict.loads(json.dumps(written).encode()))


def faults(**changes: Any) -> list[tuple[str, str]]:
    with pytest.raises(InvalidHeader) as caught:
        parsed(**changes)
    return [(fault.where, fault.code) for fault in caught.value.faults]


def test_a_header_is_read_with_exact_quantities() -> None:
    assert parsed() == Header(
        report_id="oct-1",
        type=ReportType.ORIGINAL,
        licence="lic_a",
        period=date(2026, 10, 1),
        lines=2,
        quantity={"token": Decimal("1500.50"), "page": Decimal(3)},
        model_family="vista",
        model_version="2",
        sha256="a" * 64,
    )


def test_totals_may_be_json_numbers_because_their_digits_are_kept() -> None:
    assert parsed(quantity={"token": 9223372036854775808}).quantity == {"token": Decimal(2**63)}


def test_a_report_without_a_model_and_without_a_hash_is_readable() -> None:
    read = parsed(model=None, sha256=None)

    assert (read.model_family, read.model_version, read.sha256) == ("", "", "")


def test_a_zero_report_needs_no_totals() -> None:
    read = parsed(type="zero", lines=None, quantity=None, sha256=None)

    assert (read.lines, read.quantity) == (0, {})


def test_a_correction_and_a_replacement_say_what_they_are_about() -> None:
    assert parsed(type="correction", corrects="sep-1").refers_to == "sep-1"
    assert parsed(type="replacement", replaces="sep-1").refers_to == "sep-1"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"report_id": None}, [("report_id", "text_expected")]),
        ({"report_id": " x"}, [("report_id", "spaces_around")]),
        ({"report_id": "  "}, [("report_id", "text_expected")]),
        ({"report_id": "x" * 101}, [("report_id", "text_expected")]),
        ({"report_id": 7}, [("report_id", "text_expected")]),
        ({"type": "first"}, [("type", "type_unknown")]),
        ({"type": ["original"]}, [("type", "type_unknown")]),
        ({"period": "2026-13"}, [("period", "period_malformed")]),
        ({"period": "0000-01"}, [("period", "period_malformed")]),
        ({"period": "２０２６-10"}, [("period", "period_malformed")]),
        ({"period": 202610}, [("period", "period_malformed")]),
        ({"model": "vista"}, [("model", "object_expected")]),
        ({"model": {"family": "v"}}, [("model.version", "text_expected")]),
        ({"model": WRITTEN["model"] | {"size": "7b"}}, [("model.size", "unknown_field")]),
        ({"lines": "2"}, [("lines", "count_expected")]),
        ({"lines": -1}, [("lines", "count_expected")]),
        ({"lines": 1.5}, [("lines", "count_expected")]),
        ({"lines": 0}, [("lines", "no_lines")]),
        ({"quantity": None}, [("quantity", "object_expected")]),
        ({"quantity": ["1"]}, [("quantity", "object_expected")]),
        ({"quantity": {}}, [("quantity", "total_missing")]),
        ({"quantity": {f"u{n}": "1" for n in range(33)}}, [("quantity", "object_expected")]),
        ({"quantity": {"token": "1e3"}}, [("quantity.token", "quantity_invalid")]),
        ({"quantity": {"token": "-1"}}, [("quantity.token", "quantity_invalid")]),
        ({"quantity": {"token": None}}, [("quantity.token", "quantity_invalid")]),
        ({"quantity": {"Token": "1"}}, [("quantity.Token", "unit_malformed")]),
        ({"sha256": "A" * 64}, [("sha256", "sha256_malformed")]),
        ({"sha256": 5}, [("sha256", "sha256_malformed")]),
        ({"surprise": 1}, [("surprise", "unknown_field")]),
        ({"corrects": "x"}, [("corrects", "does_not_belong")]),
        ({"type": "correction"}, [("corrects", "missing")]),
        (
            {"type": "correction", "replaces": "x"},
            [("replaces", "does_not_belong"), ("corrects", "missing")],
        ),
        ({"type": "zero", "quantity": None}, [("lines", "zero_has_lines")]),
        ({"type": "zero", "lines": 0}, [("quantity", "zero_has_quantity")]),
    ],
)  # fmt: skip
def test_each_fault_is_named_with_its_field(
    changes: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert faults(**changes) == expected


def test_all_faults_are_named_at_once() -> None:
    assert len(faults(report_id=None, period="x", lines=-1)) == 3


@pytest.mark.parametrize("document", [[], "x", None, Number("1")])
def test_a_header_is_an_object(document: object) -> None:
    with pytest.raises(InvalidHeader):
        header.parse(document)


def test_headers_that_say_the_same_are_told_from_those_that_do_not() -> None:
    same = parsed(quantity={"page": "3.0", "token": "1500.5"})

    assert same.canonical == parsed().canonical
    assert replace(same, report_id="oct-2").canonical != same.canonical


@pytest.mark.parametrize(
    ("value", "text"),
    [("1500", "1500"), ("1500.000000", "1500"), ("0.250000", "0.25"), ("1E+3", "1000")],
)
def test_a_decimal_is_written_plainly(value: str, text: str) -> None:
    assert header.plain(Decimal(value)) == text
