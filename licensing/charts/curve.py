"""PURE. What a price charges as usage grows, with the bounds of its tiers marked."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from licensing.charts.markup import Caption, chart, path_through, share, tag

HEIGHT = 180
TOP = 20
FRAME = 10_000


@dataclass(frozen=True, slots=True)
class Point:
    """A charge, in minor units, at a quantity of usage."""

    quantity: Fraction
    charge_minor: int


@dataclass(frozen=True, slots=True)
class Mark:
    """A quantity worth naming: a tier's bound, or the reader's own sample."""

    quantity: Fraction
    label: str


@dataclass(frozen=True, slots=True)
class Axis:
    """The words at the ends of the axes."""

    most_quantity: str
    most_charge: str
    zero: str = "0"


def _line(points: Sequence[Point], widest: Fraction, highest: int) -> str:
    """Draw the curve in a frame that stretches with the page while its line keeps its width."""
    scaled = [
        (point.quantity * FRAME / widest, FRAME - Fraction(point.charge_minor * FRAME, highest))
        for point in points
    ]
    through = path_through(scaled)
    area = f"{through}L{round(scaled[-1][0])} {FRAME}L{round(scaled[0][0])} {FRAME}Z"
    return tag(
        "svg",
        tag("path", d=area, class_="area"),
        tag("path", d=through, class_="curve", vector_effect="non-scaling-stroke"),
        x="0",
        y=TOP,
        width="100%",
        height=HEIGHT,
        viewBox=f"0 0 {FRAME} {FRAME}",
        preserveAspectRatio="none",
    )


def _anchor(quantity: Fraction, widest: Fraction) -> str:
    """Keep a mark's label inside the frame: it leans away from the nearer edge."""
    return "start" if quantity * 2 < widest else "end"


def _mark(mark: Mark, widest: Fraction) -> list[str]:
    x = share(mark.quantity, widest)
    anchor = _anchor(mark.quantity, widest)
    return [
        tag("line", x1=x, x2=x, y1=TOP, y2=TOP + HEIGHT, class_="bound"),
        tag("text", text=mark.label, x=x, y=TOP - 6, text_anchor=anchor),
    ]


def _sample(point: Point, text: str, widest: Fraction, highest: int) -> list[str]:
    x = share(point.quantity, widest)
    y = TOP + HEIGHT - round(Fraction(point.charge_minor * HEIGHT, highest))
    anchor = _anchor(point.quantity, widest)
    above = y - 12
    beside_marks = above < TOP + 14
    return [
        tag("circle", cx=x, cy=y, r=5, class_="point"),
        tag(
            "text",
            text=text,
            x=x,
            y=y + 20 if beside_marks else above,
            text_anchor=anchor,
            class_="value",
        ),
    ]


def curve(
    points: Sequence[Point],
    *,
    axis: Axis,
    caption: Caption,
    marks: Sequence[Mark] = (),
    sample: tuple[Point, str] | None = None,
) -> str:
    """Draw charge against usage through ``points``, which ascend by quantity.

    ``marks`` are tier bounds; ``sample`` is one point with its words. Marks beyond the last point
    are left out. Raises `ValueError` for fewer than two points, for points that do not ascend and
    for a negative charge.
    """
    ascending = all(a.quantity < b.quantity for a, b in pairwise(points))
    if len(points) < 2 or not ascending:
        raise ValueError("a curve needs two points or more, ascending by quantity")
    if any(point.charge_minor < 0 for point in points):
        raise ValueError("a charge for usage is not negative")
    widest = points[-1].quantity
    highest = max(point.charge_minor for point in points) or 1
    ground = TOP + HEIGHT
    parts = [
        tag("line", x1="0", x2="100%", y1=TOP, y2=TOP, class_="grid"),
        tag("line", x1="0", x2="100%", y1=TOP + HEIGHT // 2, y2=TOP + HEIGHT // 2, class_="grid"),
        *(part for mark in marks if mark.quantity <= widest for part in _mark(mark, widest)),
        _line(points, widest, highest),
        tag("line", x1="0", x2="100%", y1=ground, y2=ground, class_="axis"),
        tag("text", text=axis.zero, x="0", y=ground + 16),
        tag("text", text=axis.most_quantity, x="100%", y=ground + 16, text_anchor="end"),
        tag("text", text=axis.most_charge, x="0", y=TOP + 14, class_="value"),
    ]
    if sample is not None:
        parts += _sample(*sample, widest, highest)
    return chart(*parts, caption=caption, height=ground + 22)
