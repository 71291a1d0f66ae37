"""What stands for a licence when its lines are judged."""

import calendar
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Max, Q

from licensing.catalogue.identifiers import OWN_SCHEME
from licensing.catalogue.models import Identifier
from licensing.deals.models import Licence
from licensing.usage.matching.models import Kind, MatchDecision


@dataclass(frozen=True, slots=True)
class Standing:
    """The names used without permission, and the latest decision that was looked at.

    ``grants`` says whether works were granted since the licence was signed, from whatever day.
    """

    infringing: frozenset[str]
    through: int
    grants: bool


def of(licence: Licence) -> Standing:
    """Return what the verdicts on a licence's lines depend on beside the catalogue.

    A work that was marked as infringing is so under every name the catalogue has for it.
    """
    own = Q(licence=licence, undone_at=None)
    found = MatchDecision.objects.about(licence).aggregate(
        through=Max("pk"),
        infringing=Count("pk", filter=own & Q(kind=Kind.INFRINGING)),
        grants=Count("pk", filter=own & Q(kind=Kind.GRANT)),
    )
    names = _infringing(licence) if found["infringing"] else frozenset()
    return Standing(names, found["through"] or 0, bool(found["grants"]))


def _infringing(licence: Licence) -> frozenset[str]:
    marks = MatchDecision.objects.standing(Kind.INFRINGING).filter(licence=licence)
    names = set(marks.values_list("name", flat=True))
    works = dict(marks.exclude(work=None).values_list("work", "work__public_id"))
    names |= {f"{OWN_SCHEME}:{public_id}" for public_id in works.values()}
    names |= {str(one) for one in Identifier.objects.filter(work__in=works)}
    return frozenset(names)


def latest(licence: Licence) -> int:
    """Return the number of the latest decision that a licence's verdicts may depend on."""
    about = MatchDecision.objects.about(licence)
    return about.aggregate(latest=Max("pk"))["latest"] or 0


def last_day(month: date) -> date:
    """Return the day up to which grants count for a month: one that begins in it covers it."""
    return month.replace(day=calendar.monthrange(month.year, month.month)[1])
