"""The cards of reporting, payment, disputes and the licensee's further duties."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from licensing.deals.drafting.clause_forms import ClauseForm
from licensing.deals.drafting.entries import Entry, percentage, whole
from licensing.deals.drafting.fields import LinesField, NumberField
from licensing.templatetags.terms import WORDS

YES, NO = "yes", "no"


def _yes_or_no(agreed: bool) -> str:  # noqa: FBT001 - it is the value of a clause
    return YES if agreed else NO


def _is_yes(answer: str) -> Any:
    return answer == YES


class DutiesForm(ClauseForm):
    """What is done, and by when, beside paying the prices."""

    entries = (
        Entry(field="cadence", path=("reporting", "cadence")),
        whole("report_days", "reporting", "due_days"),
        whole("payment_days", "payment", "due_days"),
        percentage("late_interest", "payment", "late_interest"),
        whole("dispute_days", "dispute_days"),
        Entry(
            field="attribution",
            path=("duties", "attribution"),
            show=_yes_or_no,
            write=_is_yes,
        ),
        whole("output_limit_words", "duties", "output_limit_words"),
        whole("audit_notice_days", "duties", "audit", "notice_days"),
        whole("audit_years", "duties", "audit", "look_back_years"),
        Entry(field="special_conditions", path=("special_conditions",)),
    )

    cadence = forms.ChoiceField(
        label=_("Usage is reported"),
        required=False,
        choices=[("", _("Not agreed")), *WORDS["cadence"].items()],
    )
    report_days = NumberField(label=_("Days to report after a period"), required=False)
    payment_days = NumberField(label=_("Days to pay an invoice"), required=False)
    late_interest = NumberField(label=_("Late interest, % a year"), required=False)
    dispute_days = NumberField(label=_("Days to dispute a statement"), required=False)
    attribution = forms.ChoiceField(
        label=_("Outputs name the works they draw on"),
        required=False,
        choices=[("", _("Not agreed")), (YES, _("Required")), (NO, _("Not required"))],
    )
    output_limit_words = NumberField(
        label=_("Words of a work quoted in a row, at most"), required=False
    )
    audit_notice_days = NumberField(label=_("Notice of an audit, in days"), required=False)
    audit_years = NumberField(label=_("Years an audit looks back"), required=False)
    special_conditions = LinesField(
        label=_("Special conditions"),
        required=False,
        rows=4,
        help_text=_("Signed with the rest; no program executes them."),
    )
