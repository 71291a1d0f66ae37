"""What a person says when deciding about unmatched identifiers."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from licensing.usage.matching.models import Kind

CHOICES = [(kind.value, kind.label) for kind in Kind if kind is not Kind.UNDO]


class DecideForm(forms.Form):
    """A decision about one identifier or several; what it needs depends on its kind."""

    decision = forms.ChoiceField(label=_("Decision"), choices=CHOICES)
    work = forms.CharField(
        label=_("Work"),
        required=False,
        max_length=300,
        help_text=_("Needed to map: its number (work_…) or an identifier of the catalogue."),
    )
    starts_on = forms.DateField(
        label=_("Granted from"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("For a work that the licence does not cover yet. A month counts as a whole."),
    )
    reason = forms.CharField(
        label=_("Why"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Kept with the decision, for whoever asks later."),
    )

    def ask_for_work(self, *, beside_candidates: bool) -> None:
        """Word the field for a mapping: needed, unless one of the works listed can be chosen."""
        work = self.fields["work"]
        work.required = not beside_candidates
        work.label = _("Or another work") if beside_candidates else _("Work")

    def clean(self) -> dict[str, Any]:
        """Take the work typed by hand before the one chosen from the list."""
        said = dict(super().clean() or {})
        said["work"] = said.get("work") or str(self.data.get("chosen", "")).strip()
        if said.get("decision") != Kind.MAP:
            said["work"] = ""
        if said.get("decision") not in {Kind.MAP, Kind.GRANT}:
            said["starts_on"] = None
        return said

    @property
    def said(self) -> tuple[Kind, str, date | None, str]:
        """The kind, the work as written, the first day and the reason."""
        said = self.cleaned_data
        return Kind(said["decision"]), said["work"], said["starts_on"], said["reason"]
