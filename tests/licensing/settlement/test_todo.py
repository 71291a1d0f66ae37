"""What money asks of each side on the first page."""

from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from ledger.documents.models import Document
from ledger.payouts.models import Payout
from licensing.access import Actor
from licensing.dashboard import todo
from licensing.settlement import invoicing, payouts
from licensing.settlement import todo as settlement
from tests.factories import actor_for
from tests.licensing.royalties.books import OCTOBER, Books
from tests.licensing.settlement.test_paying_out import ready


def asked_of(actor: Actor) -> list[tuple[str, str, int]]:
    """Return what waits for an actor, of money alone."""
    return [(str(task.text), task.tone, task.count) for task in settlement.tasks(actor)]


def test_a_licensee_pays_and_is_told_until_when(issued: Books) -> None:
    invoicing.invoice_month(OCTOBER)
    licensee = issued.table.licensee

    (task,) = settlement.tasks(licensee)

    assert (str(task.text), task.tone) == ("Pay invoice KYO-2026-00001", "warning")
    assert task.until is not None
    assert timezone.localdate(task.until).isoformat() == "2026-12-02"


def test_a_payee_opens_its_account_once_something_is_payable(issued: Books) -> None:
    payee = actor_for(issued.aoba)
    before = asked_of(payee)
    ready(issued.aoba)

    assert before == [("Open your payout account, so that you can be paid", "warning", 1)]
    assert asked_of(payee) == []


def test_finance_pays_what_is_due_and_looks_at_what_failed(issued: Books) -> None:
    ready(issued.aoba)
    ready(issued.birch)
    Document.objects.create(
        kind="invoice", subject="inv_1", party="org_1", language="en", template="x", state="failed"
    )
    due = asked_of(issued.operator)
    payouts.run()
    payout = Payout.objects.get(recipient__party=issued.aoba.public_id)
    Payout.objects.filter(pk=payout.pk).update(state="failed")

    assert due == [
        ("Pay what is due", "warning", 2),
        ("Documents could not be prepared", "critical", 1),
    ]
    shown = asked_of(issued.operator)
    assert ("The payout of $3.64 to Aoba failed", "critical", 1) in shown


def test_what_happened_is_told_to_those_it_concerns(issued: Books) -> None:
    ready(issued.aoba)
    payouts.run()
    invoicing.invoice_month(OCTOBER)

    def told(actor: Actor) -> list[str]:
        return [str(event.text) for event in todo.events_of(actor)]

    assert "Statement for October 2026" in told(actor_for(issued.aoba))
    assert "Invoice KYO-2026-00001" in told(issued.table.licensee)
    assert "Statements of October 2026" in told(issued.operator)


def test_asking_finance_costs_few_queries(
    issued: Books, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(9):
        list(settlement.tasks(issued.operator))
