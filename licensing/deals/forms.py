"""The forms around the terms: an offer, the whole document as text, a signature.

The terms themselves are written in `licensing.deals.drafting`.
"""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.forms.utils import ErrorList
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from licensing.access import Actor
from licensing.parties.models import Organisation
from licensing.parties.roles import Kind

RIGHTS_SIDE = (Kind.LICENSOR, Kind.COLLECTIVE)
USUAL_DAYS = 14


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
