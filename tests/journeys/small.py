"""A cycle small enough to be worked by hand, driven through the API and real workers.

Two publishers: `alder` owns one work alone and two thirds of another, `birch` the last third.

    shared work    3,000,000 tokens      alder 2 : birch 1
    alder's work   1,000,001 tokens
    charge         4.000001 × 250 USD = 1,000.00025 → 1,000.00 USD
    operator fee   3 % → 30.00 USD, which leaves 970.00 USD
    weights        alder 3,000,000 × 2/3 + 1,000,001 = 3,000,001; birch 3,000,000 × 1/3 = 1,000,000
    alder          97,000 × 3,000,001 ÷ 4,000,001 = 72,750.00606… → 727.50 USD
    birch          97,000 × 1,000,000 ÷ 4,000,001 = 24,249.99393… → 242.49 USD, and the cent left
                   over goes to the larger remainder: 242.50 USD
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from config.celery import app
from ledger.models import Entry
from licensing.parties.models import Organisation
from licensing.settlement import payouts
from tests.factories import IdentifierFactory, OrganisationFactory, ShareFactory, WorkFactory
from tests.journeys.conftest import Client, sign_licence, wait_until

Legs = tuple[tuple[str, str, int], ...]

# US cents, debit positive; parties by slug, rails and the operator as the ledger names them.
UNDISTURBED: dict[str, list[Legs]] = {
    "period_closed": [
        (
            ("accrued", "ai-firm", 100_000),
            ("earned", "alder", -72_750),
            ("earned", "birch", -24_250),
            ("fees", "operator", -3_000),
        )
    ],
    "earnings_released": [
        (("earned", "alder", 72_750), ("payable", "alder", -72_750)),
        (("earned", "birch", 24_250), ("payable", "birch", -24_250)),
    ],
    "invoice_issued": [(("accrued", "ai-firm", -100_000), ("receivable", "ai-firm", 100_000))],
    "payment_received": [(("cash", "bank", 100_000), ("receivable", "ai-firm", -100_000))],
    "payout_reserved": [
        (("in_transit", "stripe", -72_750), ("payable", "alder", 72_750)),
        (("in_transit", "stripe", -24_250), ("payable", "birch", 24_250)),
    ],
    "payout_paid": [
        (("cash", "stripe", -72_750), ("in_transit", "stripe", 72_750)),
        (("cash", "stripe", -24_250), ("in_transit", "stripe", 24_250)),
    ],
}

TERMS: dict[str, Any] = {
    "schema": "terms/1",
    "currency": "USD",
    "grant": {
        "works": {"select": "repertoire", "exclude": []},
        "uses": ["ai-train"],
        "models": "any",
        "territory": ["WW"],
        "exclusive": False,
        "starts_on": "2026-10-01",
        "ends_on": None,
    },
    "prices": [
        {
            "id": "tokens",
            "unit": "token",
            "model": "per_unit",
            "per": "1000000",
            "unit_price": "250",
        }
    ],
    "fees": [{"to": "operator", "rate": "0.03"}],
}

LINES = [
    {"line_id": "1", "work": "domain:shared.example", "use": "ai-train", "unit": "token"}
    | {"quantity": "3000000"},
    {"line_id": "2", "work": "domain:alder.example", "use": "ai-train", "unit": "token"}
    | {"quantity": "1000001"},
]


@dataclass
class Scene:
    """The parties' programs, and the licence between them."""

    operator: Client
    firm: Client
    licence: str

    def report(self, month: str = "2026-10", *, expect: int = 201) -> dict[str, Any]:
        """Report the usage of a month, October unless another is named."""
        header = {
            "report_id": f"usage-{month}",
            "type": "original",
            "licence": self.licence,
            "period": month,
            "model": {"family": "vista", "version": "2"},
            "lines": 2,
            "quantity": {"token": "4000001"},
        }
        sent: dict[str, Any] = self.firm.post(
            "/reports", {"header": header, "lines": LINES}, expect=expect
        )
        return sent

    def request_close(self) -> None:
        """Ask for October to be closed, once its period is there."""
        wait_until("the period", lambda: bool(self.operator.every("/periods")))
        (period,) = self.operator.every("/periods")
        self.operator.post(f"/periods/{period['id']}/close", expect=202)

    def closed(self) -> bool:
        """Whether October is closed."""
        return bool(self.operator.every("/periods")[0]["state"] == "closed")

    def finish(self) -> None:
        """Go from a closed period to paid payees."""
        wait_until("the close", self.closed)
        (run,) = self.operator.every("/runs")
        self.operator.post(f"/runs/{run['id']}/approve", expect=200)
        self.operator.post(f"/runs/{run['id']}/issue", expect=202)
        wait_until("the invoice", lambda: bool(self.operator.every("/invoices")))
        (invoice,) = self.operator.every("/invoices")
        payment = {"amount_minor": 100_000, "received_on": "2026-11-20", "reference": "T1"}
        self.operator.post(f"/invoices/{invoice['id']}/payments", payment)
        for payee in Organisation.objects.filter(slug__in=["alder", "birch"]):
            payouts.enrol(payee)
        self.operator.post("/payout-runs", expect=202)
        wait_until("the payouts", self.paid)

    def paid(self) -> bool:
        """Whether both payees' statements are paid."""
        return [one["state"] for one in self.operator.every("/statements")] == ["paid", "paid"]


def scene(client_of: Callable[[Organisation], Client], **clauses: Any) -> Scene:
    """Register the works and sign the licence, with more clauses where they are given."""
    operator = client_of(OrganisationFactory.create(operator=True))
    alder = OrganisationFactory.create(slug="alder")
    birch = OrganisationFactory.create(slug="birch")
    collective = OrganisationFactory.create(collective=True, slug="collective")
    firm = client_of(OrganisationFactory.create(licensee=True, slug="ai-firm"))
    own(work("alder.example"), [(alder, 1)])
    own(work("shared.example"), [(alder, 2), (birch, 1)])
    for member in (alder, birch):
        operator.post(
            "/mandates",
            {"member": member.slug, "collective": "collective"}
            | {"uses": ["ai-train"], "starts_on": "2026-01-01"},
        )
    licence = sign_licence(firm, client_of(collective), "Small", TERMS | clauses)
    return Scene(operator, firm, licence)


def work(domain: str) -> Any:
    """Register a work by its domain."""
    made = WorkFactory.create(title=domain)
    IdentifierFactory.create(work=made)
    return made


def own(made: Any, holders: Iterable[tuple[Organisation, int]]) -> None:
    """Give a work its owners."""
    for holder, weight in holders:
        ShareFactory.create(work=made, holder=holder, weight=weight)


def sweep(*tasks: str) -> None:
    """Do what the schedule does every minute."""
    for task in tasks:
        app.send_task(task)


def journal() -> dict[str, list[Legs]]:
    """Return what is in the books, by cause, with parties by slug."""
    slugs = dict(Organisation.objects.values_list("public_id", "slug"))
    found: dict[str, list[Legs]] = {}
    for entry in Entry.objects.prefetch_related("postings__account").order_by("pk"):
        legs = sorted(
            (
                posting.account.purpose,
                slugs.get(posting.account.party, posting.account.party),
                posting.amount_minor,
            )
            for posting in entry.postings.all()
        )
        found.setdefault(entry.cause, []).append(tuple(legs))
    return {cause: sorted(entries) for cause, entries in found.items()}


def expected() -> dict[str, list[Legs]]:
    """Return the journal of the undisturbed run."""
    return {cause: sorted(entries) for cause, entries in UNDISTURBED.items()}
