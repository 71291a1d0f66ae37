"""Finding works, and what of them an actor is shown; the same for the API and the dashboard."""

from collections.abc import Mapping

from django.db.models import Prefetch, Q
from django.utils import timezone

from licensing.access import Actor
from licensing.catalogue.identifiers import OWN_SCHEME, parse
from licensing.catalogue.models import Reservation, Share, WorkQuerySet
from licensing.parties.models import Organisation
from licensing.parties.roles import Scope


def sees_shares(who: Actor) -> bool:
    """Tell whether an actor is on the rights side (or the operator), who see who owns what."""
    return who.may(Scope.STATEMENTS_READ) or who.may(Scope.WORKS_WRITE)


def shown(works: WorkQuerySet) -> WorkQuerySet:
    """Return works with all that `WorkOutput` shows, in a fixed number of queries."""
    today = timezone.localdate()
    return works.prefetch_related(
        "identifiers",
        Prefetch("shares", Share.objects.in_force(today).select_related("holder")),
        Prefetch("reservations", Reservation.objects.in_force(today).select_related("holder")),
    )


def narrowed(works: WorkQuerySet, who: Actor, wanted: Mapping[str, str]) -> WorkQuerySet:
    """Return the works that match the filters ``identifier``, ``title``, ``kind``, ``holder``.

    Raises `BadIdentifier` for an identifier that names nothing.
    """
    if identifier := wanted.get("identifier"):
        name = parse(identifier)
        works = (
            works.filter(public_id=name.value)
            if name.scheme == OWN_SCHEME
            else works.filter(identifiers__scheme=name.scheme, identifiers__value=name.value)
        )
    if title := wanted.get("title"):
        works = works.filter(
            Q(title__icontains=title)
            | Q(title_kana__icontains=title)
            | Q(title_en__icontains=title)
        )
    if kind := wanted.get("kind"):
        works = works.filter(kind=kind)
    if holder := wanted.get("holder"):
        owner = Organisation.objects.filter(Q(slug=holder) | Q(public_id=holder)).first()
        works = works.owned_by(owner) if owner and sees_shares(who) else works.none()
    return works
