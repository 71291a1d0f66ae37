"""Inviting people and joining by a link, through the services."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import transaction
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from licensing.access import Actor
from licensing.errors import InvalidInput
from licensing.parties import services, tasks
from licensing.parties.models import Invitation, Membership, Organisation, User
from licensing.parties.roles import Role
from licensing.parties.services import (
    AlreadyInvited,
    AlreadyMember,
    InvitationClosed,
    InvitedSomebodyElse,
    LogInFirst,
)
from tests.concurrency import Elsewhere
from tests.factories import MembershipFactory, OrganisationFactory, UserFactory

pytestmark = pytest.mark.django_db

PASSWORD = "nagai-himitsu-no-kotoba"


@pytest.fixture
def quill() -> Organisation:
    return OrganisationFactory.create(slug="quill", name="Quill Press", language="ja")


def invite(organisation: Organisation, email: str = "aoi@example.com") -> Invitation:
    return services.invite(by=Actor.owner_of(organisation), email=email, role="negotiator")


def token(invitation: Invitation) -> str:
    return services.link_to(invitation).rstrip("/").rpartition("/")[2]


def join(invitation: Invitation, user: User | None = None) -> Membership:
    return services.accept_invitation(
        token=token(invitation), user=user, name="Aoi", password=PASSWORD
    )


def test_an_invitation_is_mailed_in_both_languages(
    quill: Organisation, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks() as queued:
        invitation = invite(quill, " Aoi@Example.com ")

    tasks.send_invitation(invitation.pk)

    assert len(queued) == 1
    [sent] = mail.outbox
    assert sent.to == ["aoi@example.com"]
    assert sent.body.count(services.link_to(invitation)) == 2
    assert "Quill Press" in sent.subject


def test_nobody_is_mailed_about_a_closed_invitation(quill: Organisation) -> None:
    invitation = invite(quill)
    services.revoke_invitation(by=Actor.owner_of(quill), public_id=invitation.public_id)

    tasks.send_invitation(invitation.pk)

    assert mail.outbox == []


def test_a_new_person_joins_with_the_role_they_were_invited_for(quill: Organisation) -> None:
    joined = join(invite(quill))

    assert (joined.organisation, joined.role) == (quill, Role.NEGOTIATOR)
    assert (joined.user.email, joined.user.name) == ("aoi@example.com", "Aoi")
    assert joined.user.check_password(PASSWORD)


def test_a_known_person_joins_a_second_organisation_when_logged_in(quill: Organisation) -> None:
    user = MembershipFactory.create(user__email="aoi@example.com").user

    joined = join(invite(quill), user)

    assert user.memberships.count() == 2
    assert joined.user == user


def test_whoever_holds_a_link_cannot_take_over_an_account(quill: Organisation) -> None:
    user = UserFactory.create(email="aoi@example.com")
    other = UserFactory.create()
    invitation = invite(quill)

    with pytest.raises(LogInFirst):
        join(invitation)
    with pytest.raises(InvitedSomebodyElse, match=other.email):
        join(invitation, other)

    user.refresh_from_db()
    assert not user.check_password(PASSWORD)
    assert not Membership.objects.exists()


def test_a_link_works_once(quill: Organisation) -> None:
    invitation = invite(quill)
    join(invitation)

    with pytest.raises(InvitationClosed):
        join(invitation)

    assert Membership.objects.count() == 1


def test_revoked_expired_altered_and_unknown_links_open_nothing(quill: Organisation) -> None:
    revoked, expired, open_one = (invite(quill, f"{name}@example.com") for name in "abc")
    services.revoke_invitation(by=Actor.owner_of(quill), public_id=revoked.public_id)
    past = timezone.now() - timedelta(days=7, seconds=1)
    Invitation.objects.filter(pk=expired.pk).update(invited_at=past)
    links = [
        token(revoked),
        token(expired),
        token(open_one)[:-1],
        services.SIGNER.sign("ivt_unknown"),
    ]

    for link in links:
        with pytest.raises(InvitationClosed):
            services.accept_invitation(token=link, user=None, name="A", password=PASSWORD)

    assert not User.objects.exists()
    with pytest.raises(InvitationClosed):
        services.revoke_invitation(by=Actor.owner_of(quill), public_id=revoked.public_id)
    with pytest.raises(InvitationClosed):
        services.send_again(by=Actor.owner_of(quill), public_id=expired.public_id)


@pytest.mark.parametrize(
    ("name", "password", "where"), [(" ", PASSWORD, "name"), ("Aoi", "12345678", "password")]
)
def test_joining_without_a_name_or_with_a_weak_password_is_refused(
    quill: Organisation, name: str, password: str, where: str
) -> None:
    invitation = invite(quill)

    with pytest.raises(InvalidInput) as refusal:
        services.accept_invitation(token=token(invitation), user=None, name=name, password=password)

    assert [fault.where for fault in refusal.value.faults] == [where]
    assert not User.objects.exists()


def test_members_and_invited_people_are_not_invited_again(quill: Organisation) -> None:
    MembershipFactory.create(organisation=quill, user__email="member@example.com")
    invite(quill)

    with pytest.raises(AlreadyMember):
        invite(quill, "member@example.com")
    with pytest.raises(AlreadyInvited):
        invite(quill, "AOI@example.com")

    assert Invitation.objects.count() == 1


def test_an_expired_invitation_is_replaced(quill: Organisation) -> None:
    first = invite(quill)
    past = timezone.now() - timedelta(days=8)
    Invitation.objects.filter(pk=first.pk).update(invited_at=past)

    second = invite(quill)

    first.refresh_from_db()
    assert first.revoked_at is not None
    assert join(second).organisation == quill


def test_a_member_who_joined_meanwhile_does_not_join_twice(quill: Organisation) -> None:
    invitation = invite(quill)
    user = UserFactory.create(email="aoi@example.com")
    MembershipFactory.create(organisation=quill, user=user)

    with pytest.raises(AlreadyMember):
        join(invitation, user)

    invitation.refresh_from_db()
    assert invitation.accepted_at is None


@pytest.mark.parametrize(("email", "role"), [("aoi", "owner"), ("aoi@example.com", "boss")])
def test_odd_addresses_and_roles_are_refused(quill: Organisation, email: str, role: str) -> None:
    with pytest.raises(InvalidInput):
        services.invite(by=Actor.owner_of(quill), email=email, role=role)

    assert not Invitation.objects.exists()


def test_another_organisations_invitation_is_not_found(quill: Organisation) -> None:
    invitation = invite(quill)
    stranger = Actor.owner_of(OrganisationFactory.create())

    with pytest.raises(Invitation.DoesNotExist):
        services.revoke_invitation(by=stranger, public_id=invitation.public_id)
    with pytest.raises(Invitation.DoesNotExist):
        services.send_again(by=stranger, public_id=invitation.public_id)

    assert join(invitation).organisation == quill


@pytest.mark.django_db(transaction=True)
def test_of_two_simultaneous_uses_of_a_link_one_joins(quill: Organisation) -> None:
    invitation = invite(quill)
    other = Elsewhere()

    with transaction.atomic():
        join(invitation)
        second = other.start(lambda: join(invitation))
    with pytest.raises(InvitationClosed):
        second()
    other.close()

    assert Membership.objects.count() == User.objects.count() == 1
