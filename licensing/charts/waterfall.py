"""PURE. From gross to net: every deduction as a bar that starts where the last one ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from licensing.charts.markup import Caption, chart, share, tag

ROW = 44
BAR = 12
BAR_TOP = 22


class StepKind(StrEnum):
    """Whether a bar shows a sum reached or a change to it."""

    TOTAL = "total"
    CHANGE = "change"


@dataclass(frozen=True, slots=True)
class Step:
    """One bar. ``amount_minor`` of a change is signed; ``text`` is the amount as people read it."""

    label: str
    amount_minor: int
    text: str
    kind: StepKind = StepKind.CHANGE


@dataclass(frozen=True, slots=True)
class Bar:
    """A step with the two sums it reaches between."""

    step: Step
    start: int
    end: int

    @property
    def look(self) -> str:
        """The class that colours the bar."""
        if self.step.kind is StepKind.TOTAL:
            return "bar-below" if self.end < 0 else "bar-total"
        return "bar-minus" if self.step.amount_minor < 0 else "bar-plus"


def bars(steps: Sequence[Step]) -> list[Bar]:
    """Place each step: a total from zero, a change from where the steps before it ended.

    Raises `ValueError` if a total differs from the sum of what stands above it, because such a
    chart would show money that is not there. The first total starts the sum.
    """
    placed: list[Bar] = []
    reached = 0
    for number, step in enumerate(steps):
        if step.kind is StepKind.CHANGE:
            placed.append(Bar(step, reached, reached + step.amount_minor))
            reached += step.amount_minor
            continue
        if number and step.amount_minor != reached:
            raise ValueError(f"{step.label} says {step.amount_minor}; the steps reach {reached}")
        placed.append(Bar(step, 0, step.amount_minor))
        reached = step.amount_minor
    return placed


def _row(bar: Bar, number: int, low: int, span: int) -> list[str]:
    top = number * ROW
    left, right = sorted((bar.start, bar.end))
    strength = "value" if bar.step.kind is StepKind.TOTAL else "label"
    return [
        tag("text", text=bar.step.label, x="0", y=top + 15, class_=strength),
        tag("text", text=bar.step.text, x="100%", y=top + 15, text_anchor="end", class_="value"),
        tag(
            "rect",
            x=share(left - low, span),
            y=top + BAR_TOP,
            width=share(right - left, span),
            height=BAR,
            rx=2,
            class_=bar.look,
        ),
    ]


def _link(bar: Bar, number: int, low: int, span: int) -> str:
    """Lead the eye from one bar's end to the next bar."""
    x = share(bar.end - low, span)
    top = number * ROW + BAR_TOP + BAR
    return tag("line", x1=x, x2=x, y1=top, y2=top + ROW - BAR, class_="link")


def waterfall(steps: Sequence[Step], caption: Caption) -> str:
    """Draw steps from gross to net; each row says its label and amount above its bar."""
    placed = bars(steps)
    sums = [0, *(edge for bar in placed for edge in (bar.start, bar.end))]
    low, span = min(sums), max(sums) - min(sums)
    links = [_link(bar, n, low, span) for n, bar in enumerate(placed[:-1])]
    rows = [part for n, bar in enumerate(placed) for part in _row(bar, n, low, span)]
    return chart(*links, *rows, caption=caption, height=max(len(placed), 1) * ROW)
