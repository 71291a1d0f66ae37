"""PURE. Writing SVG: escaping, attributes, positions."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from html import escape
from itertools import count

Position = Fraction | int | str


@dataclass(frozen=True, slots=True)
class Caption:
    """What a chart is called and says to those who do not see it; ``key`` is unique on the page."""

    key: str
    title: str
    description: str = ""


def share(part: Fraction | int, whole: Fraction | int) -> str:
    """Return a part of a whole as a percentage with two decimals; of nothing it is zero."""
    if whole == 0:
        return "0%"
    hundredths = round(Fraction(part) * 10_000 / Fraction(whole))
    return (
        f"{hundredths // 100}.{hundredths % 100:02d}%"
        if hundredths % 100
        else f"{hundredths // 100}%"
    )


def tag(name: str, *children: str, text: str | None = None, **attributes: Position) -> str:
    """Return one element. Attribute names write ``_`` for ``-`` and a last ``_`` is dropped.

    ``children`` are markup already; ``text`` and attribute values are escaped.
    """
    pairs = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(str(value))}"'
        for key, value in attributes.items()
        if value != ""
    )
    inside = "".join(children) + (escape(text) if text is not None else "")
    return f"<{name}{pairs}>{inside}</{name}>" if inside else f"<{name}{pairs}/>"


def chart(*parts: str, caption: Caption, height: int, extra_class: str = "") -> str:
    """Frame a chart of a fixed height that is as wide as its place."""
    head = [tag("title", text=caption.title, id=f"{caption.key}-title")]
    if caption.description:
        head.append(tag("desc", text=caption.description, id=f"{caption.key}-desc"))
    return tag(
        "svg",
        *head,
        *parts,
        xmlns="http://www.w3.org/2000/svg",
        class_=f"chart {extra_class}".strip(),
        role="img",
        aria_labelledby=f"{caption.key}-title",
        aria_describedby=f"{caption.key}-desc" if caption.description else "",
        width="100%",
        height=height,
    )


def path_through(points: Iterable[tuple[Fraction, Fraction]]) -> str:
    """Return the ``d`` of a line through points, in whole thousandths of the frame."""
    steps = zip(count(), points, strict=False)
    return "".join(f"{'L' if n else 'M'}{round(x)} {round(y)}" for n, (x, y) in steps)


PAPER_STYLE = (
    "text{font-family:'Noto Sans CJK JP','Noto Sans JP',sans-serif;font-size:11px;fill:#3d4358}"
    ".value{fill:#1c2033;font-weight:bold}"
    ".bar-total,.bar{fill:#2f48a8}.bar-minus{fill:#b9771f}.bar-plus{fill:#2f8f63}"
    ".bar-below{fill:#b3372f}.axis{stroke:#8a90a6;stroke-width:0.75}"
    ".link,.grid{stroke:#ccd1df;stroke-width:0.75}"
)


def with_style(svg: str, style: str) -> str:
    """Put a stylesheet into a chart, for paper: a printed document cannot lend it its own."""
    opening, rest = svg.split(">", 1)
    return f"{opening}>{tag('style', style)}{rest}"
