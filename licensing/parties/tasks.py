"""Jobs of the parties: mailing invitations."""

from celery import shared_task
from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from licensing.parties.models import Invitation
from licensing.parties.services import link_to

RULE = "\n\n―――\n\n"


@shared_task(ignore_result=True)
def send_invitation(invitation_id: int) -> None:
    """Mail a link in both languages, the organisation's first.

    A lost message loses nothing: the page shows the link and sends it again.
    """
    invitation = Invitation.objects.select_related("organisation", "invited_by").get(
        pk=invitation_id
    )
    if invitation.accepted_at or invitation.revoked_at:
        return
    first = invitation.organisation.language
    parts = [
        _written(invitation, language) for language in (first, "en" if first == "ja" else "ja")
    ]
    subject = " / ".join(subject for subject, _body in parts)
    body = RULE.join(text for _subject, text in parts)
    send_mail(f"Kyodaku: {subject}", body, None, [invitation.email])


def _written(invitation: Invitation, language: str) -> tuple[str, str]:
    with translation.override(language):
        subject = _("Invitation to %(organisation)s") % {"organisation": invitation.organisation}
        body = render_to_string(
            "parties/mail_invitation.txt",
            {
                "invitation": invitation,
                "days": settings.INVITATION_DAYS,
                "url": link_to(invitation),
            },
        )
    return subject, body.strip()
