"""Which works somebody may license: the question behind every grant, in one query."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from licensing.catalogue.models import Mandate, Share, Work
from licensing.catalogue.uses import spell_out
from licensing.parties.models import Organisation

WORLD = "WW"


def repertoire_of(
    organisation: Organisation,
    *,
    uses: Iterable[str],
    on: date,
    territory: Iterable[str] = (WORLD,),
) -> QuerySet[Work]:
    """Return the works that an organisation alone can license for these uses on a day.

    A permission that not every owner gave is none. So a work counts only if it has shares in
    force and each holder of one is either the organisation itself or a member whose mandate to it
    is in force, covers all of the uses and the whole territory, and does not exclude the work.
    Shares of any territory count, because a licence is rarely narrower than the whole. A work
    nobody is known to own belongs to no repertoire.

    Shares and mandates are read as of ``on``; nothing here looks at reservations, which bind
    strangers and not the owners themselves.
    """
    mandates = _mandates(organisation, spell_out(uses), on, frozenset(territory))
    shares = Share.objects.in_force(on).filter(work=OuterRef("pk"))
    foreign = shares.exclude(
        Q(holder=organisation) | Q(holder__in=mandates.order_by().values("member"))
    )
    return Work.objects.filter(Exists(shares), ~Exists(foreign)).exclude(
        Exists(_exclusions(mandates, on))
    )


def _mandates(
    organisation: Organisation, uses: list[str], on: date, territory: frozenset[str]
) -> QuerySet[Mandate]:
    reaches = Q(territory=[]) | Q(territory__contains=[WORLD])
    if WORLD not in territory:
        reaches |= Q(territory__contains=sorted(territory))
    return Mandate.objects.in_force(on).filter(
        reaches, collective=organisation, uses__contains=uses
    )


def _exclusions(mandates: QuerySet[Mandate], on: date) -> QuerySet[Share]:
    """Return the shares in a work whose holder's mandate leaves the work out.

    A member can only leave out works it has a share in: otherwise it could block another's.
    """
    leaving_out = mandates.order_by().filter(
        member=OuterRef("holder"), excluded_works=OuterRef("work")
    )
    return Share.objects.in_force(on).filter(Exists(leaving_out), work=OuterRef("pk"))
