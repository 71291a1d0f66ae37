"""What people write about statements."""

from django import forms
from django.utils.translation import gettext_lazy as _

ROWS = 4


class DisputeForm(forms.Form):
    """Why a payee doubts a statement."""

    reason = forms.CharField(
        label=_("What is wrong?"),
        help_text=_("Name the line or the work. What this statement says is not paid until then."),
        widget=forms.Textarea(attrs={"rows": ROWS}),
        max_length=4000,
        error_messages={"required": _("Say what is wrong, so that it can be answered.")},
    )


class AnswerForm(forms.Form):
    """What finance found."""

    answer = forms.CharField(
        label=_("Your answer"),
        help_text=_("The payee reads it. What is put right is booked as a difference."),
        widget=forms.Textarea(attrs={"rows": ROWS}),
        max_length=4000,
        error_messages={"required": _("Write what was found and what is done about it.")},
    )


class HoldForm(forms.Form):
    """Why a statement is kept back."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        error_messages={"required": _("Say why the statement is held.")},
    )
