"""Charts in templates, each with the same data as a table beneath it or in its description."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe

from licensing.charts import waterfall as drawing
from licensing.charts.markup import Caption
from licensing.templatetags.money import money

register = template.Library()


def steps_of(rows: Iterable[Mapping[str, Any]], currency: str) -> list[drawing.Step]:
    """Read a waterfall's rows: {label, amount_minor} and, for a sum reached, ``kind: "total"``."""
    return [
        drawing.Step(
            str(row["label"]),
            int(row["amount_minor"]),
            money(int(row["amount_minor"]), currency),
            drawing.StepKind(row.get("kind") or drawing.StepKind.CHANGE),
        )
        for row in rows
    ]


@register.simple_tag
def waterfall_svg(
    rows: Iterable[Mapping[str, Any]], currency: str, key: str = "waterfall", title: str = ""
) -> SafeString:
    """Draw the chart alone, for a document that prints the figures beside it."""
    steps = steps_of(rows, currency)
    said = "; ".join(f"{step.label} {step.text}" for step in steps)
    return mark_safe(drawing.waterfall(steps, Caption(key, title, said)))  # noqa: S308  # charts.markup escapes every text


@register.inclusion_tag("components/waterfall.html")
def waterfall(
    rows: Iterable[Mapping[str, Any]], currency: str, key: str = "waterfall", title: str = ""
) -> dict[str, Any]:
    """Show the way from gross to net as a chart and, foldable under it, as a table.

    ``{% waterfall steps statement.currency key="stm" title=_("From gross to net") %}``
    """
    listed = list(rows)
    return {
        "svg": waterfall_svg(listed, currency, key, title),
        "rows": listed,
        "currency": currency,
        "title": title,
        "key": key,
    }
