"""Claims to works: one's own part, too much of one, and who sees that."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from licensing.access import Actor
from licensing.catalogue import contests, services
from licensing.catalogue.models import Share, Work
from licensing.errors import InvalidInput, LicensingError
from licensing.parties.models import Membership, Organisation, User
from licensing.parties.roles import Kind, Role
from tests.concurrency import together
from tests.licensing.deals.table import organisation, work

pytestmark = pytest.mark.django_db
DAY = date(2026, 10, 1)


@pytest.fixture
def quill() -> Organisation:
    return organisation("quill", Kind.LICENSOR)


@pytest.fixture
def cedar() -> Organisation:
    return organisation("cedar", Kind.LICENSOR)


def claim(work: Work, by: Organisation, weight: int = 1) -> Work:
    return contests.claim_share(
        by=Actor.owner_of(by), work_id=work.public_id, weight=weight, starts_on=DAY
    )


def entered(client: Client, by: Organisation) -> Client:
    user = User.objects.create_user(f"owner@{by.slug}.example")
    Membership.objects.create(user=user, organisation=by, role=Role.OWNER)
    client.force_login(user)
    return client


def test_a_claim_to_a_work_that_others_own_whole_contests_it(
    quill: Organisation, cedar: Organisation
) -> None:
    lantern = work("The Paper Lantern", quill)

    claimed = claim(lantern, cedar)

    assert claimed.weight_total == 1
    for actor in (quill, cedar):
        (contest,) = contests.contests(contests.contested(Actor.owner_of(actor), DAY), DAY)
        assert (contest.work, contest.claimed, len(contest.shares)) == (lantern, 2, 2)


def test_a_claim_to_what_a_declared_whole_leaves_contests_nothing(
    quill: Organisation, cedar: Organisation
) -> None:
    lantern = work("The Paper Lantern", quill)
    lantern.weight_total = 2
    lantern.save()

    claim(lantern, cedar)

    assert not contests.contested(Actor.owner_of(quill), DAY).exists()


def test_a_contest_is_shown_to_whom_it_concerns_and_the_operator(
    quill: Organisation, cedar: Organisation
) -> None:
    claim(work("The Paper Lantern", quill), cedar)
    other = organisation("birch", Kind.LICENSOR)
    operator = organisation("kyodaku", Kind.OPERATOR)

    assert not contests.contested(Actor.owner_of(other), DAY).exists()
    assert contests.contested(Actor.owner_of(operator), DAY).count() == 1
    assert not contests.contested(Actor.owner_of(operator), date(2026, 9, 30)).exists()


def test_the_operator_settles_a_contest_by_recording_the_owners(
    quill: Organisation, cedar: Organisation
) -> None:
    lantern = work("The Paper Lantern", quill)
    claim(lantern, cedar)
    operator = Actor.owner_of(organisation("kyodaku", Kind.OPERATOR))

    services.set_shares(
        by=operator,
        work_id=lantern.public_id,
        shares={"quill": 2, "cedar": 1},
        starts_on=date(2026, 11, 1),
        weight_total=3,
    )

    assert not contests.contested(operator, date(2026, 11, 1)).exists()


@pytest.mark.parametrize("weight", [0, -1, 10**12])
def test_a_claim_that_is_no_part_is_refused(
    quill: Organisation, cedar: Organisation, weight: int
) -> None:
    lantern = work("The Paper Lantern", quill)

    with pytest.raises(InvalidInput) as raised:
        claim(lantern, cedar, weight)

    assert [fault.code for fault in raised.value.faults] == ["weight_out_of_range"]
    assert Share.objects.count() == 1


def test_nobody_claims_twice_and_licensees_own_nothing(quill: Organisation) -> None:
    lantern = work("The Paper Lantern", quill)

    for by in (quill, organisation("tensor", Kind.LICENSEE)):
        with pytest.raises(LicensingError):
            claim(lantern, by)

    assert Share.objects.count() == 1
    assert Work.objects.get().weight_total is None


def test_a_claim_to_one_country_contests_that_country_alone(
    client: Client, quill: Organisation, cedar: Organisation
) -> None:
    """The owners stand in Japan too, so the claim is beside them and takes nothing from them."""
    lantern = work("The Paper Lantern", quill)

    contests.claim_share(
        by=Actor.owner_of(cedar),
        work_id=lantern.public_id,
        weight=1,
        starts_on=DAY,
        territory="JP",
    )

    assert set(lantern.shares.values_list("holder__slug", "territory", "weight", "starts_on")) == {
        ("quill", "WW", 1, None),
        ("quill", "JP", 1, DAY),
        ("cedar", "JP", 1, DAY),
    }
    (contest,) = contests.contests(contests.contested(Actor.owner_of(quill), DAY), DAY)
    assert (contest.territory, contest.claimed, len(contest.shares)) == ("JP", 2, 2)
    listed = entered(client, cedar).get(reverse("contested-works")).content.decode()
    shown = client.get(f"{reverse('work', args=[lantern.public_id])}?on=2026-10-02")
    assert "Japan" in listed
    assert "Japan: more is claimed of this work than there is" in shown.content.decode()
    with pytest.raises(LicensingError):
        contests.claim_share(
            by=Actor.owner_of(quill),
            work_id=lantern.public_id,
            weight=1,
            starts_on=DAY,
            territory="US",
        )
    assert lantern.shares.count() == 3


def test_a_claim_whose_whole_cannot_be_told_is_refused(
    quill: Organisation, cedar: Organisation
) -> None:
    lantern = work("The Paper Lantern", quill)
    Share.objects.create(work=lantern, holder=quill, weight=100, territory="JP")

    with pytest.raises(contests.WholesDiffer, match="JP 100, WW 1"):
        claim(lantern, cedar)

    assert Share.objects.count() == 2
    assert Work.objects.get().weight_total is None


@pytest.mark.parametrize("territory", ["JPN", "jp", "XX", ""])
def test_a_claim_to_no_country_is_refused(
    quill: Organisation, cedar: Organisation, territory: str
) -> None:
    lantern = work("The Paper Lantern", quill)

    with pytest.raises(InvalidInput) as raised:
        contests.claim_share(
            by=Actor.owner_of(cedar),
            work_id=lantern.public_id,
            weight=1,
            starts_on=DAY,
            territory=territory,
        )

    assert [fault.code for fault in raised.value.faults] == ["territory_unknown"]
    assert Share.objects.count() == 1


def test_shares_above_their_declared_whole_are_refused(quill: Organisation) -> None:
    lantern = work("The Paper Lantern", quill)

    with pytest.raises(InvalidInput) as raised:
        services.set_shares(
            by=Actor.owner_of(quill),
            work_id=lantern.public_id,
            shares={"quill": 4},
            starts_on=DAY,
            weight_total=3,
        )

    assert [(one.where, one.code) for one in raised.value.faults] == [
        ("weight_total", "shares_above_whole")
    ]
    assert Share.objects.get().weight == 1


def test_the_pages_take_a_claim_and_list_the_contest(
    client: Client, quill: Organisation, cedar: Organisation
) -> None:
    lantern = work("The Paper Lantern", quill)
    browser = entered(client, cedar)
    address = reverse("work", args=[lantern.public_id])
    assert "Claim a part of this work" in browser.get(address).content.decode()

    answer = browser.post(
        reverse("work-claim", args=[lantern.public_id]), {"weight": "1", "starts_on": "2026-10-01"}
    )
    refused = browser.post(reverse("work-claim", args=[lantern.public_id]), {"weight": "x"})

    assert (answer["Location"], refused["Location"]) == (address, address)
    page = browser.get(f"{address}?on=2026-10-02").content.decode()
    assert "More is claimed of this work than there is" in page
    assert "The Paper Lantern" in browser.get(reverse("contested-works")).content.decode()


def test_a_licensee_does_not_see_who_contests_what(client: Client) -> None:
    browser = entered(client, organisation("tensor", Kind.LICENSEE))

    assert browser.get(reverse("contested-works")).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_of_two_claims_of_one_organisation_at_once_one_counts() -> None:
    quill, cedar = organisation("quill", Kind.LICENSOR), organisation("cedar", Kind.LICENSOR)
    lantern = work("The Paper Lantern", quill)

    made = together(lambda: claim(lantern, cedar), lambda: claim(lantern, cedar))

    assert sorted(type(one).__name__ for one in made) == ["AlreadyClaimed", "Work"]
    assert Share.objects.filter(holder=cedar).count() == 1


@pytest.mark.django_db(transaction=True)
def test_claims_of_two_organisations_at_once_are_parts_of_one_whole() -> None:
    """Quill owned all of it, 1 of 1; whoever claims first declares that whole for both."""
    quill, cedar = organisation("quill", Kind.LICENSOR), organisation("cedar", Kind.LICENSOR)
    birch = organisation("birch", Kind.LICENSOR)
    lantern = work("The Paper Lantern", quill)

    together(lambda: claim(lantern, cedar, 2), lambda: claim(lantern, birch, 3))

    assert Work.objects.get(pk=lantern.pk).weight_total == 1
    assert sorted(Share.objects.values_list("holder__slug", "weight")) == [
        ("birch", 3),
        ("cedar", 2),
        ("quill", 1),
    ]
