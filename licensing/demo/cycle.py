"""October through the real workers: reports uploaded, periods closed, statements, payouts.

Each step asks by a service and waits for the rows to say that workers have done it.
"""

import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from ledger import chain
from ledger.documents.models import Document
from ledger.documents.models import State as DocumentState
from ledger.invoices.models import Invoice
from ledger.models import ChainLink
from ledger.payouts.lifecycle import UNDER_WAY, State
from ledger.payouts.models import Payout, Recipient
from licensing.access import Actor
from licensing.deals.models import DealState, Licence
from licensing.demo import seed, usage
from licensing.demo.clock import at
from licensing.demo.licences import SIGNED
from licensing.parties.models import Organisation
from licensing.royalties import closing, statements
from licensing.royalties.content import operator
from licensing.royalties.models import (
    Charge,
    Period,
    PeriodState,
    Run,
    RunState,
    Statement,
    StatementState,
)
from licensing.settlement import payouts
from licensing.settlement.models import StatementPayout

OCTOBER = date(2026, 10, 1)
SLOWEST_SECONDS = 150
POLL_SECONDS = 0.25

Say = Callable[[str], None]


class NotDone(RuntimeError):
    """The workers did not do a step in time."""


def run(say: Say) -> None:
    """Run October's cycle; a second call finds everything done and says so."""
    say(_reports())
    say(_close())
    say(_statements())
    say(_invoices())
    say(_paid_invoices())
    say(_payouts())
    say(_documents())
    say(_sealed())


def _reports() -> str:
    licences = {
        signed.name: Licence.objects.get(deal__title=signed.title)
        for signed in SIGNED
        if signed.name in seed.ASKS
    }
    with tempfile.TemporaryDirectory() as name, at(2026, 11, 9):
        for key, licence in licences.items():
            report_id = f"{key}-2026-10"
            if licence.reports.filter(report_id=report_id).exists():
                continue
            report = usage.write(licence, seed.ask(key, "2026-10"), report_id, Path(name))
            seed.submit(licence, report)
    in_force = Licence.objects.filter(deal__state=DealState.IN_FORCE, reports__period=OCTOBER)
    _wait("periods", lambda: Period.objects.filter(starts_on=OCTOBER).count() >= len(licences))
    return f"{in_force.count()} usage reports for October accepted"


def _close() -> str:
    finance = Actor.owner_of(operator())
    for period in Period.objects.filter(starts_on=OCTOBER, state=PeriodState.OPEN):
        closing.request_close(by=finance, period_id=period.public_id)
    periods = Period.objects.filter(starts_on=OCTOBER)
    _wait("closes", lambda: not periods.exclude(state=PeriodState.CLOSED).exists())
    charges = Charge.objects.filter(period__in=periods)
    return f"{periods.count()} periods closed, {charges.count()} charges booked"


def _statements() -> str:
    finance = Actor.owner_of(operator())
    for run in Run.objects.filter(month=OCTOBER, state=RunState.DRAFT):
        statements.approve_run(by=finance, run_id=run.public_id)
    for run in Run.objects.filter(month=OCTOBER, state=RunState.APPROVED):
        statements.request_issue(run_id=run.public_id)
    runs = Run.objects.filter(month=OCTOBER)
    _wait("statements", lambda: not runs.exclude(state=RunState.ISSUED).exists())
    return f"{Statement.objects.filter(run__in=runs).count()} statements issued"


def _invoices() -> str:
    charges = Charge.objects.filter(period__starts_on=OCTOBER).exclude(amount_minor=0)
    _wait("invoices", lambda: not charges.filter(invoiced=None).exists())
    invoices = charges.values("invoiced__invoice").distinct()
    return f"{invoices.count()} invoices issued"


def _paid_invoices() -> str:
    """Book the transfers for all invoices but the newest, which are not due yet."""
    earlier = Invoice.objects.open().exclude(licensing_charges__charge__period__starts_on=OCTOBER)
    count = earlier.count()
    seed.pay(earlier)
    return f"{count} earlier invoices paid"


def _payouts() -> str:
    waiting = Statement.objects.filter(state=StatementState.ISSUED).values("payee")
    for payee in Organisation.objects.filter(pk__in=waiting).order_by("slug"):
        payouts.enrol(payee, email=f"finance@{payee.slug}.example")
    for recipient in Recipient.objects.filter(payouts_enabled=False):
        _onboard(recipient)
    batch, _left_out = payouts.run(by=operator().public_id)
    under_way = Payout.objects.filter(state__in=[*UNDER_WAY, State.IN_TRANSIT], hold_reason="")
    _wait("payouts", lambda: not under_way.exists())
    issued = StatementPayout.objects.filter(payout__state=State.PAID)
    _wait("paid statements", lambda: not issued.filter(statement__state="issued").exists())
    paid = Payout.objects.filter(state=State.PAID).count()
    return f"{len(batch.reserved)} payouts sent, {paid} paid in all"


def _onboard(recipient: Recipient) -> None:
    """Wait until the stand-in for Stripe has verified an account, as a person would."""
    _wait(
        f"verification of {recipient.party}",
        lambda: Recipient.objects.get(pk=recipient.pk).is_ready,
    )


def _documents() -> str:
    due = Document.objects.filter(state=DocumentState.DUE)
    _wait("documents", lambda: not due.exists())
    failed = Document.objects.filter(state=DocumentState.FAILED)
    if failed.exists():
        raise NotDone(f"{failed.count()} documents failed: {failed[0].failure}")
    return f"{Document.objects.count()} PDFs printed"


def _sealed() -> str:
    """Seal what the schedule would have sealed within the minute."""
    chain.seal()
    return f"{ChainLink.objects.count()} entries sealed in the hash chain"


def _wait(what: str, done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SLOWEST_SECONDS
    while not done():
        if time.monotonic() > deadline:
            raise NotDone(
                f"{what}: the workers did not finish within {SLOWEST_SECONDS} seconds. "
                "See the worker's log."
            )
        time.sleep(POLL_SECONDS)
