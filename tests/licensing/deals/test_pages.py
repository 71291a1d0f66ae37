from collections.abc import Callable

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from ledger.documents.models import Document
from licensing.deals import agreement, services
from licensing.deals.models import Deal, Licence
from licensing.parties.roles import Role
from tests.licensing.deals.table import (
    Table,
    in_days,
    organisation,
    picture,
    priced,
    state_of,
)

pytestmark = pytest.mark.django_db

Enter = Callable[..., Client]


def page(client: Client, deal: Deal) -> str:
    """Return the deal's page."""
    response = client.get(reverse("deal", args=[deal.public_id]))
    assert response.status_code == 200
    return response.content.decode()


def test_the_list_marks_whose_turn_it_is(table: Table, deal: Deal, browser: Enter) -> None:
    ours = table.open(by=table.licensee)

    shown = browser(table.licensee).get(reverse("deals")).context["lines"]

    assert [(line.deal, str(line.turn), line.tone) for line in shown] == [
        (ours, "Other side’s turn", ""),
        (deal, "Your turn", "warning"),
    ]


def test_the_operator_reads_who_has_to_answer_or_sign(table: Table, browser: Enter) -> None:
    table.open()
    table.open(by=table.licensee)
    table.agreed()
    table.in_force()

    shown = browser(table.operator).get(reverse("deals")).context["lines"]

    assert [(str(line.turn), line.tone) for line in shown] == [
        ("", ""),
        ("Signature awaited", ""),
        ("Quill Press answers", ""),
        ("Tensor Labs answers", ""),
    ]


def test_the_list_marks_what_is_ours_to_sign(table: Table, browser: Enter) -> None:
    deal = table.agreed()
    client = browser(table.licensee)
    before = client.get(reverse("deals")).context["lines"]
    table.sign(deal, table.licensee)

    after = client.get(reverse("deals")).context["lines"]

    assert [str(line.turn) for line in (*before, *after)] == ["Yours to sign", "Signature awaited"]


def test_tabs_count_and_hold_the_deals_of_their_states(table: Table, browser: Enter) -> None:
    table.open()
    table.agreed()
    declined = table.open()
    services.decline_offer(by=table.licensee, deal_id=declined.public_id)

    response = browser(table.licensor).get(reverse("deals"), {"state": "closed"})

    assert [tab["count"] for tab in response.context["tabs"]] == [3, 1, 1, 0, 1]
    assert [line.deal for line in response.context["lines"]] == [declined]


def test_the_list_is_searched_by_title_and_organisation(table: Table, browser: Enter) -> None:
    deal = table.open()
    client = browser(table.licensor)

    found = [
        [line.deal for line in client.get(reverse("deals"), {"q": query}).context["lines"]]
        for query in ("vista", "tensor", deal.public_id, "nothing of it")
    ]

    assert found == [[deal], [deal], [deal], []]


def test_a_search_survives_the_tabs(table: Table, browser: Enter) -> None:
    client = browser(table.licensor)

    tabs = client.get(reverse("deals"), {"q": "a&b"}).context["tabs"]

    assert [tab["url"] for tab in tabs[:2]] == ["?q=a%26b", "?state=negotiating&q=a%26b"]


def test_an_empty_list_says_what_to_do_next(table: Table, browser: Enter) -> None:
    body = browser(table.licensor).get(reverse("deals")).content.decode()

    assert "No deals yet" in body
    assert reverse("new-deal") in body


