"""The card of money beside the prices: advance, guarantee, cap, reserve, fees and division."""

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ledger.money import CURRENCIES
from licensing.deals.drafting.clause_forms import ClauseForm
from licensing.deals.drafting.entries import (
    Document,
    Entry,
    percent_of,
    percentage,
    rate_of,
    whole,
)
from licensing.deals.drafting.fields import NumberField
from licensing.templatetags.terms import WORDS

PAYEES = ("collective", "operator")
USUAL_WINDOW = "year"


def _shown_fee(document: Mapping[str, Any], payee: str) -> str:
    rates = {fee["to"]: fee["rate"] for fee in document.get("fees") or ()}
    return percent_of(rates[payee]) if payee in rates else ""


def _window(field: str, clause: str) -> Entry:
    return Entry(field=field, path=(clause, "window"), blank=USUAL_WINDOW, follows=True)


class MoneyForm(ClauseForm):
    """Amounts over all prices together, and how charges are divided."""

    entries = (
        Entry(field="currency", path=("currency",)),
        Entry(field="advance", path=("advance", "amount")),
        Entry(
            field="advance_release", path=("advance", "release"), blank="on_receipt", follows=True
        ),
        Entry(field="advance_group", path=("advance", "group")),
        Entry(field="guarantee", path=("minimum_guarantee", "amount")),
        _window("guarantee_window", "minimum_guarantee"),
        Entry(field="cap", path=("cap", "amount")),
        _window("cap_window", "cap"),
        percentage("reserve_rate", "reserve", "rate"),
        whole("reserve_months", "reserve", "months"),
        Entry(field="distribution", path=("distribution", "key"), blank="usage"),
        whole("otherwise", "distribution", "otherwise"),
    )

    currency = forms.ChoiceField(
        label=_("Currency"), choices=[(code, code) for code in sorted(CURRENCIES)]
    )
    advance = NumberField(
        label=_("Advance"),
        required=False,
        help_text=_("Paid ahead and earned back from later charges."),
    )
    advance_group = forms.CharField(
        label=_("Recoupment group"),
        required=False,
        max_length=40,
        help_text=_("Licences of the same group earn one another’s advances back."),
    )
    advance_release = forms.CharField(widget=forms.HiddenInput, required=False)
    guarantee = NumberField(
        label=_("Minimum guarantee"),
        required=False,
        help_text=_("What is missing at the end of its window is charged then."),
    )
    guarantee_window = forms.ChoiceField(
        label=_("Guaranteed"), choices=list(WORDS["window"].items())
    )
    cap = NumberField(
        label=_("Cap"), required=False, help_text=_("All prices together charge no more.")
    )
    cap_window = forms.ChoiceField(label=_("Capped"), choices=list(WORDS["window"].items()))
    reserve_rate = NumberField(
        label=_("Reserve, % of earnings"),
        required=False,
        help_text=_("Held back against corrections."),
    )
    reserve_months = NumberField(label=_("Months in reserve"), required=False)
    distribution = forms.ChoiceField(
        label=_("Division among the works"),
        choices=list(WORDS["distribution"].items()),
        widget=forms.Select(attrs={"data-redraws": "show_fields"}),
    )
    otherwise = NumberField(
        label=_("Points of every other work"),
        required=False,
        help_text=_("Empty: none, so it has no part in what is divided."),
    )
    operator_fee = NumberField(label=_("Fee of the operator, %"), required=False)
    collective_fee = NumberField(label=_("Fee of the collective, %"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if not self.by_points:
            del self.fields["otherwise"]

    @property
    def by_points(self) -> bool:
        """Whether works have points."""
        return bool(self["distribution"].value() == "points")

    @classmethod
    def initial_of(cls, document: Mapping[str, Any]) -> Document:
        """Show each payee's fee in a field of its own."""
        shown = super().initial_of(document)
        return shown | {f"{payee}_fee": _shown_fee(document, payee) for payee in PAYEES}

    def written(self, document: Document) -> Document:
        """Write fees in the order they had; a new one comes last."""
        fresh = super().written(document)
        fees = list(self._fees(document))
        self._payees = [fee["to"] for fee in fees]
        if fees:
            fresh["fees"] = fees
        elif document.get("fees"):
            fresh.pop("fees")
        return fresh

    def field_at(self, where: str) -> str | None:
        """Return the field of a place; that of all fees together is the operator's."""
        if not where.startswith("fees"):
            return super().field_at(where)
        at = where.removeprefix("fees[").partition("]")[0]
        return f"{self._payees[int(at)]}_fee" if at.isdecimal() else "operator_fee"

    def _fees(self, document: Mapping[str, Any]) -> Iterator[Document]:
        before = {fee["to"]: fee for fee in document.get("fees") or ()}
        for payee in (*before, *(payee for payee in PAYEES if payee not in before)):
            typed = self.cleaned_data.get(f"{payee}_fee", "")
            if payee in before and typed == _shown_fee(document, payee):
                yield before[payee]
            elif typed:
                yield {**before.get(payee, {"to": payee}), "rate": rate_of(typed)}
