"""The question as a person asks it."""

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from licensing.access import Actor
from licensing.catalogue.uses import USE_NAMES
from licensing.deals.models import Licence
from licensing.permissions.answers import Question
from licensing.templatetags.terms import WORDS
from licensing.territories import WORLD

MOST_AT_ONCE = 1_000
LONGEST = 300


class QuestionForm(forms.Form):
    """What is to be done with which works."""

    works = forms.CharField(
        label=_("Works"),
        max_length=MOST_AT_ONCE * (LONGEST + 1),
        widget=forms.Textarea(
            attrs={
                "rows": 8,
                "spellcheck": "false",
                "data-kind": "code",
                "placeholder": "isbn:9784101092058\ndomain:www.example.com",
            }
        ),
        help_text=_("One a line, written scheme:value as in usage reports; up to 1,000."),
    )
    use = forms.ChoiceField(
        label=_("Use"),
        choices=[(name, WORDS["use"].get(name, name)) for name in USE_NAMES],
        initial="ai-train",
    )
    family = forms.CharField(label=_("Model"), max_length=120)
    version = forms.CharField(label=_("Version of the model"), max_length=120)
    territory = forms.RegexField(
        "^[A-Z]{2}$",
        label=_("Territory"),
        initial=WORLD,
        help_text=_("WW for the whole world, or a country code such as JP."),
    )
    on = forms.DateField(
        label=_("Day"),
        initial=timezone.localdate,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def clean_works(self) -> list[str]:
        """Return the names, each once, in the order written."""
        named = [line.strip() for line in self.cleaned_data["works"].splitlines()]
        works = list(dict.fromkeys(filter(None, named)))
        if len(works) > MOST_AT_ONCE:
            raise forms.ValidationError(_("Ask for at most 1,000 works at once, or use the API."))
        if any(len(work) > LONGEST for work in works):
            raise forms.ValidationError(_("Write one work a line, each scheme:value."))
        return works

    @property
    def question(self) -> Question:
        """The question, once the form is valid."""
        said = self.cleaned_data
        on: date = said["on"]
        return Question(said["use"], said["family"], said["version"], said["territory"], on)


def model_in_force(actor: Actor) -> dict[str, Any]:
    """Return the model of the newest licence as what the form begins with."""
    for licence in Licence.objects.filter(licensee=actor.organisation)[:1]:
        models = licence.terms["grant"]["models"]
        if isinstance(models, list):
            versions = models[0].get("versions") or [""]
            return {"family": models[0]["family"], "version": versions[0]}
    return {}