def test_the_list_asks_as_often_for_thirty_deals_as_for_one(
    table: Table, browser: Enter, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = browser(table.licensee)
    table.open()
    client.get(reverse("deals"))

    # Session, person, membership, other organisations, counts of the tabs, the page's count, rows.
    with django_assert_num_queries(7):
        client.get(reverse("deals"))
    for _ in range(29):
        table.open()
    with django_assert_num_queries(7):
        response = client.get(reverse("deals"))

    assert len(response.context["lines"]) == 25


def test_a_deal_asks_as_often_for_five_rounds_as_for_one(
    table: Table,
    deal: Deal,
    browser: Enter,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    client = browser(table.licensee)
    for by in (table.licensee, table.licensor, table.licensee, table.licensor):
        table.counter(deal, by)

    with django_assert_max_num_queries(11):
        page(client, deal)


def test_a_deal_shows_its_terms_its_hash_and_what_each_round_changed(
    table: Table, deal: Deal, browser: Enter
) -> None:
    offer = table.counter(deal, table.licensee, priced("8.00"))

    body = page(browser(table.licensor), deal)

    assert "¥8.00 per 1,000,000 tokens." in body
    assert offer.terms_hash in body
    assert "3 clauses changed" in body
    assert "Tensor Labs waits for your answer" in body


def test_an_outsider_gets_404_for_every_address_of_a_deal(
    table: Table, deal: Deal, browser: Enter
) -> None:
    client = browser(table.outsider)
    before = picture()

    read = [client.get(reverse(name, args=[deal.public_id])) for name in ("deal", "deal-counter")]
    moved = [
        client.post(reverse(f"deal-{move}", args=[deal.public_id]))
        for move in ("counter", "accept", "decline", "withdraw", "sign")
    ]
    printed = client.get(reverse("deal-agreement", args=[deal.public_id, "en"]))

    assert {response.status_code for response in (*read, *moved, printed)} == {404}
    assert picture() == before


def test_a_viewer_reads_and_may_not_move(table: Table, deal: Deal, browser: Enter) -> None:
    client = browser(table.licensee, Role.VIEWER)
    before = picture()

    body = page(client, deal)
    moved = [
        client.post(reverse(f"deal-{move}", args=[deal.public_id]))
        for move in ("counter", "accept", "decline", "withdraw", "sign")
    ]

    assert "Accept these terms" not in body
    assert {response.status_code for response in moved} == {403}
    assert picture() == before


def test_the_operator_reads_a_deal_without_buttons(
    table: Table, deal: Deal, browser: Enter
) -> None:
    client = browser(table.operator)

    body = page(client, deal)

    assert "Tensor Labs has to answer the offer of Quill Press" in body
    assert "Withdraw" not in body
    assert client.post(reverse("deal-withdraw", args=[deal.public_id])).status_code == 403
    assert state_of(deal) == "negotiating"


def test_moves_are_posted_never_fetched(table: Table, deal: Deal, browser: Enter) -> None:
    client = browser(table.licensee)

    codes = {
        client.get(reverse(f"deal-{move}", args=[deal.public_id])).status_code
        for move in ("accept", "decline", "withdraw", "sign")
    }

    assert codes == {405}


def test_accepting_goes_back_to_the_deal_which_asks_for_signatures(
    table: Table, deal: Deal, browser: Enter
) -> None:
    client = browser(table.licensee)
    standing = deal.standing_offer
    assert standing is not None

    response = client.post(
        reverse("deal-accept", args=[deal.public_id]), {"offer": standing.public_id}, follow=True
    )

    assert response.redirect_chain == [(reverse("deal", args=[deal.public_id]), 302)]
    assert "Your signature is missing" in response.content.decode()
    assert state_of(deal) == "agreed"


def test_an_offer_replaced_meanwhile_is_not_accepted(
    table: Table, deal: Deal, browser: Enter
) -> None:
    client = browser(table.licensee)
    before = picture()

    response = client.post(
        reverse("deal-accept", args=[deal.public_id]), {"offer": "ofr_old"}, follow=True
    )

    assert "no longer the standing one" in response.content.decode()
    assert picture() == before


def test_declining_and_withdrawing_end_the_negotiation(table: Table, browser: Enter) -> None:
    declined, withdrawn = table.open(), table.open(by=table.licensee)
    client = browser(table.licensee)

    client.post(reverse("deal-decline", args=[declined.public_id]))
    client.post(reverse("deal-withdraw", args=[withdrawn.public_id]))

    assert (state_of(declined), state_of(withdrawn)) == ("declined", "withdrawn")


def signature(deal: Deal, **changes: str) -> dict[str, str]:
    """Return what the signing form sends."""
    signed = {
        "terms_hash": deal.offers.get().terms_hash,
        "signer_name": "Mori Akiko",
        "signer_title": "Head of rights",
        "consent": "on",
    }
    return signed | changes


def test_signing_shows_the_hash_and_takes_name_and_consent(table: Table, browser: Enter) -> None:
    deal = table.agreed()
    client = browser(table.licensee)

    response = client.post(
        reverse("deal-sign", args=[deal.public_id]), signature(deal), follow=True
    )

    assert "The other side’s signature is awaited" in response.content.decode()
    assert state_of(deal) == "signing"


@pytest.mark.parametrize(
    ("missing", "complaint"),
    [("consent", "Tick this to sign."), ("signer_name", "This field is required.")],
)
def test_signing_without_name_or_consent_signs_nothing(
    table: Table, browser: Enter, missing: str, complaint: str
) -> None:
    deal = table.agreed()
    client = browser(table.licensee)
    before = picture()

    response = client.post(
        reverse("deal-sign", args=[deal.public_id]), signature(deal, **{missing: ""})
    )

    assert response.status_code == 422
    assert complaint in response.content.decode()
    assert picture() == before


def test_signing_another_hash_signs_nothing(table: Table, browser: Enter) -> None:
    deal = table.agreed()
    client = browser(table.licensee)
    before = picture()

    response = client.post(
        reverse("deal-sign", args=[deal.public_id]),
        signature(deal, terms_hash="sha256:" + "0" * 64),
        follow=True,
    )

    assert "but the agreed terms are" in response.content.decode()
    assert picture() == before


def test_a_licence_for_nothing_is_refused_on_the_page(table: Table, browser: Enter) -> None:
    poor = organisation("lantern-house", table.licensor.kind)
    deal = services.open_deal(
        by=table.licensee,
        counterparty=poor,
        title="Empty shelf",
        terms=priced("1"),
        expires_at=in_days(1),
    )
    owner = type(table.licensor).owner_of(poor)
    table.accept(deal, owner)
    table.sign(deal, owner)
    client = browser(table.licensee)

    response = client.post(reverse("deal-sign", args=[deal.public_id]), signature(deal))

    assert response.status_code == 422
    assert "No work would be licensed." in response.content.decode()
    assert not Licence.objects.exists()


def test_a_licence_shows_its_works_and_hands_out_the_printed_agreement(
    table: Table, browser: Enter
) -> None:
    licence = table.in_force()
    agreement.request(licence)
    printed = Document.objects.get(subject=licence.public_id, language="en")
    printed.file.save("", ContentFile(b"%PDF-1.7"), save=False)
    Document.objects.filter(pk=printed.pk).update(
        file=printed.file.name, state="rendered", sha256="0" * 64, page_count=1
    )
    client = browser(table.licensee)
    address = reverse("deal-agreement", args=[licence.deal.public_id, "en"])

    body = page(client, licence.deal)
    response = client.get(address)

    assert licence.snapshot_sha256 in body
    assert address in body
    assert reverse("deal-agreement", args=[licence.deal.public_id, "ja"]) not in body
    assert response["Content-Type"] == "application/pdf"
    assert b"".join(response) == b"%PDF-1.7"
    for language in ("ja", "fr"):
        other = reverse("deal-agreement", args=[licence.deal.public_id, language])
        assert client.get(other).status_code == 404


def test_a_stranger_is_sent_to_log_in(client: Client, deal: Deal) -> None:
    response = client.get(reverse("deal", args=[deal.public_id]))

    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account_login"))


def test_a_closed_deal_shows_the_last_terms_and_no_buttons(
    table: Table, deal: Deal, browser: Enter
) -> None:
    table.counter(deal, table.licensee, priced("8.00"))
    services.decline_offer(by=table.licensor, deal_id=deal.public_id)

    response = browser(table.licensor).get(reverse("deal", args=[deal.public_id]))

    assert "¥8.00 per 1,000,000 tokens." in response.content.decode()
    assert response.context["position"].turn is None
    assert "Withdraw" not in response.content.decode()
