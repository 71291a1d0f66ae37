"""Opening a closed period when something it was rated from changed outside of its reports.

What was booked stands; closing the period again books the difference.
"""

from collections.abc import Iterator

from django.db import transaction
from django.db.models import OuterRef, Subquery

from licensing.deals.models import Licence
from licensing.royalties.indices import readings
from licensing.royalties.models import Close, Period, PeriodState


@transaction.atomic
def reopen(period_id: int) -> Period:
    """Open a closed period, so that it stands among those to be closed; another stays as it is."""
    Licence.objects.lock(Period.objects.get(pk=period_id).licence_id)
    period = Period.objects.lock(period_id)
    if period.state == PeriodState.CLOSED:
        period.state = PeriodState.OPEN
        period.save(update_fields=["state"])
    return period


def revised() -> Iterator[Period]:
    """Yield the closed periods that were last rated by an index reading that was revised since."""
    latest = Close.objects.filter(period=OuterRef("period")).order_by("-number")
    closes = (
        Close.objects.filter(period__state=PeriodState.CLOSED, pk=Subquery(latest.values("pk")[:1]))
        .exclude(indices=[])
        .select_related("period")
        .order_by("period")
    )
    for close in closes:
        if readings.revised([close.indices]):
            yield close.period
