from datetime import date

import pytest
from django.db import transaction

from licensing.access import Actor
from licensing.catalogue import reservations
from licensing.catalogue.models import Reservation
from licensing.catalogue.reservations import AlreadyLifted, AlreadyReserved
from licensing.catalogue.services import NotYourWork
from licensing.errors import InvalidInput
from licensing.parties.models import Organisation
from tests.concurrency import Elsewhere
from tests.factories import OrganisationFactory, ReservationFactory, ShareFactory

pytestmark = pytest.mark.django_db

START = date(2026, 4, 1)
WORDS = "無断学習を禁じます。"


def reserve(holder: Organisation, work_id: str | None = None) -> Reservation:
    return reservations.reserve(
        by=Actor.owner_of(holder),
        uses=["ai-all"],
        statement=f" {WORDS}\n",
        starts_on=START,
        work_id=work_id,
    )


def test_a_holder_reserves_everything_it_owns() -> None:
    holder = OrganisationFactory.create()

    made = reserve(holder)

    assert (made.work, made.statement, made.holder) == (None, WORDS, holder)
    assert made.uses == ["ai-index", "ai-input", "ai-train", "evaluate", "fine-tune"]


def test_what_stands_already_is_not_reserved_twice() -> None:
    share = ShareFactory.create()
    reserve(share.holder, share.work.public_id)
    reserve(share.holder)

    with pytest.raises(AlreadyReserved):
        reserve(share.holder, share.work.public_id)
    with pytest.raises(AlreadyReserved):
        reserve(share.holder)

    assert Reservation.objects.count() == 2


def test_others_works_empty_statements_and_licensees_are_refused() -> None:
    work = ShareFactory.create().work
    stranger = OrganisationFactory.create()

    with pytest.raises(NotYourWork):
        reserve(stranger, work.public_id)
    with pytest.raises(NotYourWork):
        reserve(OrganisationFactory.create(licensee=True))
    with pytest.raises(InvalidInput):
        reservations.reserve(
            by=Actor.owner_of(stranger), uses=["all"], statement=" ", starts_on=START
        )

    assert not Reservation.objects.exists()


def test_many_works_are_reserved_all_or_none() -> None:
    holder = OrganisationFactory.create()
    ids = [ShareFactory.create(holder=holder).work.public_id for _ in range(3)]
    foreign = ShareFactory.create().work.public_id
    reserve(holder, ids[0])

    def many(*work_ids: str) -> int:
        return reservations.reserve_many(
            by=Actor.owner_of(holder),
            work_ids=work_ids,
            uses=["ai-train"],
            statement=WORDS,
            starts_on=START,
        )

    with pytest.raises(NotYourWork):
        many(*ids, foreign)
    assert Reservation.objects.count() == 1

    assert many(*ids) == 2
    assert Reservation.objects.count() == 3


def test_a_reservation_is_lifted_by_its_holder_once() -> None:
    made = ReservationFactory.create(starts_on=START)
    holder = Actor.owner_of(made.holder)
    day = date(2026, 5, 1)

    with pytest.raises(NotYourWork):
        reservations.lift(
            by=Actor.owner_of(OrganisationFactory.create()), reservation_id=made.public_id, on=day
        )
    with pytest.raises(InvalidInput):
        reservations.lift(by=holder, reservation_id=made.public_id, on=date(2026, 3, 31))
    assert Reservation.objects.in_force(day).get() == made

    reservations.lift(by=holder, reservation_id=made.public_id, on=day)
    with pytest.raises(AlreadyLifted):
        reservations.lift(by=holder, reservation_id=made.public_id, on=date(2026, 6, 1))

    made.refresh_from_db()
    assert made.lifted_on == day
    assert not Reservation.objects.in_force(day).exists()
    assert Reservation.objects.in_force(date(2026, 4, 30)).exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_simultaneous_liftings_one_counts() -> None:
    made = ReservationFactory.create(starts_on=START)
    holder = Actor.owner_of(made.holder)
    other = Elsewhere()

    with transaction.atomic():
        reservations.lift(by=holder, reservation_id=made.public_id, on=date(2026, 5, 1))
        second = other.start(
            lambda: reservations.lift(by=holder, reservation_id=made.public_id, on=date(2026, 6, 1))
        )
    with pytest.raises(AlreadyLifted):
        second()
    other.close()

    made.refresh_from_db()
    assert made.lifted_on == date(2026, 5, 1)
