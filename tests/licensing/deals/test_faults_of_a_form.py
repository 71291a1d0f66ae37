from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from licensing.deals import terms as contract
from licensing.deals.drafting import Draft
from licensing.deals.models import Deal
from licensing.errors import Fault
from tests.licensing.deals.forms_sent import draft_of, fields
from tests.licensing.deals.table import TERMS, Table, picture, terms
from tests.licensing.terms.documents import published

pytestmark = pytest.mark.django_db

Enter = Callable[..., Client]

WRONG: list[tuple[str, str | None]] = [
    ("currency", "currency"),
    ("grant.media[0]", "medium"),
    ("grant.works.exclude[3]", "exclude"),
    ("advance", "advance"),
    ("minimum_guarantee", "guarantee"),
    ("minimum_guarantee.window", "guarantee_window"),
    ("cap.amount", "cap"),
    ("reserve", "reserve_rate"),
    ("distribution.key", "distribution"),
    ("fees", "operator_fee"),
    ("fees[0].rate", "collective_fee"),
    ("duties.audit", "audit_notice_days"),
    ("special_conditions", "special_conditions"),
    ("prices[0]", None),
    ("prices[0].tally", "tally"),
    ("prices[0].uses[0]", "uses"),
    ("prices[0].tiers[1].up_to", "up_to"),
    ("prices[0].tiers[1]", None),
    ("prices[0].factors[0].when", "territory"),
    ("prices[0].factors[0].when.media[2]", "medium"),
    ("prices[1].prorate", "prorate"),
    ("prices[1].tally", None),
    ("prices[3].deductions[0]", "deductions"),
]


@pytest.mark.parametrize(("where", "name"), WRONG)
def test_a_fault_finds_the_field_it_speaks_of(where: str, name: str | None) -> None:
    base = published()
    draft = draft_of(fields(base), base)
    assert draft.is_valid()
    draft.document()

    draft.place([Fault(where, "any", "Something is wrong.")])

    found = {field: list(said) for form in draft.forms() for field, said in form.errors.items()}
    assert found == {name or "__all__": ["Something is wrong."]}
    assert draft.unplaced == []


def test_a_fault_of_a_price_that_is_not_on_the_page_stays_above_it() -> None:
    draft = draft_of(fields(TERMS))
    fault = Fault("prices[7].id", "any", "Something is wrong.")

    draft.place([fault])

    assert draft.unplaced == [fault]


CLIFF = terms(
    prices=[
        {
            "id": "pages",
            "model": "volume",
            "unit": "page",
            "tiers": [
                {"up_to": "1000", "unit_price": "3"},
                {"up_to": None, "unit_price": "1"},
            ],
        }
    ]
)


def write(client: Client, table: Table, posted: dict[str, Any], button: str = "send") -> Any:
    """Send the form of a new deal."""
    whole = {"counterparty": table.licensee.organisation.public_id, "title": "Films"} | posted
    return client.post(reverse("new-deal"), whole | {button: ""})


def test_a_warning_stands_at_its_band_and_is_sent_once_it_is_acknowledged(
    table: Table, browser: Enter
) -> None:
    client = browser(table.licensor)
    before = picture()

    asked = write(client, table, fields(CLIFF))
    desk = asked.context["desk"]
    unsent = picture()
    write(client, table, fields(CLIFF) | {"acknowledged": desk.warned_of})

    assert asked.status_code == 422
    assert unsent == before
    assert [post.label for post in desk.warnings] == ["Price 1 · band 2"]
    assert "the whole quantity costs less" in asked.content.decode()
    standing = Deal.objects.get().standing_offer
    assert standing is not None
    assert standing.terms == CLIFF


def test_an_acknowledgement_is_of_the_warnings_that_were_shown(
    table: Table, browser: Enter
) -> None:
    client = browser(table.licensor)
    seen = write(client, table, fields(CLIFF), "preview").context["desk"].warned_of
    other = fields(CLIFF) | {"acknowledged": seen, "price-0-tiers-0-up_to": "2,000"}

    response = write(client, table, other)

    assert response.status_code == 422
    assert not Deal.objects.exists()


def test_a_warning_in_the_whole_document_is_acknowledged_too(table: Table, browser: Enter) -> None:
    client = browser(table.licensor)
    posted = {
        "expires_on": "2026-10-20",
        "document": contract.canonical_bytes(contract.parse(CLIFF)).decode(),
    }

    asked = write(client, table, posted).context["desk"]
    write(client, table, posted | {"acknowledged": asked.warned_of})

    assert [post.label for post in asked.warnings] == ["prices[0].tiers[1]"]
    assert Deal.objects.count() == 1


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_fault_at_a_field_never_speaks_of_the_documents_notation(
    table: Table, browser: Enter, language: str
) -> None:
    client = browser(table.licensor)
    client.cookies["django_language"] = language
    posted = fields(CLIFF) | {
        "price-0-id": "no spaces",
        "price-0-tiers-1-up_to": "9,000",
        "territory": "WW, JP",
        "medium": "Über",
    }

    said = [post.message for post in write(client, table, posted).context["desk"].complaints]
    shapes_right = posted | {"price-0-id": "pages", "medium": ""}
    said += [post.message for post in write(client, table, shapes_right).context["desk"].complaints]

    assert len(said) == 4
    assert not any(sign in message for message in said for sign in ("null", "[", "{", "^", '"'))


def test_what_was_typed_may_name_countries_in_either_language() -> None:
    with translation.override("en"):
        draft = draft_of(fields(TERMS) | {"territory": "日本、united states; fr", "medium": "漫画"})

    assert draft.is_valid()
    grant = draft.document()["grant"]
    assert (grant["territory"], grant["media"]) == (["JP", "US", "FR"], ["comic"])


def test_a_form_that_a_request_could_not_carry_does_not_grow() -> None:
    steps = [{"from": f"{year}-01-01", "times": "1"} for year in range(2001, 2047)]
    full = terms(
        prices=[
            {"id": f"p{at}", "model": "pool", "amount": "1", "escalators": steps} for at in range(3)
        ]
    )
    draft = Draft.of(full)

    assert draft.unshowable() == []
    assert len(draft.press("add_price").prices) == 3
    assert len(draft.press("remove_price-0").press("add_price").prices) == 3


@pytest.mark.parametrize(
    "tampered",
    [
        {"price-0-was": "99", "price-0-tiers-0-was": "x"},
        {"price-0-was": "²", "points-0-points": "1"},
        {"base": "[]"},
        {"base": '{"schema": "terms/1", "prices": 5}'},
        {"distribution": "lottery", "cap_window": "week"},
        {"uses": "theft", "currency": "XYZ"},
        {"price-0-tiers-0-up_to": "9" * 60, "report_days": "99999999999"},
        {"starts_on": "tomorrow", "models": ":::\n：", "territory": ",,、"},
        {"price-0-unit": "~other", "price-0-other_unit": ""},
    ],
)
@pytest.mark.parametrize("button", ["send", "preview", "as_document", "add_tiers-0"])
def test_no_form_makes_an_error_page(
    table: Table, browser: Enter, tampered: dict[str, str], button: str
) -> None:
    response = write(browser(table.licensor), table, fields(TERMS) | tampered, button)

    assert response.status_code in {200, 302, 422}
