"""Which works somebody may license: the question behind every grant, in one query."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from licensing.catalogue.models import Mandate, MandateQuerySet, Share, ShareQuerySet, Work
from licensing.catalogue.uses import spell_out
from licensing.parties.models import Organisation
from licensing.territories import WORLD


def repertoire_of(
    organisation: Organisation,
    *,
    uses: Iterable[str],
    on: date,
    territory: Iterable[str] = (WORLD,),
) -> QuerySet[Work]:
    """Return the works that an organisation alone can license for these uses on a day.

    A permission that not every owner gave is none. So a work counts only if shares of it stand
    somewhere in the territory and each holder of one is either the organisation itself or a
    member whose mandate to it is in force, covers all of the uses and the territory, and does not
    exclude the work. For a share in one country a mandate for that country is enough. A work
    nobody is known to own belongs to no repertoire.

    Shares and mandates are read as of ``on``; nothing here looks at reservations, which bind
    strangers and not the owners themselves.
    """
    named = frozenset(territory)
    mandates = Mandate.objects.in_force(on).filter(
        collective=organisation, uses__contains=spell_out(uses)
    )
    everywhere = mandates.filter(_covers(named)).order_by().values("member")
    in_its_country = mandates.filter(
        member=OuterRef("holder"), territory__contains=[OuterRef("territory")]
    )
    shares = _standing(on, named).filter(work=OuterRef("pk"))
    foreign = shares.exclude(
        Q(holder=organisation)
        | Q(holder__in=everywhere)
        | (~Q(territory=WORLD) & Exists(in_its_country))
    )
    return Work.objects.filter(Exists(shares), ~Exists(foreign)).exclude(
        Exists(_exclusions(mandates, shares, named))
    )


def _standing(on: date, named: frozenset[str]) -> ShareQuerySet:
    """Return the shares that stand somewhere in a territory on a day.

    World-wide ones stand where the work has none for the country.
    """
    shares = Share.objects.in_force(on)
    if WORLD in named:
        return shares
    own = (
        shares.filter(work=OuterRef("work"), territory__in=named)
        .order_by()
        .values("work")
        .annotate(countries=Count("territory", distinct=True))
        .values("countries")
    )
    return shares.alias(countries=Coalesce(Subquery(own), 0)).filter(
        Q(territory__in=named) | Q(territory=WORLD, countries__lt=len(named))
    )


def _covers(named: frozenset[str]) -> Q:
    """Return the condition that a mandate is for a whole territory."""
    covers = Q(territory=[]) | Q(territory__contains=[WORLD])
    return covers if WORLD in named else covers | Q(territory__contains=sorted(named))


def _exclusions(
    mandates: MandateQuerySet, shares: ShareQuerySet, named: frozenset[str]
) -> ShareQuerySet:
    """Return the shares in a work whose holder's mandate leaves the work out.

    A member can only leave out works it has a share in: otherwise it could block another's.
    """
    leaving_out = mandates.order_by().filter(
        _covers(named) | Q(territory__contains=[OuterRef("territory")]),
        member=OuterRef("holder"),
        excluded_works=OuterRef("work"),
    )
    return shares.filter(Exists(leaving_out))
