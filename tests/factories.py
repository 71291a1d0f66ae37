"""Believable rows with fixed values; a sequence only where the database wants them to differ."""

# factory_boy's declarations carry no annotations.
# mypy: disable-error-code="no-untyped-call"

from datetime import date
from typing import Any

from factory.declarations import LazyAttribute, LazyFunction, Sequence, SubFactory, Trait
from factory.django import DjangoModelFactory

from licensing.access import Actor
from licensing.catalogue.models import Identifier, Mandate, Reservation, Share, Work
from licensing.parties.models import (
    ApiKey,
    Membership,
    Organisation,
    User,
    hash_secret,
    mint_secret,
)
from licensing.parties.roles import KIND_SCOPES, Kind, Role


class OrganisationFactory(DjangoModelFactory[Organisation]):
    """A licensor; the traits make the other kinds."""

    class Meta:
        model = Organisation
        django_get_or_create = ("slug",)

    class Params:
        collective = Trait(kind=Kind.COLLECTIVE, slug=Sequence("collective-{}".format))
        licensee = Trait(kind=Kind.LICENSEE, slug=Sequence("ai-firm-{}".format), country="US")
        operator = Trait(kind=Kind.OPERATOR, slug="kyodaku", name="Kyodaku")

    slug = Sequence("publisher-{:03}".format)
    name = LazyAttribute(lambda one: one.slug.replace("-", " ").title())
    kind = Kind.LICENSOR
    country = "JP"
    language = "en"


class UserFactory(DjangoModelFactory[User]):
    """A person; without a password unless one is given."""

    class Meta:
        model = User

    email = Sequence("person-{}@example.com".format)
    name = "Aoi Tanaka"
    password = "!"


class MembershipFactory(DjangoModelFactory[Membership]):
    """An owner of a licensor."""

    class Meta:
        model = Membership

    user = SubFactory(UserFactory)
    organisation = SubFactory(OrganisationFactory)
    role = Role.OWNER


class ApiKeyFactory(DjangoModelFactory[ApiKey]):
    """A key with every scope of its organisation; pass ``secret`` to know it."""

    class Meta:
        model = ApiKey
        exclude = ("secret",)

    secret = LazyFunction(lambda: mint_secret("test"))
    organisation = SubFactory(OrganisationFactory)
    name = "Key"
    mode = "test"
    prefix = LazyAttribute(lambda one: one.secret[:20])
    secret_hash = LazyAttribute(lambda one: hash_secret(one.secret))
    scopes = LazyAttribute(lambda one: sorted(KIND_SCOPES[Kind(one.organisation.kind)]))


class WorkFactory(DjangoModelFactory[Work]):
    """A web site without owners; `ShareFactory` gives it one."""

    class Meta:
        model = Work

    kind = "website"
    title = Sequence("www.site-{}.example".format)
    registered_by = SubFactory(OrganisationFactory, slug="registrar")


class IdentifierFactory(DjangoModelFactory[Identifier]):
    """A host name of a work."""

    class Meta:
        model = Identifier

    work = SubFactory(WorkFactory)
    scheme = "domain"
    value = LazyAttribute(lambda one: one.work.title)


class ShareFactory(DjangoModelFactory[Share]):
    """The whole of a work, since ever."""

    class Meta:
        model = Share

    work = SubFactory(WorkFactory)
    holder = SubFactory(OrganisationFactory)
    weight = 1


class MandateFactory(DjangoModelFactory[Mandate]):
    """A licensor's mandate for training, in force since 2026 everywhere."""

    class Meta:
        model = Mandate

    member = SubFactory(OrganisationFactory)
    collective = SubFactory(OrganisationFactory, collective=True)
    uses = ["ai-train"]
    territory = ["WW"]
    starts_on = date(2026, 1, 1)


class ReservationFactory(DjangoModelFactory[Reservation]):
    """A reservation of everything its holder owns."""

    class Meta:
        model = Reservation

    holder = SubFactory(OrganisationFactory)
    uses = ["ai-train"]
    statement = "All rights reserved. No training without a licence."
    starts_on = date(2026, 1, 1)


def actor_for(organisation: Organisation) -> Actor:
    """Return an actor with everything the organisation may do."""
    return Actor.owner_of(organisation)


def bearer(organisation: Organisation, **key: Any) -> dict[str, str]:
    """Make a key and return the header that carries it, for Django's test client."""
    secret = mint_secret("test")
    ApiKeyFactory.create(organisation=organisation, secret=secret, **key)
    return {"Authorization": f"Bearer {secret}"}
