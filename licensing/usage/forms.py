"""The fields of a report that is sent by hand; what they mean together is the header's to judge."""

import secrets
from datetime import date
from typing import Any

from django import forms
from django.core.files.base import File
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from licensing.access import Actor
from licensing.deals.models import Licence
from licensing.templatetags.periods import period as month_name
from licensing.usage.header import MAX_TEXT, ReportType
from licensing.usage.models import ReportState, UsageReport
from licensing.usage.models import ReportType as Choices

MONTHS_OFFERED = 24
MOST_REPORTS = 100
MOST_BYTES = 100_000_000


def months(last: date) -> list[str]:
    """Return the months up to one, newest first."""
    counted = last.year * 12 + last.month - 1
    return [
        f"{one // 12:04}-{one % 12 + 1:02}" for one in range(counted, counted - MONTHS_OFFERED, -1)
    ]


class ReportForm(forms.Form):
    """A report sent by hand; lines, quantities and hash are counted, not typed."""

    licence = forms.ChoiceField(label=_("Licence"))
    period = forms.ChoiceField(label=_("Month"))
    type = forms.ChoiceField(
        label=_("Kind of report"),
        choices=Choices.choices,
        help_text=_(
            "A second original adds to the first. A correction changes single lines by their "
            "line_id; a replacement takes the place of a whole report."
        ),
    )
    refers_to = forms.ChoiceField(
        label=_("Report that is replaced or corrected"),
        required=False,
        help_text=_("Only for a replacement or a correction."),
    )
    family = forms.CharField(label=_("Model"), max_length=MAX_TEXT, required=False)
    version = forms.CharField(label=_("Version of the model"), max_length=MAX_TEXT, required=False)
    report_id = forms.CharField(
        label=_("Your name for the report"),
        max_length=MAX_TEXT,
        help_text=_(
            "The same name with the same file is the same report, however often it is sent."
        ),
    )
    file = forms.FileField(
        label=_("File"),
        error_messages={"required": _("Choose the file with the lines.")},
        help_text=_(
            "CSV or NDJSON, plain or compressed, or Parquet, up to 100 MB. The columns: line_id, "
            "work, use, unit, quantity, and if you like territory, language, media and note; CSV "
            "names them in its first line."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.ndjson,.parquet,.gz,.zst"}),
    )

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, **options)
        held = Licence.objects.filter(licensee=actor.organisation).select_related("deal")
        self._choose("licence", [(one.public_id, one.deal.title) for one in held])
        named = months(timezone.localdate())
        self._choose("period", [(month, month_name(month)) for month in named])
        self.fields["period"].initial = named[1]
        earlier = UsageReport.objects.filter(
            licensee=actor.organisation, state__in=[ReportState.ACCEPTED, ReportState.REJECTED]
        )[:MOST_REPORTS]
        referred = [(one.report_id, f"{one.label} · {one.report_id}") for one in earlier]
        self._choose("refers_to", [("", "–"), *referred])
        # A month without use has no lines to send.
        self.fields["file"].required = self.data.get("type") != ReportType.ZERO
        self.fields["report_id"].initial = f"{named[1]}-{secrets.token_hex(3)}"

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - it is declared above
        field.choices = choices

    def clean_file(self) -> "File[bytes] | None":
        """Refuse what is better sent in parts."""
        file: File[bytes] | None = self.cleaned_data["file"]
        if file is not None and (file.size or 0) > MOST_BYTES:
            raise forms.ValidationError(
                _("The file is larger than 100 MB. Send it in parts, as shown on this page.")
            )
        return file

    def clean(self) -> dict[str, Any]:
        """Refuse a report of no use that has a file."""
        said = super().clean() or self.cleaned_data
        if said.get("type") == ReportType.ZERO and said.get("file"):
            self.add_error("file", _("A report of no use has no file."))
        return said

    @property
    def header(self) -> dict[str, Any]:
        """The header without its control totals, once the form is valid."""
        said = self.cleaned_data
        header = {name: said[name] for name in ("report_id", "type", "licence", "period")}
        if said["family"] or said["version"]:
            header["model"] = {"family": said["family"], "version": said["version"]}
        if said["refers_to"]:
            is_correction = said["type"] == ReportType.CORRECTION
            header["corrects" if is_correction else "replaces"] = said["refers_to"]
        return header
