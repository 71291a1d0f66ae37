import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from licensing.deals.models import Deal
from tests.licensing.deals.conftest import Clock
from tests.licensing.deals.forms_sent import fields as form
from tests.licensing.deals.table import TERMS, Table, picture, priced, terms

pytestmark = pytest.mark.django_db

Enter = Callable[..., Client]


def offer_of(deal: Deal) -> dict[str, Any]:
    """Return the standing terms."""
    standing = deal.standing_offer
    assert standing is not None
    return dict(standing.terms)


def write(client: Client, table: Table, sent: dict[str, Any], button: str = "send") -> Any:
    """Send the form of a new deal."""
    whole = {"counterparty": table.licensee.organisation.public_id, "title": "Films"} | sent
    return client.post(reverse("new-deal"), whole | {button: ""})


def test_a_deal_is_opened_from_the_form(table: Table, browser: Enter) -> None:
    response = write(browser(table.licensor), table, form(TERMS))

    deal = Deal.objects.get()
    assert response["Location"] == reverse("deal", args=[deal.public_id])
    assert offer_of(deal) == TERMS
    standing = deal.standing_offer
    assert standing is not None
    assert standing.message == "As discussed."
    assert standing.expires_at.isoformat() == "2026-10-20T14:59:59+00:00"


def test_clauses_without_a_field_survive_a_counter_offer(table: Table, browser: Enter) -> None:
    base = terms(duties={"attribution": True}, special_conditions="In kana.")
    deal = table.open(base)
    sent = form(base, payment_days="45")

    browser(table.licensee).post(
        reverse("deal-counter", args=[deal.public_id]), sent | {"send": ""}
    )

    assert offer_of(deal) == base | {"payment": {"due_days": 45}}


def test_emptying_a_field_takes_the_clause_out(table: Table, browser: Enter) -> None:
    cleared = {
        "operator_fee": "",
        "cadence": "",
        "report_days": "",
        "payment_days": "",
    }

    write(browser(table.licensor), table, form(TERMS, **cleared))

    assert offer_of(Deal.objects.get()) == terms(fees=None, reporting=None, payment=None)


def test_numbers_may_be_grouped_and_full_width(table: Table, browser: Enter) -> None:
    sent = form(priced("8.00"))
    sent |= {"price-0-per": "1,000,000", "price-0-unit_price": "１，２３４.５０"}

    write(browser(table.licensor), table, sent)

    assert offer_of(Deal.objects.get()) == priced("1234.50")


def test_faults_of_the_terms_stand_at_their_fields(table: Table, browser: Enter) -> None:
    sent = form(
        TERMS,
        territory="XX",
        models="vista: 2, 2",
        operator_fee="150",
        report_days="soon",
        ends_on="2020-01-01",
    )
    sent |= {"price-0-tiers-0-unit_price": "abc", "price-0-id": "no spaces here"}
    client = browser(table.licensor)
    before = picture()

    response = write(client, table, sent)

    desk = response.context["desk"]
    assert response.status_code == 422
    assert picture() == before
    assert set(desk.draft.grant.errors) == {"territory"}
    assert set(desk.draft.money.errors) == {"operator_fee"}
    assert set(desk.draft.duties.errors) == {"report_days"}
    assert set(desk.draft.prices[0].price.errors) == {"id"}
    assert set(desk.draft.prices[0].rows["tiers"][0].errors) == {"unit_price"}
    assert desk.faults == []


def test_a_work_that_is_not_there_is_told_at_the_field_of_excluded_works(
    table: Table, browser: Enter
) -> None:
    sent = form(TERMS, exclude="work_aaaaaaaaaaaaaaaa")

    response = write(browser(table.licensor), table, sent)

    assert response.status_code == 422
    assert response.context["desk"].draft.grant.errors == {
        "exclude": ["There is no work work_aaaaaaaaaaaaaaaa. Correct its id, or remove it."]
    }


