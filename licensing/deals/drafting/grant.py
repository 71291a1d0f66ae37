"""The card of the grant: which works, for what, by which models, where and when."""

from django import forms
from django.utils.translation import gettext_lazy as _

from licensing.deals.drafting.clause_forms import ClauseForm
from licensing.deals.drafting.entries import Document, Entry
from licensing.deals.drafting.fields import DayField, LinesField
from licensing.deals.drafting.listings import lines, media, territories
from licensing.templatetags.terms import WORDS

ANY = "any"


def models_text(models: str | list[Document]) -> str:
    """Write models a line each: ``vista: 2, 2.1``; any model is nothing at all."""
    if isinstance(models, str):
        return ""
    return "\n".join(
        model["family"]
        if model["versions"] == ANY
        else f"{model['family']}: {', '.join(model['versions'])}"
        for model in models
    )


def read_models(text: str) -> list[Document]:
    """Return the models of such lines; a line without versions grants every version."""
    models: list[Document] = []
    for line in filter(None, map(str.strip, text.replace("：", ":").splitlines())):
        family, _colon, versions = line.partition(":")
        listed = [one.strip() for one in versions.replace("、", ",").split(",") if one.strip()]
        models.append({"family": family.strip(), "versions": listed or ANY})
    return models


class GrantForm(ClauseForm):
    """What is granted. What is not named is not granted."""

    entries = (
        Entry(field="uses", path=("grant", "uses"), blank=[]),
        Entry(
            field="models",
            path=("grant", "models"),
            show=models_text,
            write=read_models,
            empty=ANY,
            structured=True,
        ),
        territories("territory", "grant", "territory"),
        media("medium", "grant", "media"),
        Entry(field="starts_on", path=("grant", "starts_on")),
        Entry(field="ends_on", path=("grant", "ends_on"), empty=None),
        Entry(field="exclusive", path=("grant", "exclusive"), blank=False),
        Entry(field="after_term", path=("grant", "after_term")),
        lines("exclude", "grant", "works", "exclude"),
    )

    uses = forms.MultipleChoiceField(
        label=_("Uses"),
        choices=list(WORDS["use"].items()),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("What is not named is not granted."),
    )
    models = LinesField(
        label=_("Models"),
        required=False,
        placeholder="vista: 2, 2.1",
        help_text=_(
            "One family a line, then a colon and its versions. Without versions, every version. "
            "Leave it empty to grant any model."
        ),
    )
    territory = forms.CharField(
        label=_("Territory"),
        help_text=_("WW for the whole world, or countries by code or name: JP, US, South Korea."),
    )
    medium = forms.CharField(
        label=_("Media"),
        required=False,
        help_text=_("For example video, books, comics. Empty: every medium of the works."),
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
    exclude = LinesField(
        label=_("Excluded works"),
        required=False,
        placeholder="work_…",
        help_text=_("Works that are not licensed, by their identifier, one a line."),
    )
