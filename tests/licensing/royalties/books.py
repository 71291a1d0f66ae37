"""A month worked by hand: one collective, two payees, one work of theirs that is shared 2:1.

The price is 2.50 USD per million tokens; the collective takes 9.5 %, the operator 3 %.

    aoba alone      The Paper Lantern    1,000,000 tokens    aoba 1,000,000
    2 : 1           Winter Ferry         1,000,000 tokens    aoba   666,666⅔  birch 333,333⅓

Charge 2,000,000 × 2.50 / 1,000,000 = 5.00 USD = 500 cents. Collective 47.5 → 48, operator 15, rest
437. Weights 5 : 1: aoba 364.17, birch 72.83; the cent left over goes to the larger remainder:
aoba 364, birch 73. The fees by the same weights: operator 12.5 : 2.5 → 13 : 2 (equal remainders,
aoba sorts first), collective 40 : 8. Gross is all three: aoba 417, birch 83, together 500.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import Model

from ledger.balances import balance_minor
from ledger.journal import AccountRef, Purpose
from ledger.models import Balance, Entry, Posting
from licensing.access import Actor
from licensing.catalogue.models import Identifier, Share, Work
from licensing.deals.models import Licence
from licensing.parties.models import Organisation
from licensing.parties.roles import Kind
from licensing.royalties import closing, statements
from licensing.royalties.models import (
    Allocation,
    Charge,
    Close,
    Dispute,
    Period,
    Run,
    Statement,
    StatementLine,
)
from licensing.usage.models import UsageReport
from tests.licensing.deals.table import Table, mandate, organisation, set_table, terms
from tests.licensing.usage import sending
from tests.licensing.usage.conftest import Office
from tests.licensing.usage.desk import line

OCTOBER = date(2026, 10, 1)
PRICE = {
    "id": "tokens",
    "model": "per_unit",
    "unit": "token",
    "per": "1000000",
    "unit_price": "2.50",
}
TERMS = terms(
    currency="USD",
    prices=[PRICE],
    fees=[{"to": "collective", "rate": "0.095"}, {"to": "operator", "rate": "0.03"}],
)
LANTERN = line("1", work="domain:kaede.jp", quantity="1000000")
FERRY = line("2", work="domain:momiji.jp", quantity="1000000")

Rows = list[tuple[str, str, int, int, int, int]]


@dataclass(frozen=True)
class Books:
    """A licence in force and short ways to the services; every move is the service itself."""

    table: Table
    licence: Licence
    aoba: Organisation
    birch: Organisation

    def priced(self, *prices: dict[str, Any]) -> "Books":
        """Sign a licence with other prices and go on with that."""
        return replace(self, licence=self.table.in_force(TERMS | {"prices": list(prices)}))

    def agreed(self, **clauses: Any) -> "Books":
        """Sign a licence with other clauses and go on with that."""
        return replace(self, licence=self.table.in_force(TERMS | clauses))

    @property
    def operator(self) -> Actor:
        """Finance staff."""
        return self.table.operator

    @property
    def collective(self) -> Organisation:
        """Who licenses for the two payees."""
        return self.table.licensor.organisation

    def report(
        self, lines: Sequence[dict[str, str]] = (LANTERN, FERRY), /, **changes: Any
    ) -> UsageReport:
        """Report usage as the licensee does."""
        return sending.send(Office(self.table, self.licence), lines, **changes)

    def correct(self, *lines: dict[str, str], report_id: str = "oct-1-c1") -> UsageReport:
        """Correct lines of the first report."""
        return self.report(lines, report_id=report_id, type="correction", corrects="oct-1")

    def due(self, month: date = OCTOBER) -> Period:
        """Ask for a month to be closed."""
        period = closing.note_change(self.licence, month)
        return closing.request_close(by=self.operator, period_id=period.public_id)

    def close(self, month: date = OCTOBER) -> Close:
        """Close a month."""
        close = closing.close_period(self.due(month).pk)
        assert close is not None
        return close

    def closed(self) -> Close:
        """Report the month worked by hand and close it."""
        self.report()
        return self.close()

    def issue(self) -> Run:
        """Approve the month's draft run and issue it."""
        run = Run.objects.get(state="draft")
        statements.approve_run(by=self.operator, run_id=run.public_id)
        statements.request_issue(run_id=run.public_id)
        assert statements.issue_run(run_id=run.pk)
        return Run.objects.get(pk=run.pk)

    def issued(self) -> Run:
        """Take the month worked by hand up to its issued statements."""
        self.closed()
        return self.issue()

    def statement_of(self, payee: Organisation) -> Statement:
        """Return a payee's latest statement."""
        return Statement.objects.filter(payee=payee).latest("pk")

    def balance(self, purpose: Purpose, party: Organisation | str = "") -> int:
        """Return a balance in cents, on the account's own side."""
        name = party if isinstance(party, str) else party.public_id
        return balance_minor(AccountRef(purpose, name, "USD"))


def open_books() -> Books:
    table = set_table(Kind.COLLECTIVE)
    aoba = organisation("aoba", Kind.LICENSOR, "Aoba")
    birch = organisation("birch", Kind.LICENSOR, "Birch")
    for member in (aoba, birch):
        mandate(member, table.licensor.organisation, "ai-train")
    _work("The Paper Lantern", "kaede.jp", {aoba: 1})
    _work("Winter Ferry", "momiji.jp", {aoba: 2, birch: 1})
    return Books(table, table.in_force(TERMS), aoba, birch)


def _work(title: str, host: str, shares: dict[Organisation, int]) -> None:
    registered_by = next(iter(shares))
    made = Work.objects.create(kind="website", title=title, registered_by=registered_by)
    Identifier.objects.create(work=made, scheme="domain", value=host)
    for holder, weight in shares.items():
        Share.objects.create(work=made, holder=holder, weight=weight)


def parts(charge: Charge) -> Rows:
    """Return who gets what of a charge: role, party, gross, both fees, net."""
    rows = charge.allocations.select_related("organisation").order_by("pk")
    return [
        (
            row.role,
            row.organisation.slug if row.organisation else "",
            row.gross_minor,
            row.operator_fee_minor,
            row.collective_fee_minor,
            row.amount_minor,
        )
        for row in rows
    ]


def booked() -> dict[str, int]:
    """Return every account that is not at zero, debit positive."""
    rows = Balance.objects.exclude(posted_minor=0).select_related("account")
    return {str(row.account): row.posted_minor for row in rows}


def picture() -> list[list[dict[str, Any]]]:
    """Return every row of accounting and of the journal."""
    models: tuple[type[Model], ...] = (
        Period,
        Close,
        Charge,
        Allocation,
        Run,
        Statement,
        StatementLine,
        Dispute,
        Entry,
        Posting,
        Balance,
    )
    return [
        list(model._default_manager.order_by("pk").values())  # noqa: SLF001  # any model's rows
        for model in models
    ]
