"""PURE. A few values beside each other: small columns that sit in a card or a table's cell."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from licensing.charts.markup import Caption, chart, share, tag

HEIGHT = 72
LABELS = 18
SPARK_HEIGHT = 24


@dataclass(frozen=True, slots=True)
class Column:
    """One value, not negative; ``text`` is what a pointer resting on it is told."""

    label: str
    value: int
    text: str


def _columns(values: Sequence[Column], height: int, offset: int) -> list[str]:
    """Draw one column per value with a quarter of its room left free; only the last stands out."""
    if any(each.value < 0 for each in values):
        raise ValueError("columns stand on a ground line: none may be negative")
    tallest = max((each.value for each in values), default=0)
    parts = []
    for number, each in enumerate(values):
        size = round(Fraction(each.value * height, tallest)) if tallest else 0
        size = max(size, 1) if each.value else size
        parts.append(
            tag(
                "rect",
                tag("title", text=f"{each.label}: {each.text}"),
                x=share(Fraction(8 * number + 1, 8), len(values)),
                width=share(Fraction(6, 8), len(values)),
                y=offset + height - size,
                height=size,
                rx=1,
                class_="bar" if number == len(values) - 1 else "bar quiet",
            )
        )
    return parts


def columns(values: Sequence[Column], caption: Caption) -> str:
    """Draw columns with the first and the last one labelled below them."""
    parts = _columns(values, HEIGHT, 0)
    parts.append(tag("line", x1="0", x2="100%", y1=HEIGHT, y2=HEIGHT, class_="axis"))
    if values:
        parts.append(tag("text", text=values[0].label, x="0", y=HEIGHT + LABELS - 3))
    if len(values) > 1:
        parts.append(
            tag("text", text=values[-1].label, x="100%", y=HEIGHT + LABELS - 3, text_anchor="end")
        )
    return chart(*parts, caption=caption, height=HEIGHT + LABELS)


def sparkline(values: Sequence[Column], caption: Caption) -> str:
    """Draw columns alone, small enough for a line of text; its values are its description."""
    said = "; ".join(f"{each.label}: {each.text}" for each in values)
    return chart(
        *_columns(values, SPARK_HEIGHT, 0),
        caption=Caption(caption.key, caption.title, said),
        height=SPARK_HEIGHT,
        extra_class="sparkline",
    )
