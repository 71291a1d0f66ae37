"""Kinds of form fields: numbers and days kept as text, so that the terms alone judge them."""

import unicodedata
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms


def number(text: str) -> str:
    """Return a number as the terms write it: no grouping, digits of one width."""
    return "".join(unicodedata.normalize("NFKC", text).replace(",", "").split())


class NumberField(forms.CharField):
    """A number kept as text; how many digits it may have is for the terms to say."""

    def __init__(self, **options: Any) -> None:
        attributes = {"inputmode": "decimal", "data-kind": "number", "autocomplete": "off"}
        options.setdefault("widget", forms.TextInput(attributes))
        super().__init__(**options)

    def to_python(self, value: object) -> str:
        """Take grouping and full-width digits away."""
        return number(super().to_python(value) or "")

    def prepare_value(self, value: object) -> object:
        """Show a number with its digits grouped; what is none stays as it was typed."""
        try:
            return f"{Decimal(str(value)):,f}"
        except InvalidOperation:
            return value


class DayField(forms.CharField):
    """A day kept as the text the browser gives, 2026-10-01."""

    widget = forms.DateInput(attrs={"type": "date"})


class MonthField(forms.CharField):
    """A month kept as the text the browser gives, 2026-09."""

    widget = forms.TextInput(attrs={"type": "month", "placeholder": "2026-09"})


class LinesField(forms.CharField):
    """Text of several lines; a browser's line ends become the document's."""

    def __init__(self, *, rows: int = 2, placeholder: str = "", **options: Any) -> None:
        attributes = {"rows": rows, "placeholder": placeholder, "spellcheck": "false"}
        options.setdefault("widget", forms.Textarea(attributes))
        super().__init__(**options)

    def to_python(self, value: object) -> str:
        """Write every line end alike."""
        text = super().to_python(value) or ""
        return text.replace("\r\n", "\n").replace("\r", "\n")
