"""What the catalogue's pages ask."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from licensing.catalogue.imports.rows import Shares, read_shares
from licensing.catalogue.models import ImportFormat
from licensing.catalogue.uses import USE_NAMES
from licensing.errors import LicensingError
from licensing.parties.models import Organisation
from licensing.parties.roles import Kind
from licensing.refusal_words import fault_said, refusal_said
from licensing.templatetags.terms import use_name
from licensing.territories import TERRITORIES, WORLD


def day(label: Any, **options: Any) -> forms.DateField:
    """Return a field for a day, today unless something else is written."""
    options.setdefault("initial", timezone.localdate)
    return forms.DateField(
        label=label, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"), **options
    )


def add_faults(form: forms.Form, refusal: LicensingError) -> None:
    """Put what a service refused at the fields it speaks of."""
    for fault in refusal.faults:
        form.add_error(fault.where if fault.where in form.fields else None, fault_said(fault))
    if not refusal.faults:
        form.add_error(None, refusal_said(refusal))


class SharesField(forms.CharField):
    """``licensor:weight``, with ``:JP`` for one country, split by ``|`` or lines."""

    widget = forms.Textarea({"rows": 3, "data-kind": "code"})

    def clean(self, value: Any) -> Shares:
        """Return the weights by territory and slug, or say which part cannot be read."""
        text = "|".join(line for line in super().clean(value).splitlines() if line.strip())
        shares, faults = read_shares(text)
        if faults:
            raise forms.ValidationError([fault_said(fault) for fault in faults])
        return shares


def uses() -> list[tuple[str, str]]:
    """Return the uses in the reader's language."""
    return [(name, f"{use_name(name)} ({name})") for name in USE_NAMES]


class UsesField(forms.MultipleChoiceField):
    """Uses, by tick."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **options: Any) -> None:
        super().__init__(choices=uses, **options)


class IdentifierForm(forms.Form):
    """Another name of a work."""

    identifier = forms.CharField(
        label=_("Identifier"),
        max_length=300,
        help_text=_("Scheme and value, such as isbn:9784101092058 or domain:www.example.com."),
    )


class SharesForm(forms.Form):
    """Who owns a work from a day on."""

    shares = SharesField(
        label=_("Shares"),
        help_text=_(
            "One owner in each line: handle:weight, such as studio-kaede:2. With a country behind "
            "it, such as tide:1:JP, the share stands there in place of the world-wide ones."
        ),
    )
    weight_total = forms.IntegerField(
        label=_("Whole"),
        required=False,
        min_value=1,
        help_text=_("What all shares are parts of; empty where they sum to the whole."),
    )
    starts_on = day(_("From"))

    def clean(self) -> dict[str, Any]:
        """Return the world-wide shares and those of countries apart, as the service takes them."""
        said: dict[str, Any] = super().clean() or {}
        if "shares" in said:
            by_territory = dict(said["shares"])
            said |= {"shares": by_territory.pop(WORLD, {}), "by_territory": by_territory}
        return said


class ClaimForm(forms.Form):
    """A part of a work that one's own organisation claims."""

    weight = forms.IntegerField(label=_("Weight"), min_value=1)
    territory = forms.CharField(
        label=_("Territory"),
        initial=WORLD,
        required=False,
        help_text=_("A country code such as JP; WW is the world."),
    )
    starts_on = day(_("From"))

    def clean_territory(self) -> str:
        """Return the code in capitals; what is left empty is the world."""
        return str(self.cleaned_data["territory"]).strip().upper() or WORLD


class ReserveForm(forms.Form):
    """What is reserved, in which words, from when."""

    uses = UsesField(label=_("Uses"), initial=["ai-all"])
    statement = forms.CharField(
        label=pgettext_lazy("reservation", "Statement"),
        max_length=5000,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("As it is published."),
    )
    starts_on = day(_("From"))


class MandateForm(forms.Form):
    """Whom a member lets act for it, for what."""

    collective: "forms.ModelChoiceField[Organisation]" = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("Collective"), to_field_name="slug"
    )
    uses = UsesField(label=_("Uses"))
    territory = forms.CharField(
        label=_("Territory"),
        initial="WW",
        help_text=_("Country codes such as JP, split by blanks; WW is the world."),
    )
    starts_on = day(_("From"))
    ends_on = day(_("Until"), required=False, initial=None)
    excluded_works = forms.CharField(
        label=_("Works left out"),
        required=False,
        widget=forms.Textarea({"rows": 2, "data-kind": "code"}),
        help_text=_("Ids such as work_abcdefghij234567, one in each line."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["collective"]
        choice.queryset = Organisation.objects.filter(kind=Kind.COLLECTIVE)

    def clean_territory(self) -> list[str]:
        """Return country codes."""
        codes = str(self.cleaned_data["territory"]).upper().replace(",", " ").split()
        wrong = [code for code in codes if code not in TERRITORIES]
        if wrong:
            raise forms.ValidationError(
                _("%(code)s is no country code."), params={"code": wrong[0]}
            )
        return codes

    def clean_excluded_works(self) -> list[str]:
        """Return ids."""
        return str(self.cleaned_data["excluded_works"]).split()


class ImportForm(forms.Form):
    """A file of works and how it is to be read."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV with the columns kind, title, identifiers, shares; UTF-8; may be gzip."),
    )
    format = forms.ChoiceField(label=_("Format"), choices=ImportFormat)
    dry_run = forms.BooleanField(
        label=_("Dry run: check every row and write nothing"), required=False, initial=True
    )
    to_holder = forms.BooleanField(
        label=_("Works whose rows name no owner are ours"), required=False
    )
    create_licensors = forms.BooleanField(
        label=_("Register licensors that the file names first"), required=False
    )

    def __init__(self, *args: Any, is_operator: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["to_holder" if is_operator else "create_licensors"]
