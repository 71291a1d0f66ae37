from xml.etree import ElementTree as ET

import pytest

from licensing.charts.bars import Column, columns, sparkline
from licensing.charts.markup import Caption

CAPTION = Caption("c", "Charges by month")
SVG = "{http://www.w3.org/2000/svg}"


def rects(svg: str) -> list[ET.Element]:
    return ET.fromstring(svg).findall(f"{SVG}rect")  # noqa: S314 - our own markup


def test_columns_grow_with_their_values_and_the_last_stands_out() -> None:
    # The tallest fills 72; a half is 36; one in a million still shows as 1; nothing shows as 0.
    svg = columns(
        [
            Column("Jan", 500_000, "¥500,000"),
            Column("Feb", 1, "¥1"),
            Column("Mar", 0, "¥0"),
            Column("Apr", 1_000_000, "¥1,000,000"),
        ],
        caption=CAPTION,
    )

    assert [r.get("height") for r in rects(svg)] == ["36", "1", "0", "72"]
    assert [r.get("class") for r in rects(svg)] == ["bar quiet", "bar quiet", "bar quiet", "bar"]
    assert rects(svg)[0].findtext(f"{SVG}title") == "Jan: ¥500,000"


def test_the_first_and_the_last_column_are_labelled() -> None:
    one = columns([Column("Jan", 1, "1")], caption=CAPTION)
    two = columns([Column("Jan", 1, "1"), Column("Feb", 2, "2")], caption=CAPTION)
    none = columns([], caption=CAPTION)

    assert (none.count("<text"), one.count("<text"), two.count("<text")) == (0, 1, 2)


def test_all_zero_columns_lie_on_the_ground() -> None:
    assert [r.get("height") for r in rects(columns([Column("Jan", 0, "0")], caption=CAPTION))] == [
        "0"
    ]


def test_a_negative_column_is_refused() -> None:
    with pytest.raises(ValueError, match="none may be negative"):
        columns([Column("Jan", -1, "−1")], caption=CAPTION)


def test_a_sparkline_tells_its_values_to_those_who_do_not_see_it() -> None:
    svg = sparkline([Column("Jan", 1, "1"), Column("Feb", 2, "2")], caption=CAPTION)

    root = ET.fromstring(svg)  # noqa: S314 - our own markup
    assert root.get("class") == "chart sparkline"
    assert root.findtext(f"{SVG}desc") == "Jan: 1; Feb: 2"
