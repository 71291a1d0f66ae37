"""Who can be paid and how much: what is available, less what is disputed."""

import pytest
from pytest_django import Settings

from ledger.documents.models import Document
from ledger.journal import Purpose
from ledger.payouts.models import Payout, Recipient
from licensing.access import Actor
from licensing.parties.models import Organisation
from licensing.royalties import disputes
from licensing.royalties.models import Statement
from licensing.settlement import payouts
from licensing.settlement.models import StatementPayout
from tests.licensing.royalties.books import FERRY, OCTOBER, Books, picture


def ready(payee: Organisation) -> Recipient:
    """Give a payee an account that can be paid."""
    return Recipient.objects.create(
        party=payee.public_id,
        stripe_account_id=f"acct_{payee.slug}",
        payouts_enabled=True,
        transfers_active=True,
    )


def standing(books: Books) -> dict[str, tuple[int, str]]:
    """Return what each payee is due, and what stands in its way."""
    del books
    return {one.payee.slug: (one.amount_minor, one.reason) for one in payouts.due()}


def test_whoever_has_an_issued_statement_is_due_its_balance(issued: Books) -> None:
    ready(issued.aoba)

    assert standing(issued) == {
        "aoba": (364, ""),
        "birch": (73, "account_not_ready"),
        "quill-press": (48, "account_not_ready"),
    }


def test_a_run_reserves_what_can_be_paid_and_says_who_was_left_out(issued: Books) -> None:
    ready(issued.aoba)

    batch, left_out = payouts.run(by="kyodaku")

    payout = Payout.objects.get()
    assert batch.reserved == (payout.public_id,)
    assert (payout.party, payout.gross_minor, payout.state) == (
        issued.aoba.public_id,
        364,
        "reserved",
    )
    assert payout.causes == [issued.statement_of(issued.aoba).public_id]
    assert [one.payee.slug for one in left_out] == ["birch", "quill-press"]
    assert issued.balance(Purpose.PAYABLE, issued.aoba) == 0


def test_a_second_run_pays_nobody_twice(issued: Books) -> None:
    ready(issued.aoba)
    payouts.run()
    before = picture()

    batch, left_out = payouts.run()

    assert batch.reserved == ()
    assert ("aoba", "payout_under_way") in [(one.payee.slug, one.reason) for one in left_out]
    assert Payout.objects.count() == 1
    assert picture() == before


def test_what_is_disputed_is_not_paid_until_it_is_answered(issued: Books) -> None:
    ready(issued.birch)
    statement = issued.statement_of(issued.birch)
    disputes.dispute(
        by=Actor.owner_of(issued.birch), statement_id=statement.public_id, reason="Too little."
    )
    disputed = standing(issued)
    disputes.answer(by=issued.operator, statement_id=statement.public_id, text="It is right.")

    assert "birch" not in disputed
    assert standing(issued)["birch"] == (73, "")


def test_a_disputed_statement_holds_back_its_own_amount_alone(issued: Books) -> None:
    """Birch's 73 are disputed; a second month's 83 of another report can be paid."""
    ready(issued.birch)
    disputes.dispute(
        by=Actor.owner_of(issued.birch),
        statement_id=issued.statement_of(issued.birch).public_id,
        reason="Too little.",
    )
    issued.report([FERRY], report_id="oct-2")
    issued.close()
    issued.issue()

    more = issued.statement_of(issued.birch).net_minor
    assert standing(issued)["birch"] == (more, "")
    assert issued.balance(Purpose.PAYABLE, issued.birch) == 73 + more


def test_a_negative_statement_is_taken_from_the_next_payout(issued: Books) -> None:
    ready(issued.aoba)
    issued.correct(FERRY | {"quantity": "0"})
    issued.close()
    issued.issue()

    payouts.run()

    # The lantern alone: 250 less 24 and 8 is 218.
    payout = Payout.objects.get()
    assert payout.gross_minor == 218
    assert len(payout.causes) == 2


def test_nothing_is_paid_below_the_threshold(issued: Books, settings: Settings) -> None:
    settings.PAYOUT_THRESHOLD_MINOR = {"USD": 74}
    ready(issued.birch)

    assert standing(issued)["birch"] == (73, "below_threshold")
    payouts.run()
    assert not Payout.objects.exists()


def test_nothing_is_paid_of_a_balance_below_zero(issued: Books) -> None:
    ready(issued.aoba)
    payouts.run()
    issued.correct(FERRY | {"quantity": "0"})
    issued.close()
    issued.issue()
    Payout.objects.update(state="paid", paid_on=OCTOBER)

    amount_minor, reason = standing(issued)["aoba"]

    assert (amount_minor, reason) == (218 - 364, "nothing_payable")


def test_the_remittance_names_the_statements(issued: Books) -> None:
    ready(issued.aoba)

    payouts.run()

    snapshot = Payout.objects.get().snapshot
    assert snapshot["payee"]["name"] == "Aoba"
    assert snapshot["operator"]["name"] == "Kyodaku"
    assert snapshot["statements"] == [
        {
            "statement": issued.statement_of(issued.aoba).public_id,
            "period": "2026-10",
            "amount_minor": 364,
        }
    ]
    assert not Document.objects.filter(kind="remittance").exists()


@pytest.mark.parametrize(("state", "after"), [("paid", "paid"), ("in_transit", "issued")])
def test_statements_are_paid_when_their_payout_is(issued: Books, state: str, after: str) -> None:
    ready(issued.aoba)
    payouts.run()
    payout = Payout.objects.get()
    Payout.objects.update(state=state, paid_on=OCTOBER)

    payouts.follow(payout.pk)
    payouts.follow(payout.pk)

    assert issued.statement_of(issued.aoba).state == after
    assert issued.statement_of(issued.birch).state == "issued"


def test_statements_of_a_payout_that_came_back_are_unpaid_again(issued: Books) -> None:
    ready(issued.aoba)
    payouts.run()
    payout = Payout.objects.get()
    Payout.objects.update(state="paid", paid_on=OCTOBER)
    payouts.follow(payout.pk)
    Payout.objects.update(state="returned")

    payouts.follow(payout.pk)

    again = issued.statement_of(issued.aoba)
    assert (again.state, again.paid_at) == ("issued", None)


def test_a_statement_that_another_payout_paid_stays_paid(issued: Books) -> None:
    ready(issued.aoba)
    payouts.run()
    first = Payout.objects.get()
    Payout.objects.update(state="failed")
    statement = issued.statement_of(issued.aoba)
    second = Payout.objects.create(
        key="second",
        recipient=first.recipient,
        currency="USD",
        gross_minor=364,
        due_on=OCTOBER,
        paid_on=OCTOBER,
        state="paid",
    )
    StatementPayout.objects.create(statement=statement, payout=second)
    payouts.follow(second.pk)

    payouts.follow(first.pk)

    assert Statement.objects.get(pk=statement.pk).state == "paid"
