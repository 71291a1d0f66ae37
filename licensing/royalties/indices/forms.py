"""What the page of index readings asks."""

from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _


class ReadingForm(forms.Form):
    """What an index stood at in a month, and where that is written."""

    series = forms.RegexField(
        r"^[A-Z0-9][A-Z0-9_.-]{0,39}$",
        label=_("Series"),
        help_text=_("As the terms name it, for example JP-CPI."),
        error_messages={"invalid": _("Write the series in capitals, such as JP-CPI.")},
    )
    month = forms.RegexField(
        r"^[1-9][0-9]{3}-(0[1-9]|1[0-2])$",
        label=_("Month"),
        widget=forms.TextInput({"type": "month", "placeholder": "2026-09"}),
        error_messages={"invalid": _("Write the month as 2026-09.")},
    )
    value = forms.DecimalField(
        label=_("Reading"),
        min_value=Decimal("0.000001"),
        max_digits=18,
        decimal_places=6,
        help_text=_("As published, for example 103.2. Entered again, it is a new revision."),
    )
    source = forms.CharField(
        label=_("Where it was read"),
        max_length=500,
        help_text=_("The publication and its day, so that anybody can look it up."),
    )
