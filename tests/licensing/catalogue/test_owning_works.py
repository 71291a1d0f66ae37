from datetime import date

import pytest
from django.db import transaction

from licensing.access import Actor
from licensing.catalogue import services
from licensing.catalogue.identifiers import BadIdentifier
from licensing.catalogue.models import Identifier, Share, Work
from licensing.catalogue.services import IdentifierTaken, NotYourWork, SharesRecorded
from licensing.errors import InvalidInput
from licensing.parties.models import Organisation
from tests.concurrency import Elsewhere
from tests.factories import (
    IdentifierFactory,
    MandateFactory,
    OrganisationFactory,
    ShareFactory,
)

pytestmark = pytest.mark.django_db

OCTOBER = date(2026, 10, 1)


def register(by: Organisation, *identifiers: str, **shares: int) -> Work:
    return services.register_work(
        by=Actor.owner_of(by),
        kind="book",
        title="海辺の本",
        identifiers=identifiers or ["isbn:4-10-109205-2"],
        shares=shares,
    )


def shares_of(work: Work) -> list[tuple[str, int, date | None, date | None]]:
    return list(
        work.shares.order_by("pk").values_list("holder__slug", "weight", "starts_on", "ends_on")
    )


def test_a_work_is_registered_with_names_and_shares() -> None:
    quill = OrganisationFactory.create(slug="quill")
    OrganisationFactory.create(slug="tide")

    work = register(quill, "isbn:4-10-109205-2", "isbn:9784101092058", quill=2, tide=1)

    assert [str(name) for name in work.identifiers.all()] == ["isbn:9784101092058"]
    assert shares_of(work) == [("quill", 2, None, None), ("tide", 1, None, None)]


def test_what_cannot_be_registered_leaves_nothing() -> None:
    quill = OrganisationFactory.create(slug="quill")
    OrganisationFactory.create(slug="vista", licensee=True)
    IdentifierFactory.create(scheme="madb", value="C1")
    actor = Actor.owner_of(quill)

    with pytest.raises(BadIdentifier):
        register(quill, "isbn:1", quill=1)
    with pytest.raises(IdentifierTaken):
        register(quill, "madb:C1", quill=1)
    with pytest.raises(InvalidInput) as nameless:
        services.register_work(
            by=actor, kind="book", title="A", identifiers=[], shares={"quill": 1}
        )
    with pytest.raises(InvalidInput) as shares:
        register(quill, quill=0, nobody=1, vista=1)
    with pytest.raises(InvalidInput) as texts:
        services.register_work(
            by=actor,
            kind="A Book",
            title="",
            identifiers=["madb:C2"],
            shares={"quill": 1},
            released="soon",
        )
    with pytest.raises(NotYourWork):
        register(OrganisationFactory.create(), quill=1)

    assert [fault.code for fault in nameless.value.faults] == ["identifier_missing"]
    assert [fault.code for fault in shares.value.faults] == [
        "weight_out_of_range",
        "holder_unknown",
        "holder_unknown",
    ]
    assert [fault.code for fault in texts.value.faults] == [
        "kind_malformed",
        "title_missing",
        "date_malformed",
    ]
    assert (Work.objects.count(), Identifier.objects.count(), Share.objects.count()) == (1, 1, 0)


def test_an_identifier_is_added_once() -> None:
    share = ShareFactory.create()
    actor = Actor.owner_of(share.holder)

    for _ in range(2):
        services.add_identifier(by=actor, work_id=share.work.public_id, identifier="madb:C1")

    assert share.work.identifiers.count() == 1


def test_an_identifier_of_another_work_is_refused() -> None:
    taken = IdentifierFactory.create(scheme="madb", value="C1")
    share = ShareFactory.create()

    with pytest.raises(IdentifierTaken, match=taken.work.public_id):
        services.add_identifier(
            by=Actor.owner_of(share.holder), work_id=share.work.public_id, identifier="madb:c1"
        )

    assert not share.work.identifiers.exists()


