import pytest
from django.test import Client

from licensing.access import Actor
from licensing.errors import InvalidInput
from licensing.parties import services
from licensing.parties.models import ApiKey, hash_secret
from licensing.parties.roles import Role, Scope
from tests.factories import MembershipFactory, OrganisationFactory

pytestmark = pytest.mark.django_db


def status_with(secret: str) -> int:
    answer = Client().get("/api/v1/works", headers={"Authorization": f"Bearer {secret}"})
    return answer.status_code


def test_a_key_opens_the_api_until_it_is_revoked() -> None:
    actor = Actor.owner_of(OrganisationFactory.create(licensee=True))

    key, secret = services.create_key(by=actor, name=" job ", mode="test", scopes=["works:read"])

    assert secret.startswith("kyo_test_")
    assert (key.name, key.prefix, key.secret_hash) == ("job", secret[:20], hash_secret(secret))
    assert secret not in str(ApiKey.objects.values().get())
    assert status_with(secret) == 200

    for _ in range(2):
        services.revoke_key(by=actor, prefix=key.prefix)

    assert status_with(secret) == 401


def test_nobody_gives_a_key_more_than_they_carry() -> None:
    viewer = Actor.member(MembershipFactory.create(role=Role.VIEWER))

    with pytest.raises(InvalidInput) as beyond:
        services.create_key(by=viewer, name="k", mode="test", scopes=[Scope.DEALS_SIGN])
    with pytest.raises(InvalidInput) as empty:
        services.create_key(by=viewer, name=" ", mode="real", scopes=[])

    assert [fault.where for fault in beyond.value.faults] == ["scopes"]
    assert [fault.where for fault in empty.value.faults] == ["name", "mode", "scopes"]
    assert not ApiKey.objects.exists()


def test_another_organisations_key_is_not_found() -> None:
    actor = Actor.owner_of(OrganisationFactory.create())
    key, secret = services.create_key(by=actor, name="k", mode="live", scopes=["works:read"])

    with pytest.raises(ApiKey.DoesNotExist):
        services.revoke_key(by=Actor.owner_of(OrganisationFactory.create()), prefix=key.prefix)

    assert status_with(secret) == 200
