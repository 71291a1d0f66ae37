import pytest
from django.db import transaction

from licensing.access import Actor
from licensing.errors import InvalidInput
from licensing.parties import services
from licensing.parties.models import Membership
from licensing.parties.roles import Role
from licensing.parties.services import LastOwner
from tests.concurrency import Elsewhere
from tests.factories import MembershipFactory

pytestmark = pytest.mark.django_db


def test_roles_change_and_members_leave() -> None:
    owner = MembershipFactory.create()
    second = MembershipFactory.create(organisation=owner.organisation, role=Role.VIEWER)
    actor = Actor.member(owner)

    services.change_role(by=actor, membership_id=second.pk, role="owner")
    services.change_role(by=actor, membership_id=owner.pk, role="finance")
    services.end_membership(by=actor, membership_id=owner.pk)

    second.refresh_from_db()
    owner.refresh_from_db()
    assert (second.role, owner.role) == (Role.OWNER, Role.FINANCE)
    assert owner.ended_at is not None


def test_the_last_owner_stays_an_owner() -> None:
    owner = MembershipFactory.create()
    MembershipFactory.create(organisation=owner.organisation, role=Role.FINANCE)
    MembershipFactory.create()

    with pytest.raises(LastOwner):
        services.end_membership(by=Actor.member(owner), membership_id=owner.pk)
    with pytest.raises(LastOwner):
        services.change_role(by=Actor.member(owner), membership_id=owner.pk, role="viewer")
    services.change_role(by=Actor.member(owner), membership_id=owner.pk, role="owner")

    owner.refresh_from_db()
    assert (owner.role, owner.ended_at) == (Role.OWNER, None)


def test_other_organisations_members_and_former_ones_are_not_found() -> None:
    owner, stranger = MembershipFactory.create_batch(2)
    former = MembershipFactory.create(organisation=owner.organisation)
    services.end_membership(by=Actor.member(owner), membership_id=former.pk)

    for membership in (stranger, former):
        with pytest.raises(Membership.DoesNotExist):
            services.change_role(by=Actor.member(owner), membership_id=membership.pk, role="viewer")

    stranger.refresh_from_db()
    assert stranger.role == Role.OWNER


def test_an_unknown_role_is_refused() -> None:
    owner = MembershipFactory.create()

    with pytest.raises(InvalidInput):
        services.change_role(by=Actor.member(owner), membership_id=owner.pk, role="boss")


@pytest.mark.django_db(transaction=True)
def test_two_owners_cannot_leave_at_the_same_moment() -> None:
    first = MembershipFactory.create()
    second = MembershipFactory.create(organisation=first.organisation)
    other = Elsewhere()

    with transaction.atomic():
        services.end_membership(by=Actor.member(first), membership_id=first.pk)
        late = other.start(
            lambda: services.end_membership(by=Actor.member(second), membership_id=second.pk)
        )
    with pytest.raises(LastOwner):
        late()
    other.close()

    assert Membership.objects.get(ended_at=None) == second
