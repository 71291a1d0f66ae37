"""What the page of agents asks."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from licensing.access import Actor
from licensing.catalogue.forms import day
from licensing.deals.models import Licence
from licensing.parties.models import Organisation
from licensing.royalties.agencies.services import PAYEES


class AgencyForm(forms.Form):
    """Who has which percentage of one's own parts, from when."""

    agent: "forms.ModelChoiceField[Organisation]" = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("Agent"), to_field_name="slug"
    )
    rate = forms.DecimalField(
        label=_("Per cent"),
        min_value=Decimal("0.0000000001"),
        max_value=Decimal(100),
        decimal_places=10,
        help_text=_("Of each of your parts, after fees: 15 is fifteen per cent."),
    )
    licence: "forms.ModelChoiceField[Licence]" = forms.ModelChoiceField(
        Licence.objects.none(),
        label=_("Licence"),
        required=False,
        to_field_name="public_id",
        empty_label=_("Every licence"),
    )
    starts_on = day(_("From"))
    ends_on = day(_("Until"), required=False, initial=None)

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        agents: Any = self.fields["agent"]
        agents.queryset = Organisation.objects.filter(kind__in=PAYEES).exclude(
            pk=actor.organisation_id
        )
        licences: Any = self.fields["licence"]
        licences.queryset = Licence.objects.visible_to(actor).select_related("deal")

    def clean_rate(self) -> Decimal:
        """Return the rate as a part of one."""
        return Decimal(self.cleaned_data["rate"]) / 100
