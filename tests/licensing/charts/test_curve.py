from fractions import Fraction
from xml.etree import ElementTree as ET

import pytest

from licensing.charts.curve import Axis, Mark, Point, curve
from licensing.charts.markup import Caption

CAPTION = Caption("k", "Charge by tokens")
AXIS = Axis("200 tokens", "¥300")
SVG = "{http://www.w3.org/2000/svg}"
# 2 yen a token up to 100, 1 yen above: 200 at 100, 300 at 200.
POINTS = [Point(Fraction(0), 0), Point(Fraction(100), 200), Point(Fraction(200), 300)]


def test_the_line_passes_through_the_points() -> None:
    svg = curve(POINTS, axis=AXIS, caption=CAPTION)

    # In a frame of 10,000: half of the width is 5000; 200 of 300 leaves a third, 3333, above it.
    (line,) = ET.fromstring(svg).findall(f".//{SVG}path[@class='curve']")  # noqa: S314 - ours
    assert line.get("d") == "M0 10000L5000 3333L10000 0"


def test_tier_bounds_are_marked_and_those_beyond_the_frame_left_out() -> None:
    svg = curve(
        POINTS,
        axis=AXIS,
        caption=CAPTION,
        marks=[
            Mark(Fraction(50), "early"),
            Mark(Fraction(100), "bound"),
            Mark(Fraction(500), "far"),
        ],
    )

    assert 'text-anchor="start" x="25%"' in svg or 'x="25%" y="14" text-anchor="start"' in svg
    assert ">bound<" in svg
    assert ">far<" not in svg


def test_a_sample_is_shown_as_a_point_with_its_words() -> None:
    svg = curve(POINTS, axis=AXIS, caption=CAPTION, sample=(POINTS[1], "¥200"))

    (point,) = ET.fromstring(svg).findall(f".//{SVG}circle")  # noqa: S314 - our own markup
    # 200 of 300 on a height of 180 is 120 above the ground at 200.
    assert (point.get("cx"), point.get("cy")) == ("50%", "80")
    assert ">¥200<" in svg


def test_a_free_price_draws_a_flat_line() -> None:
    svg = curve([Point(Fraction(0), 0), Point(Fraction(1), 0)], axis=AXIS, caption=CAPTION)

    assert 'd="M0 10000L10000 10000"' in svg


@pytest.mark.parametrize(
    "points",
    [
        [],
        [Point(Fraction(0), 0)],
        [Point(Fraction(1), 0), Point(Fraction(1), 1)],
        [Point(Fraction(2), 0), Point(Fraction(1), 1)],
    ],
)
def test_points_that_make_no_curve_are_refused(points: list[Point]) -> None:
    with pytest.raises(ValueError, match="ascending by quantity"):
        curve(points, axis=AXIS, caption=CAPTION)


def test_a_negative_charge_is_refused() -> None:
    with pytest.raises(ValueError, match="not negative"):
        curve([Point(Fraction(0), 0), Point(Fraction(1), -1)], axis=AXIS, caption=CAPTION)
