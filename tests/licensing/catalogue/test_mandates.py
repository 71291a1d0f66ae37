from datetime import date
from typing import Any

import pytest

from licensing.access import Actor
from licensing.catalogue import mandates
from licensing.catalogue.mandates import MandateEnded
from licensing.catalogue.models import Mandate
from licensing.catalogue.services import NotYourWork
from licensing.errors import InvalidInput
from licensing.parties.models import Organisation
from tests.factories import MandateFactory, OrganisationFactory, WorkFactory

pytestmark = pytest.mark.django_db

START = date(2026, 4, 1)


def give(by: Organisation, member: Organisation, collective: Organisation, **rest: Any) -> Mandate:
    return mandates.give(
        by=Actor.owner_of(by),
        member=member,
        collective=collective,
        **{"uses": ["ai-train"], "starts_on": START, **rest},
    )


def test_a_member_gives_a_mandate() -> None:
    member = OrganisationFactory.create()
    collective = OrganisationFactory.create(collective=True)
    work = WorkFactory.create()

    mandate = give(
        member,
        member,
        collective,
        uses=["all"],
        territory=["US", "JP"],
        excluded_works=[work.public_id],
        ends_on=date(2027, 3, 31),
    )

    mandate.refresh_from_db()
    assert mandate.uses == ["ai-index", "ai-input", "ai-train", "evaluate", "fine-tune", "search"]
    assert mandate.territory == ["JP", "US"]
    assert list(mandate.excluded_works.all()) == [work]


def test_only_the_member_or_the_operator_gives_it() -> None:
    member = OrganisationFactory.create()
    collective = OrganisationFactory.create(collective=True)
    operator = OrganisationFactory.create(operator=True)

    with pytest.raises(NotYourWork):
        give(collective, member, collective)
    assert not Mandate.objects.exists()

    assert give(operator, member, collective).member == member


def test_a_mandate_that_cannot_be_is_refused_with_all_reasons() -> None:
    collective = OrganisationFactory.create(collective=True)
    licensor = OrganisationFactory.create()

    with pytest.raises(InvalidInput) as refusal:
        give(
            collective,
            collective,
            licensor,
            ends_on=date(2026, 3, 31),
            territory=["JP", "XX"],
            excluded_works=["work_none"],
        )

    assert [fault.code for fault in refusal.value.faults] == [
        "not_a_licensor",
        "not_a_collective",
        "ends_before_start",
        "territory_unknown",
        "work_unknown",
    ]
    assert not Mandate.objects.exists()


def test_a_second_mandate_from_the_same_day_is_refused() -> None:
    mandate = MandateFactory.create(starts_on=START)

    with pytest.raises(InvalidInput) as refusal:
        give(mandate.member, mandate.member, mandate.collective, uses=["search"])

    assert [fault.code for fault in refusal.value.faults] == ["mandate_exists"]
    assert Mandate.objects.get().uses == ["ai-train"]


def test_a_mandate_is_ended_by_its_member_once() -> None:
    mandate = MandateFactory.create(starts_on=START)
    member = Actor.owner_of(mandate.member)

    mandates.end(by=member, mandate_id=mandate.public_id, ends_on=date(2026, 12, 31))
    with pytest.raises(MandateEnded):
        mandates.end(by=member, mandate_id=mandate.public_id, ends_on=date(2027, 1, 1))
    mandates.end(by=member, mandate_id=mandate.public_id, ends_on=date(2026, 11, 30))

    mandate.refresh_from_db()
    assert mandate.ends_on == date(2026, 11, 30)


def test_nobody_else_ends_it_and_strangers_do_not_find_it() -> None:
    mandate = MandateFactory.create(starts_on=START)
    day = date(2026, 12, 31)

    with pytest.raises(NotYourWork):
        mandates.end(
            by=Actor.owner_of(mandate.collective), mandate_id=mandate.public_id, ends_on=day
        )
    with pytest.raises(Mandate.DoesNotExist):
        mandates.end(
            by=Actor.owner_of(OrganisationFactory.create()),
            mandate_id=mandate.public_id,
            ends_on=day,
        )
    with pytest.raises(InvalidInput):
        mandates.end(
            by=Actor.owner_of(mandate.member),
            mandate_id=mandate.public_id,
            ends_on=date(2026, 3, 31),
        )

    mandate.refresh_from_db()
    assert mandate.ends_on is None
