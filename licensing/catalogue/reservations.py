"""Reservations: dated public statements that rights are reserved."""

from collections.abc import Iterable
from datetime import date

from django.db import IntegrityError, transaction

from licensing.access import Actor
from licensing.catalogue.models import Reservation
from licensing.catalogue.services import OWNERS, NotYourWork, lock_own
from licensing.catalogue.uses import spell_out
from licensing.errors import Fault, IllegalMove, InvalidInput


class AlreadyReserved(IllegalMove):
    """A reservation of this already stands."""

    code = "already_reserved"


class AlreadyLifted(IllegalMove):
    """The reservation no longer stands."""

    code = "reservation_lifted"


@transaction.atomic
def reserve(
    *,
    by: Actor,
    uses: Iterable[str],
    statement: str,
    starts_on: date,
    work_id: str | None = None,
) -> Reservation:
    """State in public that rights in a work, or in all of the holder's works, are reserved.

    Raises `AlreadyReserved` while one of the same still stands.
    """
    if not statement.strip():
        raise InvalidInput(
            "A reservation is a public statement and needs words.",
            faults=[Fault("statement", "statement_missing", "Write what is published.")],
        )
    if by.kind not in OWNERS:
        raise NotYourWork("Only those who own or manage rights can reserve them.")
    work = None if work_id is None else lock_own(by, work_id)
    try:
        with transaction.atomic():
            return Reservation.objects.create(
                holder=by.organisation,
                work=work,
                uses=spell_out(uses),
                statement=statement.strip(),
                starts_on=starts_on,
                made_by=by.user,
            )
    except IntegrityError:
        raise AlreadyReserved(
            "A reservation of this stands already. Lift it first to state another."
        ) from None


@transaction.atomic
def reserve_many(
    *, by: Actor, work_ids: Iterable[str], uses: Iterable[str], statement: str, starts_on: date
) -> int:
    """Put works under reservation and return how many were not yet; all of them or none."""
    made = 0
    for work_id in sorted(set(work_ids)):
        standing = Reservation.objects.filter(
            holder=by.organisation, work__public_id=work_id, lifted_on=None
        )
        if not standing.exists():
            reserve(by=by, uses=uses, statement=statement, starts_on=starts_on, work_id=work_id)
            made += 1
    return made


@transaction.atomic
def lift(*, by: Actor, reservation_id: str, on: date) -> Reservation:
    """Take a reservation back from a day on; what it said before stays on record."""
    reservation = (
        Reservation.objects.visible_to(by).select_for_update().get(public_id=reservation_id)
    )
    if reservation.holder_id != by.organisation_id:
        raise NotYourWork("Only the holder lifts a reservation.")
    if reservation.lifted_on is not None:
        raise AlreadyLifted(f"The reservation was lifted on {reservation.lifted_on}.")
    if on < reservation.starts_on:
        raise InvalidInput(
            f"The reservation starts on {reservation.starts_on}; it cannot be lifted before.",
            faults=[Fault("on", "lifted_before_start", "Choose a later day.")],
        )
    reservation.lifted_on = on
    reservation.save(update_fields=["lifted_on"])
    return reservation