def test_who_owns_no_part_changes_nothing() -> None:
    work = ShareFactory.create().work
    stranger = Actor.owner_of(OrganisationFactory.create(slug="quill"))

    with pytest.raises(NotYourWork):
        services.add_identifier(by=stranger, work_id=work.public_id, identifier="madb:C1")
    with pytest.raises(NotYourWork):
        services.set_shares(
            by=stranger, work_id=work.public_id, shares={"quill": 1}, starts_on=OCTOBER
        )

    assert not work.identifiers.exists()
    assert work.shares.count() == 1


def test_new_shares_hold_from_a_day_and_the_old_until_its_eve() -> None:
    share = ShareFactory.create(holder__slug="quill")
    OrganisationFactory.create(slug="tide")

    services.set_shares(
        by=Actor.owner_of(share.holder),
        work_id=share.work.public_id,
        shares={"quill": 2, "tide": 1},
        starts_on=OCTOBER,
    )

    assert shares_of(share.work) == [
        ("quill", 1, None, date(2026, 9, 30)),
        ("quill", 2, OCTOBER, None),
        ("tide", 1, OCTOBER, None),
    ]


def test_recorded_shares_are_not_rewritten() -> None:
    share = ShareFactory.create(holder__slug="quill", starts_on=OCTOBER)

    with pytest.raises(SharesRecorded, match="2026-10-01"):
        services.set_shares(
            by=Actor.owner_of(share.holder),
            work_id=share.work.public_id,
            shares={"quill": 2},
            starts_on=OCTOBER,
        )

    assert shares_of(share.work) == [("quill", 1, OCTOBER, None)]


def test_one_of_several_owners_does_not_change_the_shares_and_the_operator_does() -> None:
    share = ShareFactory.create(holder__slug="quill")
    ShareFactory.create(work=share.work)
    operator = OrganisationFactory.create(operator=True)

    with pytest.raises(NotYourWork, match="operator"):
        services.set_shares(
            by=Actor.owner_of(share.holder),
            work_id=share.work.public_id,
            shares={"quill": 1},
            starts_on=OCTOBER,
        )
    assert share.work.shares.filter(ends_on=None).count() == 2

    services.set_shares(
        by=Actor.owner_of(operator),
        work_id=share.work.public_id,
        shares={"quill": 1},
        starts_on=OCTOBER,
    )
    assert share.work.shares.in_force(OCTOBER).get().holder == share.holder


def test_a_collective_acts_on_works_of_members() -> None:
    mandate = MandateFactory.create()
    work = ShareFactory.create(holder=mandate.member).work

    services.add_identifier(
        by=Actor.owner_of(mandate.collective), work_id=work.public_id, identifier="madb:C1"
    )

    assert str(work.identifiers.get()) == "madb:C1"


def test_an_unknown_work_is_not_found() -> None:
    with pytest.raises(Work.DoesNotExist):
        services.add_identifier(
            by=Actor.owner_of(OrganisationFactory.create()), work_id="work_x", identifier="madb:C1"
        )


@pytest.mark.django_db(transaction=True)
def test_of_two_simultaneous_changes_of_shares_the_second_sees_the_first() -> None:
    holder = OrganisationFactory.create(slug="quill")
    work = ShareFactory.create(holder=holder).work
    other = Elsewhere()

    def change(weight: int) -> Work:
        return services.set_shares(
            by=Actor.owner_of(holder),
            work_id=work.public_id,
            shares={"quill": weight},
            starts_on=OCTOBER,
        )

    with transaction.atomic():
        change(2)
        second = other.start(lambda: change(3))
    with pytest.raises(SharesRecorded):
        second()
    other.close()

    assert work.shares.in_force(OCTOBER).get().weight == 2


@pytest.mark.django_db(transaction=True)
def test_of_two_works_that_want_one_name_one_gets_it() -> None:
    holder = OrganisationFactory.create(slug="quill")
    first, second = (ShareFactory.create(holder=holder).work for _ in range(2))
    other = Elsewhere()

    def name(work: Work) -> Identifier:
        return services.add_identifier(
            by=Actor.owner_of(holder), work_id=work.public_id, identifier="madb:C1"
        )

    with transaction.atomic():
        name(first)
        late = other.start(lambda: name(second))
    with pytest.raises(IdentifierTaken):
        late()
    other.close()

    assert Identifier.objects.get().work == first
