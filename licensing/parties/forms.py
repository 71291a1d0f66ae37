"""What the organisation page asks."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from licensing.access import Actor
from licensing.parties.models import KeyMode, MemberRole
from licensing.parties.services import grantable

PASSWORD_HELP = lazy(lambda: " ".join(map(str, password_validators_help_texts())), str)()


class InviteForm(forms.Form):
    """Whom to invite, and as what."""

    email = forms.EmailField(label=_("E-mail"), widget=forms.EmailInput({"autocomplete": "off"}))
    role = forms.ChoiceField(
        label=_("Role"),
        choices=MemberRole,
        help_text=_(
            "Owners do everything. Negotiators register works, negotiate and sign. Finance "
            "handles money. Viewers only read."
        ),
    )


class AcceptForm(forms.Form):
    """Who joins."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=120,
        widget=forms.TextInput({"autocomplete": "name"}),
    )
    password = forms.CharField(
        label=_("Password"),
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        help_text=PASSWORD_HELP,
    )


class KeyForm(forms.Form):
    """A key to be made."""

    name = forms.CharField(
        label=_("Name"), max_length=80, help_text=_("What will use the key, such as: nightly job.")
    )
    mode = forms.ChoiceField(label=_("Mode"), choices=KeyMode)
    scopes = forms.MultipleChoiceField(
        label=_("Scopes"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Give a key no more than its job needs."),
    )

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        scopes: Any = self.fields["scopes"]
        scopes.choices = [(scope.value, scope.value) for scope in sorted(grantable(actor))]
