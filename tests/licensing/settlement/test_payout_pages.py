"""Payouts in the dashboard, and a payee's own account at Stripe."""

import pytest
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from ledger.payouts.models import Payout, Recipient
from licensing.parties.roles import Role
from licensing.settlement import payouts
from tests.doubles.stripe.double import StripeDouble
from tests.ledger.payouts.conftest import stripe_double
from tests.licensing.royalties.books import Books, picture
from tests.licensing.royalties.conftest import Enter
from tests.licensing.settlement.test_paying_out import ready

__all__ = ["stripe_double"]


def paid_out(books: Books) -> Payout:
    """Return aoba's payout of 3.64, reserved."""
    ready(books.aoba)
    payouts.run(by="finance@kyodaku.example")
    return Payout.objects.get()


def test_finance_sees_who_can_be_paid_and_who_waits(issued: Books, browser: Enter) -> None:
    ready(issued.aoba)

    page = browser(issued.operator.organisation).get(reverse("payout-run"))

    assert [(one.payee.slug, one.amount_minor) for one in page.context["payable"]] == [
        ("aoba", 364)
    ]
    waiting = [(one["due"].payee.slug, str(one["reason"])) for one in page.context["waiting"]]
    assert waiting == [
        ("birch", "The payout account is not open or not verified yet."),
        ("quill-press", "The payout account is not open or not verified yet."),
    ]


def test_who_is_due_what_costs_the_same_for_however_many(
    issued: Books, browser: Enter, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = browser(issued.operator.organisation)

    with django_assert_num_queries(9):
        client.get(reverse("payout-run"))


def test_finance_pays_what_is_due(issued: Books, browser: Enter) -> None:
    ready(issued.aoba)

    page = browser(issued.operator.organisation).post(reverse("payout-run"), follow=True)

    assert "1 payout is being sent." in page.content.decode()
    assert Payout.objects.get().moves.get().by == "owner@kyodaku.example"


def test_paying_nobody_says_so(issued: Books, browser: Enter) -> None:
    page = browser(issued.operator.organisation).post(reverse("payout-run"), follow=True)

    assert "Nobody could be paid" in page.content.decode()
    assert not Payout.objects.exists()


def test_a_payee_sees_its_payout_with_its_statements(issued: Books, browser: Enter) -> None:
    payout = paid_out(issued)
    client = browser(issued.aoba)

    listed = client.get(reverse("payouts"))
    shown = client.get(reverse("payout", args=[payout.public_id]))

    assert [line["payout"] for line in listed.context["lines"]] == [payout]
    assert [link.statement for link in shown.context["statements"]] == [
        issued.statement_of(issued.aoba)
    ]
    assert "$3.64" in shown.content.decode()
    assert not shown.context["may_run"]


def test_another_payee_finds_nothing(issued: Books, browser: Enter) -> None:
    payout = paid_out(issued)
    client = browser(issued.birch)

    assert list(client.get(reverse("payouts")).context["lines"]) == []
    assert client.get(reverse("payout", args=[payout.public_id])).status_code == 404


def test_payouts_are_listed_by_state(issued: Books, browser: Enter) -> None:
    paid_out(issued)
    client = browser(issued.operator.organisation)

    def found(state: str) -> int:
        return len(client.get(reverse("payouts"), {"state": state}).context["lines"])

    assert [found(state) for state in ("", "reserved", "paid", "odd")] == [1, 1, 0, 1]


def test_a_payout_is_held_and_released(issued: Books, browser: Enter) -> None:
    payout = paid_out(issued)
    client = browser(issued.operator.organisation)

    client.post(reverse("payout-hold", args=[payout.public_id]), {"reason": "New bank"})
    held = Payout.objects.get().hold_reason
    client.post(reverse("payout-release", args=[payout.public_id]))

    assert (held, Payout.objects.get().hold_reason) == ("New bank", "")


@pytest.mark.parametrize("move", ["retry", "reserve", "cancel", "hold"])
def test_a_move_that_is_not_possible_is_told(issued: Books, browser: Enter, move: str) -> None:
    payout = paid_out(issued)
    before = (picture(), Payout.objects.values().get())

    page = browser(issued.operator.organisation).post(
        reverse(f"payout-{move}", args=[payout.public_id]), follow=True
    )

    assert 'data-tone="critical"' in page.content.decode()
    assert (picture(), Payout.objects.values().get()) == before


def test_a_payout_that_failed_is_sent_again(issued: Books, browser: Enter) -> None:
    ready(issued.aoba)
    due = next(iter(payouts.due()))
    payout = payouts.prepare(due)
    Payout.objects.update(state="failed")

    browser(issued.operator.organisation).post(reverse("payout-retry", args=[payout.public_id]))

    assert Payout.objects.get().state == "reserved"


def test_a_payout_that_is_due_is_paid_or_cancelled(issued: Books, browser: Enter) -> None:
    ready(issued.aoba)
    due = next(iter(payouts.due()))
    client = browser(issued.operator.organisation)
    first = payouts.prepare(due)
    client.post(reverse("payout-cancel", args=[first.public_id]), {"reason": "Too early"})
    second = payouts.prepare(due)
    client.post(reverse("payout-reserve", args=[second.public_id]))

    states = dict(Payout.objects.values_list("public_id", "state"))
    assert states == {first.public_id: "cancelled", second.public_id: "reserved"}


def test_a_payee_runs_no_payouts(issued: Books, browser: Enter) -> None:
    client = browser(issued.aoba)

    assert client.get(reverse("payout-run")).status_code == 403
    assert client.post(reverse("payout-run")).status_code == 403


def test_an_owner_opens_the_payout_account_and_goes_on_at_stripe(
    issued: Books, browser: Enter, stripe_double: StripeDouble
) -> None:
    stripe_double.control({"onboarding": "form"})
    client = browser(issued.aoba)

    opened = client.post(reverse("payout-account-open"))
    account = client.get(reverse("payout-account"))
    onward = client.get(reverse("payout-onboarding"))

    assert opened["Location"] == reverse("payout-account")
    assert "Details missing" in account.content.decode()
    assert "/onboard/link_" in onward["Location"]
    assert Recipient.objects.get(party=issued.aoba.public_id).stripe_account_id


def test_the_account_is_asked_after_when_somebody_comes_back(
    issued: Books, browser: Enter, stripe_double: StripeDouble
) -> None:
    stripe_double.control({"onboarding": "immediate"})
    client = browser(issued.aoba)
    client.post(reverse("payout-account-open"))

    page = client.get(reverse("payout-account"))

    assert "You can be paid." in page.content.decode()


def test_stripe_being_away_is_told(issued: Books, browser: Enter) -> None:
    client = browser(issued.aoba)
    without = client.get(reverse("payout-onboarding"), follow=True)
    ready(issued.aoba)

    page = client.get(reverse("payout-account"))

    assert "has no payout account yet" in without.content.decode()
    assert "Stripe cannot be reached" in page.content.decode()


def test_only_owners_of_payees_open_accounts(issued: Books, browser: Enter) -> None:
    finance = browser(issued.aoba, Role.FINANCE)
    assert finance.post(reverse("payout-account-open")).status_code == 403

    operator = browser(issued.operator.organisation)
    assert operator.post(reverse("payout-account-open")).status_code == 404
    assert not Recipient.objects.exists()
