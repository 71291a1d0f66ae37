"""Entering what an index stood at."""

import re
from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import connection, transaction

from config.jobs import enqueue_on_commit
from licensing.access import Actor
from licensing.errors import Fault, InvalidInput
from licensing.parties.roles import Scope
from licensing.royalties.indices.models import IndexReading

_MONTH = re.compile(r"[1-9][0-9]{3}-(0[1-9]|1[0-2])")


@transaction.atomic
def enter_reading(
    *, by: Actor, series: str, month: str, value: Decimal, source: str
) -> IndexReading:
    """Record a reading, or another revision of it, which counts from now on.

    Periods closed by the revision before are opened; closing them again books the difference.
    Readings are entered one at a time, so that two people make two revisions. Raises
    `InvalidInput` where nothing would change, or what is said cannot be a reading.
    """
    by.require(Scope.PERIODS_CLOSE)
    if not _MONTH.fullmatch(month):
        raise _refused(Fault("month", "month_malformed", "Write the month as 2026-09."))
    first = date.fromisoformat(f"{month}-01")
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE licensing_indexreading IN SHARE ROW EXCLUSIVE MODE")
    last = IndexReading.objects.in_force().filter(series=series, month=first).first()
    if last is not None and (last.value, last.source) == (value, source):
        raise _refused(
            Fault("value", "reading_unchanged", "This is what was entered already; correct it.")
        )
    reading = IndexReading(
        series=series,
        month=first,
        value=value,
        source=source,
        revision=last.revision + 1 if last else 1,
        entered_by=by.user,
    )
    try:
        reading.full_clean(exclude=["entered_by"])
    except ValidationError as refusal:
        raise _refused(*_faults(refusal)) from None
    reading.save()
    if reading.revision > 1:
        enqueue_on_commit("licensing.royalties.tasks.reopen_revised")
    return reading


def _faults(refusal: ValidationError) -> list[Fault]:
    return [
        Fault("" if where == "__all__" else where, "reading_impossible", message)
        for where, messages in refusal.message_dict.items()
        for message in messages
    ]


def _refused(*faults: Fault) -> InvalidInput:
    return InvalidInput("The reading was not entered; see errors.", faults=faults)
