"""The organisation page and the link, through HTTP."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from licensing.access import SESSION_KEY, Actor
from licensing.parties import services
from licensing.parties.models import ApiKey, Invitation, Membership, User
from licensing.parties.roles import Role
from tests.factories import MembershipFactory, OrganisationFactory, UserFactory

pytestmark = pytest.mark.django_db

PASSWORD = "nagai-himitsu-no-kotoba"
PAGE = "/organisation/"


@pytest.fixture
def owner() -> Membership:
    return MembershipFactory.create(organisation__name="Quill Press", user__name="Rin Mori")


@pytest.fixture
def browser(owner: Membership) -> Client:
    client = Client()
    client.force_login(owner.user)
    return client


def path_of(invitation: Invitation) -> str:
    return services.link_to(invitation).removeprefix("http://localhost:8000")


def test_the_page_shows_members_invitations_and_keys(browser: Client, owner: Membership) -> None:
    actor = Actor.member(owner)
    invited = services.invite(by=actor, email="aoi@example.com", role="viewer")
    services.create_key(by=actor, name="nightly job", mode="test", scopes=["works:read"])

    page = browser.get(PAGE).content.decode()

    for shown in ("Quill Press", "Rin Mori", "aoi@example.com", "nightly job"):
        assert shown in page
    assert services.link_to(invited) in page


def test_the_page_is_for_those_who_manage_members() -> None:
    viewer = MembershipFactory.create(role=Role.VIEWER)
    client = Client()

    assert client.get(PAGE).status_code == 302
    client.force_login(viewer.user)
    assert client.get(PAGE).status_code == 403
    assert client.post(f"{PAGE}invite/", {"email": "a@example.com"}).status_code == 403
    assert not Invitation.objects.exists()


def test_a_person_is_invited_and_a_wrong_address_explained(browser: Client) -> None:
    refused = browser.post(f"{PAGE}invite/", {"email": "aoi", "role": "viewer"})
    assert refused.status_code == 422
    assert not Invitation.objects.exists()

    for status in (302, 422):
        invited = browser.post(f"{PAGE}invite/", {"email": "aoi@example.com", "role": "viewer"})
        assert invited.status_code == status

    assert Invitation.objects.get().email == "aoi@example.com"


def test_an_invitation_is_sent_again_and_taken_back(browser: Client, owner: Membership) -> None:
    invited = services.invite(by=Actor.member(owner), email="aoi@example.com", role="viewer")

    for step in ("send", "revoke", "send"):
        browser.post(f"{PAGE}invitations/{invited.public_id}/{step}/")
    missing = browser.post(f"{PAGE}invitations/ivt_x/revoke/")

    invited.refresh_from_db()
    assert invited.revoked_at is not None
    assert missing.status_code == 404


def test_roles_are_changed_and_members_removed(browser: Client, owner: Membership) -> None:
    second = MembershipFactory.create(organisation=owner.organisation, role=Role.VIEWER)

    browser.post(f"{PAGE}role/", {"membership": second.pk, "role": "finance"})
    second.refresh_from_db()
    assert second.role == Role.FINANCE

    browser.post(f"{PAGE}leave/", {"membership": second.pk})
    second.refresh_from_db()
    assert second.ended_at is not None
    assert browser.post(f"{PAGE}leave/", {"membership": "x"}).status_code == 404


def test_the_last_owner_is_told_why_they_stay(browser: Client, owner: Membership) -> None:
    answer = browser.post(f"{PAGE}leave/", {"membership": owner.pk}, follow=True)

    assert "needs an owner" in answer.content.decode()
    owner.refresh_from_db()
    assert owner.ended_at is None


def test_a_secret_is_shown_once(browser: Client) -> None:
    made = browser.post(f"{PAGE}keys/", {"name": "job", "mode": "test", "scopes": ["works:read"]})

    [secret] = set(re.findall(r"kyo_test_[0-9a-f]{40}", made.content.decode()))
    assert made.status_code == 201
    assert "no-store" in made["Cache-Control"]
    assert secret not in browser.get(PAGE).content.decode()

    browser.post(f"{PAGE}keys/revoke/", {"key": ApiKey.objects.get().prefix})
    assert ApiKey.objects.get().revoked_at is not None


def test_a_key_without_scopes_or_name_is_explained(browser: Client) -> None:
    bare = browser.post(f"{PAGE}keys/", {"name": "job", "mode": "test"})
    blank = browser.post(f"{PAGE}keys/", {"name": "job", "mode": "test", "scopes": ["ledger:read"]})

    assert (bare.status_code, blank.status_code) == (422, 422)
    assert not ApiKey.objects.exists()


def test_one_acts_for_another_of_ones_organisations_and_for_no_other(
    browser: Client, owner: Membership
) -> None:
    second = MembershipFactory.create(user=owner.user)
    stranger = OrganisationFactory.create()
    address = reverse("switch_organisation")

    done = browser.post(address, {"organisation": second.organisation.public_id})
    assert done.status_code == 302
    refused = browser.post(address, {"organisation": stranger.public_id})

    assert refused.status_code == 404
    assert browser.session[SESSION_KEY] == second.organisation.public_id


def test_a_new_person_joins_by_the_link_and_is_logged_in(owner: Membership) -> None:
    invited = services.invite(by=Actor.member(owner), email="aoi@example.com", role="viewer")
    client = Client()

    shown = client.get(path_of(invited))
    weak = client.post(path_of(invited), {"name": "Aoi", "password": "12345678"})
    assert (shown.status_code, weak.status_code) == (200, 422)
    assert not User.objects.filter(email="aoi@example.com").exists()

    joined = client.post(path_of(invited), {"name": "Aoi", "password": PASSWORD})

    assert joined.status_code == 302
    assert client.session[SESSION_KEY] == owner.organisation.public_id
    assert Membership.objects.get(user__email="aoi@example.com").role == Role.VIEWER
    assert client.get(path_of(invited)).status_code == 410


def test_a_known_person_logs_in_first_and_joins_with_one_press(owner: Membership) -> None:
    invited = services.invite(by=Actor.member(owner), email="aoi@example.com", role="viewer")
    user = UserFactory.create(email="aoi@example.com")
    client = Client()

    stranger_sees = client.get(path_of(invited)).content.decode()
    assert "?next=/invitations/" in stranger_sees
    client.force_login(user)
    joined = client.post(path_of(invited))

    assert joined.status_code == 302
    assert user.memberships.get().organisation == owner.organisation


def test_the_wrong_person_and_old_links_are_told_so(browser: Client, owner: Membership) -> None:
    invited = services.invite(by=Actor.member(owner), email="aoi@example.com", role="viewer")

    wrong = browser.post(path_of(invited))
    past = timezone.now() - timedelta(days=8)
    Invitation.objects.update(invited_at=past)
    old = browser.get(path_of(invited))

    assert (wrong.status_code, old.status_code) == (403, 410)
    assert "expired" in old.content.decode()
    assert Membership.objects.count() == 1
