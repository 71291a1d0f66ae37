from datetime import timedelta

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from licensing.deals import services
from licensing.deals import terms as contract
from licensing.deals.models import Deal
from licensing.errors import InvalidInput
from licensing.parties.roles import Kind
from tests.licensing.deals.table import (
    TERMS,
    Table,
    codes,
    in_days,
    organisation,
    refused,
    set_table,
    terms,
)

pytestmark = pytest.mark.django_db


def test_a_first_offer_opens_a_negotiation(
    table: Table,
    queued: list[str],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        deal = table.open()

    offer = deal.standing_offer
    assert offer is not None
    assert (deal.state, deal.licensor.slug, deal.licensee.slug) == (
        "negotiating",
        "quill-press",
        "tensor-labs",
    )
    assert (offer.round, offer.made_by, offer.terms) == (1, table.licensor.organisation, TERMS)
    assert offer.terms_hash == contract.terms_hash(contract.parse(TERMS))
    assert [(move.move, move.from_state, move.to_state) for move in deal.moves.all()] == [
        ("open", "draft", "negotiating")
    ]
    assert queued == ["licensing.deals.tasks.tell_counterparty"]


def test_the_licensee_may_make_the_first_offer(table: Table) -> None:
    deal = table.open(by=table.licensee)

    assert deal.licensor == table.licensor.organisation
    assert deal.opened_by == table.licensee.organisation


def test_a_collective_stands_on_the_rights_side() -> None:
    table = set_table(Kind.COLLECTIVE)

    deal = table.open(by=table.licensee)

    assert deal.licensor == table.licensor.organisation


@pytest.mark.parametrize("kind", [Kind.LICENSOR, Kind.COLLECTIVE])
def test_two_of_the_rights_side_have_nothing_to_deal(table: Table, kind: Kind) -> None:
    other = organisation("lantern-house", kind)

    with refused(InvalidInput) as raised:
        services.open_deal(
            by=table.licensor,
            counterparty=other,
            title="Swap",
            terms=TERMS,
            expires_at=in_days(14),
        )

    assert codes(raised) == [("counterparty", "wrong_side")]


def test_nobody_deals_with_the_operator(table: Table) -> None:
    with refused(InvalidInput):
        services.open_deal(
            by=table.licensee,
            counterparty=table.operator.organisation,
            title="Platform",
            terms=TERMS,
            expires_at=in_days(14),
        )


@pytest.mark.parametrize("title", ["", " \n ", "x" * 201])
def test_a_deal_needs_a_title_of_readable_length(table: Table, title: str) -> None:
    with refused(InvalidInput) as raised:
        services.open_deal(
            by=table.licensor,
            counterparty=table.licensee.organisation,
            title=title,
            terms=TERMS,
            expires_at=in_days(14),
        )

    assert codes(raised) == [("title", "required")]


def test_a_title_is_kept_on_one_line_so_that_it_fits_a_mails_subject(table: Table) -> None:
    deal = services.open_deal(
        by=table.licensor,
        counterparty=table.licensee.organisation,
        title=" Backlist\nBcc: everyone ",
        terms=TERMS,
        expires_at=in_days(14),
    )

    assert deal.title == "Backlist Bcc: everyone"


@pytest.mark.parametrize("ahead", [timedelta(0), timedelta(days=-1), timedelta(days=366)])
def test_an_offer_expires_in_the_future_within_a_year(table: Table, ahead: timedelta) -> None:
    with refused(InvalidInput) as raised:
        services.open_deal(
            by=table.licensor,
            counterparty=table.licensee.organisation,
            title="Backlist",
            terms=TERMS,
            expires_at=in_days(0) + ahead,
        )

    assert codes(raised) == [("expires_at", "out_of_range")]


def test_terms_that_mean_nothing_are_refused_with_their_path(table: Table) -> None:
    with refused(InvalidInput) as raised:
        table.open(terms(currency="GOLD", prices=[]))

    assert codes(raised) == [("currency", "currency_unknown"), ("prices", "too_few")]


def test_a_collectives_fee_needs_a_collective_at_the_table(table: Table) -> None:
    with refused(InvalidInput) as raised:
        table.open(terms(fees=[{"to": "collective", "rate": "0.095"}]))

    assert codes(raised) == [("fees[0].to", "no_collective")]


def test_a_collective_may_take_its_fee() -> None:
    table = set_table(Kind.COLLECTIVE)

    deal = table.open(terms(fees=[{"to": "collective", "rate": "0.095"}]))

    assert deal.state == "negotiating"


def test_excluding_a_work_nobody_registered_is_refused_because_it_would_grant_it(
    table: Table,
) -> None:
    works = {"select": "repertoire", "exclude": ["work_aaaaaaaaaaaaaaaa"]}

    with refused(InvalidInput) as raised:
        table.open(terms(grant=TERMS["grant"] | {"works": works}))

    assert codes(raised) == [("grant.works.exclude[0]", "work_unknown")]


def test_the_operator_sees_every_deal_and_a_stranger_none(table: Table, deal: Deal) -> None:
    assert list(Deal.objects.visible_to(table.operator)) == [deal]
    assert list(Deal.objects.visible_to(table.licensor)) == [deal]
    assert list(Deal.objects.visible_to(table.licensee)) == [deal]
    assert list(Deal.objects.visible_to(table.outsider)) == []
