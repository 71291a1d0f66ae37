"""The fields in which an offer is written; what they mean together is checked by the terms.

Every field of the terms is taken as text: the one judge of a Terms document is its parser, whose
faults are brought back to the field they speak of.
"""

import unicodedata
from datetime import datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.forms.utils import ErrorList
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ledger.money import CURRENCIES
from licensing.access import Actor
from licensing.parties.models import Organisation
from licensing.parties.roles import Kind
from licensing.templatetags.terms import WORDS

RIGHTS_SIDE = (Kind.LICENSOR, Kind.COLLECTIVE)
USUAL_DAYS = 14
MODELS = [(name, WORDS["price"][name]) for name in ("per_unit", "graduated", "flat")]
NEEDED = {
    "per_unit": ("unit", "unit_price"),
    "graduated": ("unit",),
    "flat": ("amount", "due"),
}
UNITS = [
    "token",
    "page",
    "item",
    "image",
    "second",
    "minute",
    "character",
    "byte",
    "query",
    "fetch",
    "output",
]


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


def counterparties(actor: Actor) -> list[tuple[str, str | Promise]]:
    """Return whom an actor may open a deal with: everybody of the other side."""
    kinds = RIGHTS_SIDE if actor.kind is Kind.LICENSEE else (Kind.LICENSEE,)
    others = Organisation.objects.filter(kind__in=kinds).values_list("public_id", "name")
    return [("", _("Choose an organisation")), *others]


class OfferForm(forms.Form):
    """When an offer expires and what is said with it."""

    expires_on = forms.DateField(
        label=_("Open for an answer until"),
        help_text=_("To the end of that day. After it the offer lapses by itself."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    message = forms.CharField(
        label=_("Message to the other side"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        usual = timezone.localdate() + timedelta(days=USUAL_DAYS)
        self.fields["expires_on"].initial = usual

    @property
    def expires_at(self) -> datetime:
        """The last minute of the chosen day, in the site's time zone."""
        return timezone.make_aware(
            datetime.combine(self.cleaned_data["expires_on"], time(23, 59, 59))
        )


class DealForm(OfferForm):
    """The first offer of a deal also names the deal and whom it is made to."""

    title = forms.CharField(
        label=_("Title"), max_length=200, help_text=_("What both sides will call this deal.")
    )
    counterparty = forms.ChoiceField(label=_("Other side"))
    field_order = ("counterparty", "title", "expires_on", "message")

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["counterparty"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - it is declared above
        field.choices = counterparties(actor)


class TermsForm(forms.Form):
    """The clauses beside the prices."""

    currency = forms.ChoiceField(
        label=_("Currency"), choices=[(code, code) for code in sorted(CURRENCIES)]
    )
    uses = forms.MultipleChoiceField(
        label=_("Uses"),
        choices=list(WORDS["use"].items()),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("What is not named is not granted."),
    )
    models = forms.CharField(
        label=_("Models"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "placeholder": "vista: 2, 2.1"}),
        help_text=_(
            "One family a line, then a colon and its versions. Without versions, every version. "
            "Leave it empty to grant any model."
        ),
    )
    territory = forms.CharField(
        label=_("Territory"),
        help_text=_("WW for the whole world, or country codes: JP US KR."),
    )
    starts_on = DayField(label=_("First day"))
    ends_on = DayField(
        label=_("Last day"), required=False, help_text=_("Leave it empty for no end.")
    )
    exclusive = forms.BooleanField(label=_("Exclusive licence"), required=False)
    after_term = forms.ChoiceField(
        label=_("After the term"),
        required=False,
        choices=[("", _("Not agreed")), *WORDS["after_term"].items()],
    )
    operator_fee = NumberField(label=_("Fee of the operator, %"), required=False)
    collective_fee = NumberField(label=_("Fee of the collective, %"), required=False)
    cadence = forms.ChoiceField(
        label=_("Usage is reported"),
        required=False,
        choices=[("", _("Not agreed")), *WORDS["cadence"].items()],
    )
    report_days = NumberField(label=_("Days to report after a period"), required=False)
    payment_days = NumberField(label=_("Days to pay an invoice"), required=False)
    late_interest = NumberField(label=_("Late interest, % a year"), required=False)
    dispute_days = NumberField(label=_("Days to dispute a statement"), required=False)


class PriceForm(forms.Form):
    """One price. Which fields count depends on its model; the others are left alone."""

    model = forms.ChoiceField(label=_("How it is charged"), choices=MODELS)
    id = forms.CharField(
        label=_("Name"), max_length=40, help_text=_("A short name for statements: tokens.")
    )
    unit = forms.ChoiceField(
        label=_("Unit"), required=False, choices=[(unit, WORDS["unit"][unit]) for unit in UNITS]
    )
    per = NumberField(label=_("Price is for this many units"), required=False)
    unit_price = NumberField(label=_("Price"), required=False)
    amount = NumberField(label=_("Amount"), required=False)
    due = forms.ChoiceField(
        label=_("Due"), required=False, choices=[("", "–"), *WORDS["due"].items()]
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in NEEDED.get(self.shown_model, ()):
            self.fields[name].required = True

    @property
    def shown_model(self) -> str:
        """The model whose fields the page shows."""
        return str(self["model"].value() or "per_unit")


class TierForm(forms.Form):
    """One band of a graduated price."""

    up_to = NumberField(label=_("Up to and including"), required=False)
    unit_price = NumberField(label=_("Price"))
    flat_fee = NumberField(label=_("Fixed fee"), required=False)


class DocumentForm(forms.Form):
    """The whole Terms document, for whoever writes it elsewhere."""

    document = forms.CharField(
        label=_("Terms document"),
        max_length=200_000,
        strip=True,
        widget=forms.Textarea(attrs={"rows": 28, "spellcheck": "false", "data-kind": "code"}),
        help_text=_("JSON, schema terms/1. Numbers with decimals are written as text."),
    )


class SignForm(forms.Form):
    """A signature under a hash that was shown."""

    terms_hash = forms.CharField(widget=forms.HiddenInput)
    signer_name = forms.CharField(
        label=_("Name of the person who signs"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    signer_title = forms.CharField(
        label=_("Title or office"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization-title"}),
    )
    consent = forms.BooleanField(
        label=_("I have read these terms and sign them for my organisation. This binds it."),
        error_messages={"required": _("Tick this to sign.")},
    )


def complain(form: forms.Form, name: str | None, message: str) -> None:
    """Add an error to a form that may not have been validated."""
    errors = form.errors.setdefault(name or "__all__", ErrorList())
    if message not in errors:
        errors.append(message)