def test_a_past_expiry_and_a_missing_title_stand_at_their_fields(
    table: Table, browser: Enter
) -> None:
    client = browser(table.licensor)

    missing = write(client, table, form(TERMS) | {"title": ""})
    past = write(client, table, form(TERMS) | {"expires_on": "2026-09-01"})

    assert set(missing.context["desk"].offer.errors) == {"title"}
    assert set(past.context["desk"].offer.errors) == {"expires_on"}
    assert not Deal.objects.exists()


def test_rows_are_added_and_taken_away_without_scripts_and_nothing_is_lost(
    table: Table, browser: Enter
) -> None:
    client = browser(table.licensor)
    sent = form(TERMS) | {"price-0-tiers-0-unit_price": "not yet"}

    more = write(client, table, sent, "add_tiers-0").context["desk"].draft
    fewer = write(client, table, sent, "remove_tiers-0-1").context["desk"].draft
    another = write(client, table, sent, "add_price").context["desk"].draft
    none = write(client, table, sent, "remove_price-0").context["desk"].draft

    assert [len(draft.prices) for draft in (more, fewer, another, none)] == [1, 1, 2, 0]
    assert [len(draft.prices[0].rows["tiers"]) for draft in (more, fewer, another)] == [3, 1, 2]
    assert more.prices[0].rows["tiers"][0]["unit_price"].value() == "not yet"
    assert not any(part.errors for part in more.forms())
    assert not Deal.objects.exists()


@pytest.mark.parametrize(
    "button", ["remove_price-9", "add_tiers-9", "remove_tiers-0-9", "remove_tiers", "add_tiers-x"]
)
def test_a_button_for_a_row_that_is_not_there_does_nothing(
    table: Table, browser: Enter, button: str
) -> None:
    response = write(browser(table.licensor), table, form(TERMS), button)

    draft = response.context["desk"].draft
    assert (len(draft.prices), len(draft.prices[0].rows["tiers"])) == (1, 2)


def test_choosing_graduated_offers_two_bands(table: Table, browser: Enter) -> None:
    sent = form(priced("8.00")) | {"price-0-model": "graduated"}

    response = write(browser(table.licensor), table, sent, "show_fields")

    assert len(response.context["desk"].draft.prices[0].rows["tiers"]) == 2


def test_a_preview_says_the_terms_and_sends_nothing(table: Table, browser: Enter) -> None:
    response = write(browser(table.licensor), table, form(priced("8.00")), "preview")

    assert "¥8.00 per 1,000,000 tokens." in response.content.decode()
    assert not Deal.objects.exists()


def test_a_counter_offers_preview_shows_what_changes(
    table: Table, deal: Deal, browser: Enter
) -> None:
    sent = form(TERMS, payment_days="45") | {"preview": ""}

    response = browser(table.licensee).post(reverse("deal-counter", args=[deal.public_id]), sent)

    changes = response.context["desk"].changes
    assert [change.path for change in changes] == ["payment.due_days"]
    assert deal.offers.count() == 1


def test_the_whole_document_can_be_edited_and_taken_back_to_the_form(
    table: Table, browser: Enter
) -> None:
    client = browser(table.licensor)
    shown = write(client, table, form(TERMS), "as_document")
    written = shown.context["desk"].document["document"].value()
    sent: dict[str, Any] = {"expires_on": "2026-10-20", "document": written}

    back = write(client, table, sent, "as_form")
    write(client, table, sent)

    assert json.loads(written) == TERMS
    assert back.context["desk"].draft.base == TERMS
    assert offer_of(Deal.objects.get()) == TERMS


def test_an_unfinished_offer_can_be_laid_out_as_a_document_and_back(
    table: Table, browser: Enter
) -> None:
    client = browser(table.licensor)
    unfinished = form(TERMS) | {"title": "", "price-0-tiers-0-unit_price": ""}

    text = write(client, table, unfinished, "as_document").context["desk"]
    sent = {"document": json.dumps(TERMS), "title": ""}
    back = write(client, table, sent, "as_form").context["desk"]

    written = json.loads(text.document["document"].value())
    assert written["prices"][0]["tiers"][0] == {"up_to": "1000000000"}
    assert written["grant"] == TERMS["grant"]
    assert back.draft.base == TERMS
    assert (text.offer.errors, back.offer.errors) == ({}, {})


