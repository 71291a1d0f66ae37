"""Small parts that pages are made of: addresses, icons, identifiers, sorting, form fields."""

from typing import Any

from django import template
from django.forms import BoundField
from django.http import HttpRequest, QueryDict
from django.template.context import Context
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

register = template.Library()


def _query(context: Context) -> QueryDict:
    request: HttpRequest | None = context.get("request")
    return request.GET.copy() if request else QueryDict(mutable=True)


@register.simple_tag(takes_context=True)
def query_string(context: Context, **changes: object) -> str:
    """Return the page's query string with changes: ``?{filters kept}&page=2``.

    ``{% query_string page=2 %}``; ``None`` or an empty text drops a parameter. Returns ``?`` alone
    when nothing is left, which is a link to the page itself.
    """
    query = _query(context)
    for name, value in changes.items():
        if value is None or value == "":
            query.pop(name, None)
        else:
            query[name] = str(value)
    return f"?{query.urlencode()}"


@register.inclusion_tag("components/column.html", takes_context=True)
def column(context: Context, label: str, sort: str = "", *, number: bool = False) -> dict[str, Any]:
    """Head a table's column: ``{% column _("Title") sort="title" %}``.

    With ``sort`` the head is a link that orders by it (``?sort=title``, then ``?sort=-title``),
    keeps the filters and goes back to the first page.
    """
    query = _query(context)
    current = query.get("sort", "")
    direction = {sort: "ascending", f"-{sort}": "descending"}.get(current) if sort else None
    for name in ("page", "cursor"):
        query.pop(name, None)
    query["sort"] = f"-{sort}" if current == sort else sort
    return {
        "label": label,
        "number": number,
        "direction": direction,
        "address": f"?{query.urlencode()}" if sort else "",
    }


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """Draw an icon of `static/icons.svg`; decoration unless it is given a ``label``."""
    address = f"{static('icons.svg')}#{name}"
    if label:
        return format_html(
            '<svg class="icon" role="img" aria-label="{}"><use href="{}"/></svg>', label, address
        )
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}"/></svg>', address)


@register.filter
def ident(value: object) -> SafeString:
    """Write an identifier in fixed width with a button that copies it (hidden without scripts)."""
    if value is None or value == "":
        return SafeString("–")
    return format_html(
        '<span class="ident"><code>{0}</code><button type="button" class="needs-script" '
        'data-copy="{0}" data-done-label="{2}" aria-label="{1}" title="{1}">{3}</button></span>',
        value,
        _("Copy %(value)s") % {"value": value},
        _("Copied"),
        icon("copy"),
    )


@register.inclusion_tag("components/field.html")
def field(bound: BoundField, kind: str = "") -> dict[str, Any]:
    """Show a field with its label, help and errors tied together: ``{% field form.email %}``.

    ``kind="code"`` sets it in fixed width. A form may have ``cautions`` by a field's name, which
    are shown like errors and refuse nothing.
    """
    widget = bound.field.widget
    cautions = getattr(bound.form, "cautions", {}).get(bound.name, ())
    described = [
        name
        for name, present in (
            (f"{bound.auto_id}_hint", bound.help_text),
            (f"{bound.auto_id}_error", bound.errors),
            (f"{bound.auto_id}_caution", cautions),
        )
        if present
    ]
    attributes: dict[str, str | bool] = {}
    if described:
        attributes["aria-describedby"] = " ".join(described)
    if bound.errors:
        attributes["aria-invalid"] = "true"
    input_type = getattr(widget, "input_type", "")
    is_group = bool(widget.use_fieldset)
    return {
        "bound": bound,
        "cautions": cautions,
        "control": bound.as_widget(attrs=attributes),
        "kind": kind,
        "is_checkbox": input_type == "checkbox" and not is_group,
        "is_group": is_group,
        "is_file": input_type == "file",
        "is_hidden": bound.is_hidden,
    }
