from datetime import date

import pytest
from django.test import Client, RequestFactory
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from licensing.parties.models import ApiKey, Membership
from licensing.parties.roles import Kind
from tests.factories import ApiKeyFactory, MembershipFactory, OrganisationFactory, bearer

pytestmark = pytest.mark.django_db

WORKS = "/api/v1/works"


def code_of(response: object) -> tuple[int, str]:
    return response.status_code, response.json()["code"]  # type: ignore[attr-defined]  # an answer


@pytest.mark.parametrize(
    "header",
    [
        "Bearer kyo_test_unknown",
        "Bearer ",
        "bearer \xff",
        "Basic a3lvOmRha3U=",
        "kyo_test_unknown",
        "",
    ],
)
def test_whoever_carries_no_known_key_is_answered_401(header: str) -> None:
    response = Client(headers={"Authorization": header}).get(WORKS)

    assert response.status_code == 401
    assert response["WWW-Authenticate"] == 'Bearer realm="kyodaku"'
    assert response["Content-Type"] == "application/problem+json"


def test_a_key_opens_what_its_organisation_may_see_until_it_is_revoked() -> None:
    client = Client(headers=bearer(OrganisationFactory.create()))
    before = client.get(WORKS).status_code
    ApiKey.objects.update(revoked_at=timezone.now())

    assert before == 200
    assert code_of(client.get(WORKS)) == (401, "authentication_failed")


def test_a_keys_last_use_is_noted_by_the_day() -> None:
    client = Client(headers=bearer(OrganisationFactory.create()))

    client.get(WORKS)

    assert ApiKey.objects.get().last_used_on == timezone.localdate()
    ApiKey.objects.update(last_used_on=date(2026, 1, 1))
    client.get(WORKS)
    assert ApiKey.objects.get().last_used_on == timezone.localdate()


def test_an_insider_without_the_scope_is_answered_403_with_its_name() -> None:
    client = Client(headers=bearer(OrganisationFactory.create(), scopes=["deals:read"]))

    response = client.get(WORKS)

    assert code_of(response) == (403, "missing_scope")
    assert response.json()["context"] == {"scope": "works:read"}


def test_a_key_never_carries_more_than_its_organisation_may() -> None:
    client = Client(
        headers=bearer(OrganisationFactory.create(), scopes=["ledger:read", "usage:write"])
    )

    response = client.post("/api/v1/reports", b"{}", content_type="application/json")

    assert code_of(response) == (403, "missing_scope")


def test_a_method_that_declares_no_scope_is_not_there() -> None:
    client = Client(headers=bearer(OrganisationFactory.create()))

    response = client.delete(WORKS)

    assert code_of(response) == (405, "method_not_allowed")
    assert "GET" in response["Allow"]


def test_a_key_is_kept_as_a_hash_alone() -> None:
    key = ApiKeyFactory.create(secret="kyo_test_secret-of-ours")

    kept = ApiKey.objects.filter(pk=key.pk).values().get()

    assert "kyo_test_secret-of-ours" not in map(str, kept.values())


def test_a_member_may_read_from_the_browser() -> None:
    member = MembershipFactory.create()
    client = Client()
    client.force_login(member.user)

    assert client.get(WORKS).status_code == 200


def test_a_member_may_change_something_only_with_the_csrf_token() -> None:
    member = MembershipFactory.create()
    client = Client(enforce_csrf_checks=True)
    client.force_login(member.user)

    response = client.post("/api/v1/works", b"{}", content_type="application/json")

    assert code_of(response) == (403, "permission_denied")
    assert "CSRF" in response.json()["detail"]


def test_a_person_without_an_organisation_is_a_stranger() -> None:
    member = MembershipFactory.create()
    Membership.objects.update(ended_at=timezone.now())
    client = Client()
    client.force_login(member.user)

    assert client.get(WORKS).status_code == 401


def test_another_organisations_things_are_not_there() -> None:
    owner = OrganisationFactory.create(kind=Kind.LICENSEE)
    client = Client(headers=bearer(owner))

    for path in ("deals/deal_x", "licences/lic_x", "reports/rpt_x", "invoices/inv_x"):
        assert code_of(client.get(f"/api/v1/{path}")) == (404, "not_found")


def test_an_endpoint_that_forgot_its_scope_is_closed() -> None:
    class Forgetful(APIView):
        def get(self, _request: Request) -> Response:
            return Response()

    organisation = OrganisationFactory.create()
    request = RequestFactory().get("/", headers=bearer(organisation))

    assert Forgetful.as_view()(request).status_code == 403
