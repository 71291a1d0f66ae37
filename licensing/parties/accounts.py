"""How people get in: by invitation only."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class InvitationOnlyAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # untyped library
    """Closes self sign-up: a stranger cannot make an organisation's member of themselves."""

    def is_open_for_signup(self, _request: HttpRequest, *_args: Any) -> bool:
        """Refuse; `parties.services.accept_invitation` makes the users."""
        return False
