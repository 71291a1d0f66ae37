"""Charts in templates, each with the same data as a table beneath it or in its description."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from licensing.charts import waterfall as drawing
from licensing.charts.markup import PAPER_STYLE, Caption, with_style
from licensing.templatetags.money import money

register = template.Library()

STEPS: dict[str, str | Promise] = {
    "gross": _("Charges for your works"),
    "operator_fee": _("Operator's fee"),
    "collective_fee": _("Collective's fee"),
    "other_shares": _("Parts of other holders"),
    "corrections": _("Corrections of earlier periods"),
    "reserve": _("Held in reserve"),
    "liquidation": _("Released from the reserve"),
    "recouped": _("Recouped from the advance"),
    "advance": _("Advance"),
    "earned": _("Earned"),
    "withholding": _("Withholding tax"),
    "carried_forward": _("Carried forward"),
    "payable": _("Payable"),
}


def step_label(row: Mapping[str, Any]) -> str:
    """Return a row's own label, or what its step is called in the reader's language."""
    return str(row.get("label") or STEPS.get(row.get("step", ""), row.get("step", "")))


def steps_of(rows: Iterable[Mapping[str, Any]], currency: str) -> list[drawing.Step]:
    """Read a waterfall's rows: {step or label, amount_minor}, ``kind: "total"`` for a sum reached.

    Steps are the keys of `STEPS`; a row may bring its own label instead.
    """
    return [
        drawing.Step(
            step_label(row),
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
    """Draw the chart alone."""
    steps = steps_of(rows, currency)
    said = "; ".join(f"{step.label} {step.text}" for step in steps)
    return mark_safe(drawing.waterfall(steps, Caption(key, title, said)))  # noqa: S308  # charts.markup escapes every text


@register.simple_tag
def waterfall_paper(
    rows: Iterable[Mapping[str, Any]], currency: str, key: str = "waterfall", title: str = ""
) -> SafeString:
    """Draw the chart for a printed document, which brings its colours along."""
    return mark_safe(with_style(waterfall_svg(rows, currency, key, title), PAPER_STYLE))  # noqa: S308  # both are our own markup


@register.inclusion_tag("components/waterfall.html")
def waterfall(
    rows: Iterable[Mapping[str, Any]], currency: str, key: str = "waterfall", title: str = ""
) -> dict[str, Any]:
    """Show the way from gross to net as a chart and, foldable under it, as a table.

    ``{% waterfall steps statement.currency key="stm" title=_("From gross to net") %}``
    """
    listed = [{**row, "label": step_label(row)} for row in rows]
    return {
        "svg": waterfall_svg(listed, currency, key, title),
        "rows": listed,
        "currency": currency,
        "title": title,
        "key": key,
    }
