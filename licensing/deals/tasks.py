"""Jobs of negotiation: telling the other side, letting offers lapse, printing the agreement."""

from celery import shared_task
from django.conf import settings
from django.core.mail import send_mail
from django.db import OperationalError
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from config.jobs import enqueue_on_commit, repeatable
from licensing.deals import agreement, services
from licensing.deals.models import Deal, DealMove, DealState, Licence
from licensing.parties.models import MemberRole, Membership, Organisation


@shared_task(
    ignore_result=True, autoretry_for=(OperationalError,), retry_backoff=True, max_retries=5
)
def tell_counterparty(move_id: int) -> None:
    """Mail the side that did not make a move; a lost mail loses nothing, the deal page tells."""
    move = DealMove.objects.select_related("deal__licensor", "deal__licensee", "by").get(pk=move_id)
    deal = move.deal
    sides = [deal.licensor, deal.licensee]
    for side in sides:
        if move.by_id != side.pk:
            _mail(side, deal, move)


def _mail(side: Organisation, deal: Deal, move: DealMove) -> None:
    people = Membership.objects.filter(
        organisation=side,
        ended_at=None,
        role__in=[MemberRole.OWNER, MemberRole.NEGOTIATOR],
    ).values_list("user__email", flat=True)
    with translation.override(side.language):
        body = render_to_string(
            "deals/mail_move.txt",
            {
                "deal": deal,
                "move": move,
                "state": DealState(move.to_state).label,
                "url": settings.PUBLIC_URL + reverse("deal", args=[deal.public_id]),
            },
        )
        subject = _("%(deal)s: %(state)s") % {
            "deal": deal.title,
            "state": DealState(move.to_state).label,
        }
    send_mail(f"Kyodaku: {subject}", body, None, list(people))


@shared_task(ignore_result=True)
def lapse_expired_offers() -> None:
    """Sweep: end the deals whose standing offer has expired."""
    expired = Deal.objects.filter(
        state=DealState.NEGOTIATING,
        offers__answered_at=None,
        offers__expires_at__lte=timezone.now(),
    )
    for public_id in expired.values_list("public_id", flat=True):
        services.lapse(deal_id=public_id)


@repeatable
def prepare_agreement(licence_id: int) -> None:
    """Ask for the agreement's PDF in both languages; asking twice finds the first ones."""
    agreement.request(Licence.objects.get(pk=licence_id))


@shared_task(ignore_result=True)
def prepare_missing_agreements() -> None:
    """Sweep: ask again for agreements whose message was lost."""
    for licence_id in agreement.missing().values_list("pk", flat=True):
        enqueue_on_commit("licensing.deals.tasks.prepare_agreement", licence_id=licence_id)
