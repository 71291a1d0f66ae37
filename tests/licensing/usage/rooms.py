"""Logging members in, for the tests of pages."""

from collections.abc import Callable

from django.test import Client

from licensing.access import Actor
from licensing.parties.models import Membership, User
from licensing.parties.roles import Role

Enter = Callable[..., Client]


def enter(actor: Actor, role: Role = Role.OWNER) -> Client:
    """Return the browser of a member of an organisation, in English."""
    organisation = actor.organisation
    user = User.objects.create_user(f"{role}@{organisation.slug}.example", name="Aoi Tanaka")
    Membership.objects.create(user=user, organisation=organisation, role=role)
    client = Client()
    client.force_login(user)
    return client
