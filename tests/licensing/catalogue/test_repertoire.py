from datetime import date

import pytest
from pytest_django import DjangoAssertNumQueries

from licensing.catalogue.models import Work
from licensing.catalogue.repertoire import repertoire_of
from licensing.parties.models import Organisation
from tests.factories import MandateFactory, OrganisationFactory, ShareFactory, WorkFactory

pytestmark = pytest.mark.django_db

TODAY = date(2026, 10, 15)


def repertoire(organisation: Organisation, *uses: str, on: date = TODAY) -> set[Work]:
    return set(repertoire_of(organisation, uses=uses or ["ai-train"], on=on))


def test_a_licensor_licenses_what_it_owns_wholly() -> None:
    mine, other = OrganisationFactory.create_batch(2)
    whole = ShareFactory.create(holder=mine).work
    split = ShareFactory.create(holder=mine).work
    ShareFactory.create(work=split, holder=other)
    ShareFactory.create(holder=other)
    WorkFactory.create()

    assert repertoire(mine) == {whole}


def test_only_shares_in_force_that_day_count() -> None:
    seller, buyer = OrganisationFactory.create_batch(2)
    work = ShareFactory.create(holder=seller, ends_on=date(2026, 9, 30)).work
    ShareFactory.create(work=work, holder=buyer, starts_on=date(2026, 10, 1))

    assert repertoire(seller, on=date(2026, 9, 30)) == {work}
    assert repertoire(buyer, on=date(2026, 9, 30)) == set()
    assert repertoire(seller, on=date(2026, 10, 1)) == set()
    assert repertoire(buyer, on=date(2026, 10, 1)) == {work}


def test_a_collective_licenses_what_all_owners_mandated() -> None:
    collective = OrganisationFactory.create(collective=True)
    member, second, stranger = OrganisationFactory.create_batch(3)
    for giver in (member, second):
        MandateFactory.create(member=giver, collective=collective)
    whole = ShareFactory.create(holder=member).work
    shared = ShareFactory.create(holder=member, weight=2).work
    ShareFactory.create(work=shared, holder=second)
    with_stranger = ShareFactory.create(holder=member, weight=99).work
    ShareFactory.create(work=with_stranger, holder=stranger)
    own = ShareFactory.create(holder=collective).work

    assert repertoire(collective) == {whole, shared, own}


def test_a_mandate_must_cover_every_use_asked_for() -> None:
    mandate = MandateFactory.create(uses=["ai-train", "evaluate"])
    work = ShareFactory.create(holder=mandate.member).work

    assert repertoire(mandate.collective, "ai-train", "evaluate") == {work}
    assert repertoire(mandate.collective, "ai-train", "fine-tune") == set()
    assert repertoire(mandate.collective, "ai-all") == set()


def test_a_mandate_counts_from_its_first_to_its_last_day() -> None:
    mandate = MandateFactory.create(starts_on=date(2026, 10, 1), ends_on=date(2026, 10, 31))
    work = ShareFactory.create(holder=mandate.member).work

    assert repertoire(mandate.collective, on=date(2026, 9, 30)) == set()
    assert repertoire(mandate.collective, on=date(2026, 10, 1)) == {work}
    assert repertoire(mandate.collective, on=date(2026, 10, 31)) == {work}
    assert repertoire(mandate.collective, on=date(2026, 11, 1)) == set()


def test_a_mandate_must_reach_the_territory() -> None:
    mandate = MandateFactory.create(territory=["JP"])
    work = ShareFactory.create(holder=mandate.member).work
    everywhere = MandateFactory.create(territory=[], collective=mandate.collective)
    unbounded = ShareFactory.create(holder=everywhere.member).work

    assert repertoire(mandate.collective) == {unbounded}
    japan = repertoire_of(mandate.collective, uses=["ai-train"], on=TODAY, territory=["JP"])
    assert set(japan) == {work, unbounded}
    both = repertoire_of(mandate.collective, uses=["ai-train"], on=TODAY, territory=["JP", "US"])
    assert set(both) == {unbounded}


def test_the_owner_of_a_country_is_asked_for_that_country() -> None:
    """A domestic publisher in Japan and a foreign one everywhere else, both with a collective."""
    collective = OrganisationFactory.create(collective=True)
    domestic, foreign = OrganisationFactory.create_batch(2)
    work = ShareFactory.create(holder=domestic, territory="JP").work
    ShareFactory.create(work=work, holder=foreign)

    def licensable(by: Organisation, *territory: str) -> bool:
        found = repertoire_of(by, uses=["ai-train"], on=TODAY, territory=territory)
        return set(found) == {work}

    alone = [licensable(domestic, "JP"), licensable(foreign, "US"), licensable(foreign, "JP")]
    MandateFactory.create(member=domestic, collective=collective, territory=["JP"])
    of_japan = [licensable(collective, *each) for each in (["JP"], ["JP", "US"], ["WW"])]
    everywhere = MandateFactory.create(member=foreign, collective=collective, territory=["WW"])
    of_both = [licensable(collective, *each) for each in (["JP"], ["JP", "US"], ["WW"])]
    everywhere.excluded_works.set([work])
    left_out = [licensable(collective, *each) for each in (["JP"], ["US"])]

    assert alone == [True, True, False]
    assert of_japan == [True, False, False]
    assert of_both == [True, True, True]
    assert left_out == [True, False]


def test_an_owner_leaves_its_own_works_out_and_nobody_elses() -> None:
    collective = OrganisationFactory.create(collective=True)
    mandate = MandateFactory.create(collective=collective)
    other = MandateFactory.create(collective=collective)
    left_out = ShareFactory.create(holder=mandate.member).work
    others_work = ShareFactory.create(holder=other.member).work
    mandate.excluded_works.set([left_out, others_work])

    assert repertoire(collective) == {others_work}


def test_one_query_whatever_the_number_of_works(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    mandate = MandateFactory.create()
    ShareFactory.create_batch(3, holder=mandate.member)

    with django_assert_num_queries(1):
        assert repertoire_of(mandate.collective, uses=["ai-train"], on=TODAY).count() == 3
