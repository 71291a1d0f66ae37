from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licensing.charts.markup import PAPER_STYLE, Caption, with_style
from licensing.charts.waterfall import Step, StepKind, bars, waterfall

CAPTION = Caption("w", "From gross to net", "All of it")
SVG = "{http://www.w3.org/2000/svg}"


def step(label: str, minor: int, kind: StepKind = StepKind.CHANGE) -> Step:
    return Step(label, minor, f"¥{minor}", kind)


def test_each_change_starts_where_the_last_step_ended() -> None:
    # 1000 − 30 − 70 = 900
    placed = bars(
        [
            step("Gross", 1000, StepKind.TOTAL),
            step("Fee", -30),
            step("Fee", -70),
            step("Net", 900, StepKind.TOTAL),
        ]
    )

    assert [(bar.start, bar.end) for bar in placed] == [
        (0, 1000),
        (1000, 970),
        (970, 900),
        (0, 900),
    ]
    assert [bar.look for bar in placed] == ["bar-total", "bar-minus", "bar-minus", "bar-total"]


def test_a_total_that_the_steps_do_not_reach_is_refused() -> None:
    with pytest.raises(ValueError, match="Net says 901; the steps reach 900"):
        bars(
            [
                step("Gross", 1000, StepKind.TOTAL),
                step("Fee", -100),
                step("Net", 901, StepKind.TOTAL),
            ]
        )


def test_a_sum_below_zero_and_an_addition_have_looks_of_their_own() -> None:
    placed = bars(
        [
            step("Gross", 10, StepKind.TOTAL),
            step("Correction", -30),
            step("Plus", 5),
            step("Net", -15, StepKind.TOTAL),
        ]
    )

    assert [bar.look for bar in placed] == ["bar-total", "bar-minus", "bar-plus", "bar-below"]


def test_the_chart_is_well_formed_titled_and_escaped() -> None:
    svg = waterfall([step("<b>&", 1, StepKind.TOTAL)], caption=CAPTION)

    root = ET.fromstring(svg)  # noqa: S314 - our own markup
    assert root.get("aria-labelledby") == "w-title"
    assert root.findtext(f"{SVG}title") == "From gross to net"
    assert root.findtext(f"{SVG}desc") == "All of it"
    assert root.findtext(f"{SVG}text") == "<b>&"
    assert "style=" not in svg


def test_bars_are_placed_by_hand_worked_shares() -> None:
    # Between −25 and 75 the span is 100: a bar from 0 to 75 starts at 25 % and is 75 % wide.
    svg = waterfall([step("A", 75, StepKind.TOTAL), step("B", -100)], caption=CAPTION)

    rects = ET.fromstring(svg).findall(f"{SVG}rect")  # noqa: S314 - our own markup
    assert [(r.get("x"), r.get("width")) for r in rects] == [("25%", "75%"), ("0%", "100%")]


def test_a_chart_of_nothing_is_still_a_chart() -> None:
    assert ET.fromstring(waterfall([], caption=CAPTION)).get("height") == "44"  # noqa: S314 - ours
    assert 'width="0%"' in waterfall([step("Zero", 0, StepKind.TOTAL)], caption=CAPTION)


def test_a_printed_chart_brings_its_colours() -> None:
    svg = with_style(waterfall([step("A", 1)], caption=Caption("w", "T")), PAPER_STYLE)

    assert ET.fromstring(svg).findtext(f"{SVG}style") == PAPER_STYLE  # noqa: S314 - our own markup
    assert "aria-describedby" not in svg


@given(st.lists(st.integers(min_value=-(10**15), max_value=10**15), min_size=1))
def test_no_bar_leaves_the_chart(changes: list[int]) -> None:
    svg = waterfall([step("x", change) for change in changes], caption=CAPTION)

    for rect in ET.fromstring(svg).findall(f"{SVG}rect"):  # noqa: S314 - our own markup
        left, width = (float(rect.get(name, "").rstrip("%")) for name in ("x", "width"))
        assert 0 <= left <= 100
        assert left + width <= 100.02
