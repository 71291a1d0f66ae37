"""The rows of points by which charges are divided among works."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from licensing.deals.drafting.entries import ABSENT, Document, look_up, put, whole
from licensing.deals.drafting.fields import LinesField, NumberField
from licensing.deals.drafting.listings import kinds, lines
from licensing.deals.drafting.prices import Posted, count_rows, row_before
from licensing.deals.drafting.rows import RowForm

BY_POINTS = "points"
_RULES = ("distribution", "points")


class PointsForm(RowForm):
    """How many points some works have, named one by one or by their kind."""

    entries = (
        whole("points", "points"),
        kinds("kinds", "kinds"),
        lines("works", "works"),
    )

    points = NumberField(label=_("Points"))
    kinds = forms.CharField(
        label=_("Kinds of work"), required=False, help_text=_("For example book, manga.")
    )
    works = LinesField(label=_("Works by identifier"), required=False, rows=1, placeholder="work_…")


def points_of(document: Mapping[str, Any]) -> list[PointsForm]:
    """Return the rows that show a document."""
    return [
        PointsForm(prefix=f"points-{at}", initial={**PointsForm.initial_of(rule), "was": at})
        for at, rule in enumerate(_rules(document))
    ]


def points_read(posted: Posted) -> list[PointsForm]:
    """Return the rows as they were sent."""
    return [
        PointsForm(posted, prefix=f"points-{at}") for at in count_rows(posted, "points-{}-points")
    ]


def points_typed(rows: list[Document]) -> list[PointsForm]:
    """Return rows of what was typed, with nothing complained of."""
    return [PointsForm(prefix=f"points-{at}", initial=row) for at, row in enumerate(rows)]


def write_points(rows: list[PointsForm], key: str, document: Document, base: Document) -> None:
    """Write the rows; a division by anything else has none, and no points for other works."""
    if key != BY_POINTS:
        for name in ("points", "otherwise"):
            if look_up(document, ("distribution", name)) not in (ABSENT, None, []):
                put(document, ("distribution", name), ABSENT)
        return
    before = _rules(base)
    if rows:
        put(document, _RULES, [row.written(row_before(row, before)) for row in rows])
    elif before:
        put(document, _RULES, ABSENT)


def unshowable_points(rows: list[PointsForm], document: Document) -> list[str]:
    """Return the places of the rules that the rows could not write again."""
    rules = _rules(document)
    return [
        f"distribution.points[{at}].{path}"
        for at, row in enumerate(rows)
        for path in row.unshowable(rules[at])
    ]


def _rules(document: Mapping[str, Any]) -> list[Document]:
    found = look_up(document, _RULES)
    return [] if found in (ABSENT, None) else list(found)
