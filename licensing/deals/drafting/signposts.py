"""What is wrong or doubtful in a form, each with the name of its field and the way to it."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from licensing.deals.drafting.clause_forms import ClauseForm
from licensing.deals.drafting.draft import Draft
from licensing.errors import Fault


@dataclass(frozen=True, slots=True)
class Signpost:
    """A message, the field it speaks of, and the field's id on the page."""

    label: str
    anchor: str
    message: str


def complaints(draft: Draft) -> list[Signpost]:
    """Return everything that is wrong at a field, in the order of the page."""
    return [
        Signpost(_label(place, form, name), _anchor(form, name), str(message))
        for place, form in _places(draft)
        for name, messages in form.errors.items()
        for message in messages
    ]


def cautions(draft: Draft, warnings: list[Fault]) -> list[Signpost]:
    """Set warnings beside their fields and return where they stand."""
    places = {id(form): place for place, form in _places(draft)}
    posts = []
    for warning in warnings:
        form, name = draft.field_at(warning.where)
        if form is None:
            posts.append(Signpost(warning.where, "", warning.message))
            continue
        form.cautions.setdefault(name or "", []).append(warning.message)
        place = places[id(form)]
        posts.append(Signpost(_label(place, form, name), _anchor(form, name), warning.message))
    return posts


def _places(draft: Draft) -> Iterator[tuple[str, ClauseForm]]:
    """Yield every form with the words for where it stands."""
    yield "", draft.grant
    for number, rows in enumerate(draft.prices, start=1):
        price = _("Price %(number)d") % {"number": number}
        yield price, rows.price
        words = {
            "tiers": _("band %(number)d"),
            "factors": _("factor %(number)d"),
            "escalators": _("escalator %(number)d"),
        }
        for kind, listed in rows.asked_rows.items():
            for row, form in enumerate(listed, start=1):
                yield f"{price} · {words[kind] % {'number': row}}", form
    yield "", draft.money
    for row, points in enumerate(draft.asked_points, start=1):
        yield _("points %(number)d") % {"number": row}, points
    yield "", draft.duties


def _label(place: str, form: ClauseForm, name: str | None) -> str:
    label = str(form.fields[name].label) if name in form.fields else ""
    return " · ".join(filter(None, [place, label]))


def _anchor(form: ClauseForm, name: str | None) -> str:
    visible = [bound.name for bound in form.visible_fields()]
    return str(form[name if name in form.fields else visible[0]].auto_id)
