"""The counts that somebody tries a deal's terms on: a quantity for whatever each price counts."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from licensing.deals import terms as contract
from licensing.deals.drafting.fields import NumberField
from licensing.deals.terms.prices import (
    Graduated,
    PerWork,
    Price,
    RevenueShare,
    UnitPrice,
    Volume,
)
from licensing.royalties.rates import Tally
from licensing.royalties.sample import QUANTITY
from licensing.templatetags.terms import WORDS, language_name, territory_name, unit_name, word

USUAL_PACKAGES = 1000
USUAL_REVENUE = Decimal(1_000_000)
USUAL_WORKS = 100
DIMENSIONS = ("territory", "language", "media", "generation")
_COUNT = {
    "licensed": gettext_lazy("Works licensed, priced by “%(price)s”"),
    "used": gettext_lazy("Works used in one period, priced by “%(price)s”"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What is tried: quantities by price and unit, works by price, and what the lines state."""

    quantities: Mapping[tuple[str, str], Decimal]
    works: Mapping[str, int]
    stated: Mapping[str, Any]

    def tallies(self, terms: contract.Terms, price: UnitPrice) -> list[Tally]:
        """Return what one price reads; the lines stand for the first use that it applies to."""
        use = (price.uses or terms.grant.uses)[0]
        return [
            Tally(use, unit, quantity, **self.stated)
            for (price_id, unit), quantity in self.quantities.items()
            if price_id == price.id
        ]

    def beside(self, terms: contract.Terms, price: UnitPrice) -> list[Tally]:
        """Return what is taken off a share of revenue, without the revenue itself."""
        return [one for one in self.tallies(terms, price) if one.unit != price.unit]


class SampleForm(forms.Form):
    """One quantity for each unit that a price counts, and the dimensions its factors ask about."""

    def __init__(self, terms: contract.Terms, data: Mapping[str, Any] | None) -> None:
        self.counts = {
            _name(price, unit): (price, unit) for price in terms.prices for unit in _units_of(price)
        }
        usual = {
            name: format(usual_quantity(price, unit), "f")
            for name, (price, unit) in self.counts.items()
        }
        super().__init__(data=data or usual)
        for name, (price, unit) in self.counts.items():
            self.fields[name] = NumberField(
                label=_label(price, unit), required=False, max_length=40
            )
        for dimension in DIMENSIONS:
            values = sorted(set(_asked_about(terms, dimension)))
            if values:
                self.fields[f"~{dimension}"] = forms.ChoiceField(
                    label=str(WORDS["dimension"][dimension]),
                    required=False,
                    choices=[
                        ("", _("any other")),
                        *((one, _say(dimension, one)) for one in values),
                    ],
                )

    def clean(self) -> dict[str, Any]:
        """Refuse what no usage line could say, at its field."""
        said = super().clean() or {}
        for name, (price, _unit) in self.counts.items():
            text = said.get(name) or "0"
            if not QUANTITY.fullmatch(text):
                self.add_error(name, gettext_lazy("Write a number such as 1,000,000."))
            elif isinstance(price, PerWork) and not _is_few(text):
                self.add_error(name, gettext_lazy("Write how many works, a whole number."))
        return said

    @property
    def asked(self) -> Asked:
        """What was asked; nothing written is none."""
        quantities: dict[tuple[str, str], Decimal] = {}
        works: dict[str, int] = {}
        for name, (price, unit) in self.counts.items():
            text = self.cleaned_data[name] or "0"
            if isinstance(price, PerWork):
                works[price.id] = int(text)
            else:
                quantities[price.id, unit] = Decimal(text)
        stated = {
            name: self.cleaned_data[f"~{name}"]
            for name in DIMENSIONS
            if self.cleaned_data.get(f"~{name}")
        }
        return Asked(quantities, works, stated)


def usual_quantity(price: Price, unit: str) -> Decimal:
    """Return a quantity that shows a price at work: past its last tier's bound, if it has tiers."""
    if isinstance(price, PerWork):
        return Decimal(USUAL_WORKS)
    if isinstance(price, RevenueShare):
        return USUAL_REVENUE if unit == price.unit else Decimal(0)
    if isinstance(price, Graduated | Volume):
        bounds = [tier.up_to for tier in price.tiers if tier.up_to is not None]
        if bounds:
            return bounds[-1] * 2
    return getattr(price, "per", Decimal(1)) * USUAL_PACKAGES


def _units_of(price: Price) -> Iterator[str]:
    if isinstance(price, PerWork):
        yield "work"
    if isinstance(price, UnitPrice):
        yield price.unit
    if isinstance(price, RevenueShare):
        yield from price.deductions


def _name(price: Price, unit: str) -> str:
    """Return a field's name; no price can be called so that two are the same."""
    is_deduction = isinstance(price, RevenueShare) and unit != price.unit
    return f"{price.id}~{unit}" if is_deduction else price.id


def _label(price: Price, unit: str) -> str | Promise:
    told = {"unit": unit_name(unit), "price": price.id}
    if isinstance(price, PerWork):
        return str(_COUNT[price.count]) % told
    if isinstance(price, RevenueShare) and unit != price.unit:
        return _("%(unit)s taken off first, priced by “%(price)s”") % told
    told["unit"] = told["unit"][:1].upper() + told["unit"][1:]
    return _("%(unit)s in one period, priced by “%(price)s”") % told


def _asked_about(terms: contract.Terms, dimension: str) -> Iterator[str]:
    for price in terms.prices:
        for factor in price.factors:
            yield from factor.when.dimensions().get(dimension, ())


def _say(dimension: str, value: str) -> str:
    if dimension == "territory":
        return territory_name(value)
    if dimension == "language":
        return language_name(value)
    return word("medium", value) if dimension == "media" else value


def _is_few(text: str) -> bool:
    return text.isdecimal() and len(text) <= len("1000000000")
