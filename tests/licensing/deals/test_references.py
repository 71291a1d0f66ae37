"""Each side's own contract number: written before or after signature, by that side alone."""

import pytest
from django.test import Client
from django.urls import reverse

from licensing.deals.models import Deal
from licensing.deals.references import set_reference
from licensing.deals.services import NotAParty
from licensing.errors import InvalidInput
from tests.licensing.deals.table import Table
from tests.licensing.deals.test_api import DEALS, Desk
from tests.licensing.deals.test_pages import Enter

pytestmark = pytest.mark.django_db


def written(deal: Deal) -> tuple[str, str]:
    """Return the licensor's and the licensee's number."""
    kept = Deal.objects.get(pk=deal.pk)
    return kept.licensor_reference, kept.licensee_reference


def test_each_side_writes_its_own_number(table: Table, deal: Deal) -> None:
    set_reference(by=table.licensor, deal_id=deal.public_id, reference=" QP-2026-014 ")
    set_reference(by=table.licensee, deal_id=deal.public_id, reference="契約 88")

    assert written(deal) == ("QP-2026-014", "契約 88")


def test_a_number_changes_after_signature_and_can_be_taken_away(table: Table) -> None:
    deal = table.in_force().deal
    set_reference(by=table.licensor, deal_id=deal.public_id, reference="A-1")
    set_reference(by=table.licensor, deal_id=deal.public_id, reference="A-2")
    set_reference(by=table.licensee, deal_id=deal.public_id, reference="B")
    set_reference(by=table.licensee, deal_id=deal.public_id, reference="")

    assert written(deal) == ("A-2", "")


@pytest.mark.parametrize("reference", ["x" * 65, "two\nlines", "turn\u202eed"])
def test_what_is_no_number_is_refused(table: Table, deal: Deal, reference: str) -> None:
    with pytest.raises(InvalidInput):
        set_reference(by=table.licensor, deal_id=deal.public_id, reference=reference)

    assert written(deal) == ("", "")


def test_whoever_is_no_side_writes_nothing(table: Table, deal: Deal) -> None:
    with pytest.raises(NotAParty):
        set_reference(by=table.operator, deal_id=deal.public_id, reference="1")
    with pytest.raises(Deal.DoesNotExist):
        set_reference(by=table.outsider, deal_id=deal.public_id, reference="1")

    assert written(deal) == ("", "")


def test_the_api_writes_and_shows_it(table: Table, deal: Deal) -> None:
    desk = Desk(table.licensee)

    answer = desk.post(f"{DEALS}/{deal.public_id}/reference", {"reference": "TL-7"})

    assert answer.status_code == 200
    assert answer.json()["licensee_reference"] == "TL-7"
    refused = desk.post(f"{DEALS}/{deal.public_id}/reference", {"reference": "x" * 65})
    assert refused.status_code == 400
    assert written(deal) == ("", "TL-7")


def test_the_page_writes_and_shows_it(table: Table, deal: Deal, browser: Enter) -> None:
    client: Client = browser(table.licensor)

    client.post(reverse("deal-reference", args=[deal.public_id]), {"reference": "QP-9"})
    page = client.get(reverse("deal", args=[deal.public_id])).content.decode()

    assert written(deal) == ("QP-9", "")
    assert 'value="QP-9"' in page