def test_a_model_that_there_is_not_is_told_at_its_field(table: Table, browser: Enter) -> None:
    response = write(browser(table.licensor), table, form(TERMS) | {"price-0-model": "barter"})

    assert response.status_code == 422
    assert "model" in response.context["desk"].draft.prices[0].price.errors


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("{", "not_json"),
        ("[]", "missing"),
        ('{"currency": "JPY", "currency": "USD"}', "duplicate_name"),
    ],
)
def test_a_document_that_cannot_be_read_is_refused_with_the_reason(
    table: Table, browser: Enter, written: str, code: str
) -> None:
    sent = {"expires_on": "2026-10-20", "document": written}

    response = write(browser(table.licensor), table, sent)

    assert response.status_code == 422
    assert code in {fault.code for fault in response.context["desk"].faults}
    assert not Deal.objects.exists()


HARD = terms(
    grant=TERMS["grant"] | {"models": [{"family": "vista: pro", "versions": ["2"]}]},
)


def test_a_document_the_form_cannot_show_stays_a_document_and_says_why(
    table: Table, browser: Enter
) -> None:
    sent = {"expires_on": "2026-10-20", "document": json.dumps(HARD)}

    response = write(browser(table.licensor), table, sent, "as_form")

    assert response.status_code == 422
    assert response.context["desk"].document is not None
    assert "<code>grant.models</code>" in response.content.decode()


def test_an_offer_the_form_cannot_show_is_answered_as_a_document(
    table: Table, browser: Enter
) -> None:
    deal = table.open(HARD)

    response = browser(table.licensee).get(reverse("deal-counter", args=[deal.public_id]))

    desk = response.context["desk"]
    assert (desk.draft, json.loads(desk.document["document"].value())) == (None, HARD)
    assert "<code>grant.models</code>" in response.content.decode()


def test_a_broken_starting_document_falls_back_to_the_standing_one(
    table: Table, deal: Deal, browser: Enter
) -> None:
    sent = form(TERMS, base="{", payment_days="45") | {"send": ""}

    browser(table.licensee).post(reverse("deal-counter", args=[deal.public_id]), sent)

    assert offer_of(deal) == terms(payment={"due_days": 45})


def test_only_the_side_whose_turn_it_is_writes_a_counter_offer(
    table: Table, deal: Deal, browser: Enter
) -> None:
    response = browser(table.licensor).get(reverse("deal-counter", args=[deal.public_id]))

    assert response["Location"] == reverse("deal", args=[deal.public_id])


def test_a_counter_offer_starts_from_what_stands(table: Table, deal: Deal, browser: Enter) -> None:
    response = browser(table.licensee).get(reverse("deal-counter", args=[deal.public_id]))

    assert response.context["desk"].draft.base == TERMS


def test_each_side_chooses_among_the_other(table: Table, browser: Enter) -> None:
    response = browser(table.licensee).get(reverse("new-deal"))

    choices = response.context["desk"].offer.fields["counterparty"].choices
    assert [name for value, name in choices if value] == ["Quill Press"]


def test_a_counter_offer_to_what_expired_meanwhile_goes_back_and_says_so(
    table: Table, deal: Deal, browser: Enter, clock: Clock
) -> None:
    clock.forward(timedelta(days=14))
    client = browser(table.licensee)
    before = picture()

    response = client.post(
        reverse("deal-counter", args=[deal.public_id]), form(TERMS) | {"send": ""}, follow=True
    )

    assert response.redirect_chain == [(reverse("deal", args=[deal.public_id]), 302)]
    assert "This offer has expired" in response.content.decode()
    assert picture() == before


def test_a_percentage_that_is_no_number_is_told_at_its_field(table: Table, browser: Enter) -> None:
    response = write(browser(table.licensor), table, form(TERMS, operator_fee="three"))

    assert set(response.context["desk"].draft.money.errors) == {"operator_fee"}
    assert not Deal.objects.exists()


def test_an_empty_document_is_told_at_its_field(table: Table, browser: Enter) -> None:
    sent = {"expires_on": "2026-10-20", "document": ""}

    response = write(browser(table.licensor), table, sent)

    assert set(response.context["desk"].document.errors) == {"document"}
