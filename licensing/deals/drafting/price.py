"""The fields of one price. Which there are depends on its model; the others are not asked."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from licensing.deals.drafting.clause_forms import ClauseForm
from licensing.deals.drafting.entries import Document, Entry, percentage
from licensing.deals.drafting.fields import NumberField
from licensing.deals.drafting.listings import tokens
from licensing.deals.terms.prices import PRICE_MODELS
from licensing.templatetags.terms import WORDS

OTHER_UNIT = "~other"
UNITS = [unit for unit in WORDS["unit"] if unit != "work"]
TIERED = ("graduated", "volume")
COUNTED = (*TIERED, "per_unit", "package", "revenue_share")
_EVERY = ("was", "model", "id", "uses", "minimum", "maximum")
_UNIT = ("unit", "other_unit")
_OWN: Mapping[str, tuple[str, ...]] = {
    "per_unit": (*_UNIT, "per", "unit_price"),
    "graduated": (*_UNIT, "per"),
    "volume": (*_UNIT, "per"),
    "package": (*_UNIT, "per", "unit_price", "free_units"),
    "flat": ("amount", "due", "prorate"),
    "per_work": ("amount", "count"),
    "revenue_share": ("rate", *_UNIT, "base", "deductions"),
    "pool": ("amount",),
}
_NEEDED = frozenset({"model", "id", "unit", "unit_price", "amount", "due", "count", "rate", "base"})


_UNIT_ENTRY = Entry(field="unit", path=("unit",))
_REVENUE_UNIT = Entry(field="unit", path=("unit",), blank="revenue")


def own_fields(model: str) -> tuple[str, ...]:
    """Return the fields that this model has beside those of every price."""
    return _OWN.get(model, ())


def asked_fields(model: str) -> tuple[str, ...]:
    """Return every field of a price of this model."""
    windows = ("tally", "zero_usage") if model in (*COUNTED, "per_work") else ()
    return (*_EVERY, *own_fields(model), *windows)


class PriceForm(ClauseForm):
    """One price. ``was`` is its place in the document that writing started from."""

    entries = (
        Entry(field="model", path=("model",)),
        Entry(field="id", path=("id",)),
        Entry(field="uses", path=("uses",), blank=[]),
        _UNIT_ENTRY,
        Entry(field="per", path=("per",)),
        Entry(field="unit_price", path=("unit_price",)),
        Entry(field="free_units", path=("free_units",)),
        Entry(field="amount", path=("amount",)),
        Entry(field="due", path=("due",)),
        Entry(field="prorate", path=("prorate",)),
        Entry(field="count", path=("count",)),
        percentage("rate", "rate"),
        Entry(field="base", path=("base",), blank="gross"),
        tokens("deductions", "deductions"),
        Entry(field="minimum", path=("minimum",)),
        Entry(field="maximum", path=("maximum",)),
        Entry(field="tally", path=("tally",), blank="period"),
        Entry(field="zero_usage", path=("zero_usage",), blank="free"),
    )

    was = forms.CharField(widget=forms.HiddenInput, required=False)
    model = forms.ChoiceField(
        label=_("How it is charged"),
        choices=[(name, WORDS["price"][name]) for name in PRICE_MODELS],
        widget=forms.Select(attrs={"data-redraws": "show_fields"}),
    )
    id = forms.CharField(
        label=_("Name"), max_length=40, help_text=_("A short name for statements: tokens.")
    )
    unit = forms.ChoiceField(
        label=_("Unit"),
        required=False,
        choices=[*((unit, WORDS["unit"][unit]) for unit in UNITS), (OTHER_UNIT, _("another unit"))],
    )
    other_unit = forms.CharField(
        label=_("Name of the unit"),
        required=False,
        max_length=40,
        help_text=_("As usage reports name it: small letters, digits and hyphens."),
    )
    per = NumberField(label=_("Price is for this many units"), required=False)
    unit_price = NumberField(label=_("Price"), required=False)
    free_units = NumberField(label=_("Free units"), required=False)
    amount = NumberField(label=_("Amount"), required=False)
    due = forms.ChoiceField(
        label=_("Due"), required=False, choices=[("", "–"), *WORDS["due"].items()]
    )
    prorate = forms.ChoiceField(
        label=_("A period partly in the term"),
        required=False,
        choices=[("", _("costs the whole amount")), ("days", _("costs its part of the days"))],
    )
    count = forms.ChoiceField(
        label=_("Works counted"), required=False, choices=list(WORDS["count"].items())
    )
    rate = NumberField(label=_("Share of revenue, %"), required=False)
    base = forms.ChoiceField(
        label=_("Revenue base"), required=False, choices=list(WORDS["base"].items())
    )
    deductions = forms.CharField(
        label=_("Deductions"),
        required=False,
        help_text=_("Units reported beside the revenue and taken off it: returns, taxes."),
    )
    uses = forms.MultipleChoiceField(
        label=_("Only for these uses"),
        required=False,
        choices=list(WORDS["use"].items()),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked: every use that is granted."),
    )
    minimum = NumberField(label=_("Minimum"), required=False)
    maximum = NumberField(label=_("Maximum"), required=False)
    tally = forms.ChoiceField(
        label=_("Quantities add up"), required=False, choices=list(WORDS["window"].items())
    )
    zero_usage = forms.ChoiceField(
        label=_("Where nothing is used"),
        required=False,
        choices=list(WORDS["zero_usage"].items()),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        model = self.shown_model
        asked = asked_fields(model)
        for name in [name for name in self.fields if name not in asked]:
            del self.fields[name]
        for name, field in self.fields.items():
            field.required = name in _NEEDED or (name, model) == ("per", "package")
        if model == "revenue_share":
            self.fields["unit"].initial = "revenue"

    @classmethod
    def initial_of(cls, document: Mapping[str, Any]) -> Document:
        """Show a unit that is not in the list by its name."""
        shown = super().initial_of(document)
        if document.get("model") == "revenue_share":
            shown["unit"] = _REVENUE_UNIT.shown(document)
        if shown["unit"] and shown["unit"] not in UNITS:
            return shown | {"unit": OTHER_UNIT, "other_unit": shown["unit"]}
        return shown

    def clean(self) -> Document:
        """Read a unit by its name where it is not in the list."""
        said = super().clean() or {}
        if said.get("unit") == OTHER_UNIT:
            said["unit"] = said.get("other_unit", "")
            if not said["unit"]:
                self.add_error("other_unit", self.fields["unit"].error_messages["required"])
        return said

    def asked(self) -> list[Entry]:
        """Read a share of revenue that names no unit as one of the unit "revenue"."""
        is_share = self.shown_model == "revenue_share"
        return [
            _REVENUE_UNIT if is_share and entry is _UNIT_ENTRY else entry
            for entry in super().asked()
        ]

    @property
    def shown_model(self) -> str:
        """The model whose fields are asked."""
        model = str(self["model"].value())
        return model if model in PRICE_MODELS else PRICE_MODELS[0]

    @property
    def meaning(self) -> str:
        """What the model does, in a sentence."""
        return str(WORDS["price_meaning"][self.shown_model])

    @property
    def further_words(self) -> str | Promise:
        """What is folded away."""
        if self.has_factors:
            return _("Minimum, maximum, window, uses, factors and escalators")
        if self.shown_model == "per_work":
            return _("Minimum, maximum, window, uses and escalators")
        return _("Minimum, maximum, uses and escalators")

    @property
    def own(self) -> list[forms.BoundField]:
        """The fields that this model has beside those of every price."""
        return [self[name] for name in own_fields(self.shown_model)]

    @property
    def is_tiered(self) -> bool:
        """Whether it has tiers."""
        return self.shown_model in TIERED

    @property
    def has_factors(self) -> bool:
        """Whether factors can weigh what it counts."""
        return self.shown_model in COUNTED
