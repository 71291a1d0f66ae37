"""The rows inside a price: tiers, factors and escalators."""

from django import forms
from django.utils.translation import gettext_lazy as _

from licensing.deals.drafting.clause_forms import ClauseForm
from licensing.deals.drafting.entries import Entry
from licensing.deals.drafting.fields import DayField, MonthField, NumberField
from licensing.deals.drafting.listings import media, names, territories, tokens


class RowForm(ClauseForm):
    """A row. ``was`` is its place in the price that writing started from."""

    was = forms.CharField(widget=forms.HiddenInput, required=False)


class TierForm(RowForm):
    """One band of quantity."""

    entries = (
        Entry(field="up_to", path=("up_to",), empty=None),
        Entry(field="unit_price", path=("unit_price",)),
        Entry(field="flat_fee", path=("flat_fee",)),
    )

    up_to = NumberField(label=_("Up to and including"), required=False)
    unit_price = NumberField(label=_("Price"))
    flat_fee = NumberField(label=_("Fixed fee"), required=False)


class FactorForm(RowForm):
    """How many times over the units of matching lines count."""

    entries = (
        Entry(field="times", path=("times",)),
        territories("territory", "when", "territory"),
        tokens("language", "when", "language"),
        media("medium", "when", "media"),
        names("generation", "when", "generation"),
    )

    times = NumberField(label=_("Units count times"))
    territory = forms.CharField(label=_("Territory"), required=False)
    language = forms.CharField(label=_("Language"), required=False)
    medium = forms.CharField(label=_("Media"), required=False)
    generation = forms.CharField(label=_("Generation"), required=False)


class EscalatorForm(RowForm):
    """From which day the price is multiplied."""

    entries = (
        Entry(field="starts_on", path=("from",)),
        Entry(field="times", path=("times",)),
        Entry(field="series", path=("index", "series")),
        Entry(field="month", path=("index", "month")),
        Entry(field="base", path=("index", "base")),
    )

    starts_on = DayField(label=_("From"))
    times = NumberField(label=_("Price times"), required=False)
    series = forms.CharField(
        label=_("or by index"),
        required=False,
        widget=forms.TextInput({"placeholder": "JP-CPI", "autocomplete": "off"}),
    )
    month = MonthField(label=_("Month of the reading"), required=False)
    base = MonthField(label=_("Base month"), required=False)


ROWS: dict[str, type[RowForm]] = {
    "tiers": TierForm,
    "factors": FactorForm,
    "escalators": EscalatorForm,
}
FIRST_FIELD = {"tiers": "up_to", "factors": "times", "escalators": "starts_on"}
"""A field that every posted row has, whether or not anything was typed in it."""
