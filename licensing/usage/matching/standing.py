"""What stands for a licence when its lines are judged."""

import calendar
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db import connection
from django.db.models import Max

from licensing.catalogue.identifiers import OWN_SCHEME
from licensing.catalogue.models import Identifier
from licensing.deals.models import Licence
from licensing.usage.matching.models import Kind, MatchDecision

# As `MatchDecisionQuerySet.about` and `standing` have it; asked of every report, so written out.
STANDS: Final = f"""
    SELECT max(id),
           bool_or(licence_id IS NOT NULL AND kind = '{Kind.INFRINGING}' AND undone_at IS NULL),
           bool_or(licence_id IS NOT NULL AND kind = '{Kind.GRANT}' AND undone_at IS NULL)
    FROM licensing_matchdecision
    WHERE licence_id = %s
       OR licence_id IS NULL AND (licensor_id = %s OR licensor_id IS NULL)
"""  # noqa: S608  # the values are constants


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
    with connection.cursor() as cursor:
        cursor.execute(STANDS, [licence.pk, licence.licensor_id])
        through, infringing, grants = cursor.fetchall()[0]
    names = _infringing(licence) if infringing else frozenset()
    return Standing(names, through or 0, bool(grants))


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
