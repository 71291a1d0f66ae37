"""An advance recouped over two months, and a reserve held back and released, through HTTP.

The licence of `small` with 1,200.01 USD paid ahead and a tenth of each part held for three
months. October and November are used alike, so each month by itself is 1,000.00: the operator's
30.00, alder's 727.50 of which 72.75 are held, birch's 242.50 of which 24.25 are held.

    advance        1,200.01 invoiced at signature, paid, released to the collective
    October        654.75 + 218.25 = 873.00 earned, all of it recouped; invoice 127.00
    left           1,200.01 − 873.00 = 327.01
    November       327.01 recouped by 654.75 : 218.25: alder 245.2575, birch 81.7525; the cent
                   left over goes to alder: 245.26 and 81.75; invoice 1,000.00 − 327.01 = 672.99
    payable        alder 654.75 − 245.26 = 409.49; birch 218.25 − 81.75 = 136.50
    31 January     October's reserve: alder 72.75, birch 24.25; November's stays until 28 February
    left in cash   2,000.00 came in, 1,200.01 + 409.49 + 136.50 + 72.75 + 24.25 = 1,843.00 went
                   out: 157.00, which are the fees 60.00 and November's reserve 97.00
"""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command

from licensing.parties.models import Organisation
from licensing.settlement import payouts
from licensing.settlement.claims import unclaimed
from tests.journeys.conftest import Client, Clock, Workers, wait_until
from tests.journeys.small import Legs, Scene, journal, scene, sweep

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

MONTH: Legs = (
    ("accrued", "ai-firm", 100_000),
    ("earned", "alder", -65_475),
    ("earned", "birch", -21_825),
    ("fees", "operator", -3_000),
    ("reserve", "alder", -7_275),
    ("reserve", "birch", -2_425),
)
RECOUPED: list[Legs] = [
    (
        ("accrued", "ai-firm", -87_300),
        ("earned", "alder", 65_475),
        ("earned", "birch", 21_825),
        ("prepaid", "ai-firm", 87_300),
        ("unrecouped", "collective", -87_300),
    ),
    (
        ("accrued", "ai-firm", -32_701),
        ("earned", "alder", 24_526),
        ("earned", "birch", 8_175),
        ("prepaid", "ai-firm", 32_701),
        ("unrecouped", "collective", -32_701),
    ),
]
RELEASED: Legs = (
    ("earned", "alder", -7_275),
    ("earned", "birch", -2_425),
    ("reserve", "alder", 7_275),
    ("reserve", "birch", 2_425),
)
PAID_OUT = [("alder", 7_275), ("alder", 40_949), ("birch", 2_425), ("birch", 13_650)]
PAID_OUT += [("collective", 120_001)]


def invoices(small: Scene) -> dict[str, int]:
    """Return what is open on each invoice, in cents."""
    return {one["id"]: one["outstanding_minor"] for one in small.operator.every("/invoices")}


def pay(small: Scene, amount_minor: int) -> None:
    """Wait for an invoice that asks for an amount, and pay it."""
    wait_until("the invoice", lambda: amount_minor in invoices(small).values())
    (invoice,) = (one for one, open_minor in invoices(small).items() if open_minor == amount_minor)
    payment = {"amount_minor": amount_minor, "received_on": "2026-12-05", "reference": invoice}
    small.operator.post(f"/invoices/{invoice}/payments", payment)


def close(small: Scene, month: str) -> None:
    """Report a month and close it."""
    small.report(month)
    wait_until("the period", lambda: bool(period(small, month)))
    small.operator.post(f"/periods/{period(small, month)['id']}/close", expect=202)
    wait_until("the close", lambda: bool(period(small, month)["state"] == "closed"))


def period(small: Scene, month: str) -> dict[str, Any]:
    """Return a month's period; empty while there is none."""
    found = [one for one in small.operator.every("/periods") if one["month"] == month]
    return found[0] if found else {}


def issue_drafts(small: Scene) -> None:
    """Approve and issue every run that waits for it."""
    for run in small.operator.every("/runs"):
        if run["state"] == "draft":
            small.operator.post(f"/runs/{run['id']}/approve", expect=200)
            small.operator.post(f"/runs/{run['id']}/issue", expect=202)
    wait_until(
        "the runs", lambda: {run["state"] for run in small.operator.every("/runs")} == {"issued"}
    )


def pay_out(small: Scene, count: int) -> None:
    """Pay out what is available, until so many payouts are paid in all."""
    small.operator.post("/payout-runs", expect=202)
    wait_until("the payouts", lambda: paid(small) == count)
    wait_until("the statements", lambda: not waiting(small))


def paid(small: Scene) -> int:
    """Return how many payouts are paid."""
    return [one["state"] for one in small.operator.every("/payouts")].count("paid")


def waiting(small: Scene) -> bool:
    """Whether a statement with something payable is not marked paid."""
    statements = small.operator.every("/statements")
    return any(one["state"] == "issued" and one["net_minor"] > 0 for one in statements)


def left() -> dict[str, int]:
    """Return what is left on all accounts of a purpose, in cents, debit positive."""
    totals: dict[str, int] = defaultdict(int)
    for entries in journal().values():
        for legs in entries:
            for purpose, _, minor in legs:
                totals[purpose] += minor
    return {purpose: minor for purpose, minor in totals.items() if minor}


def test_an_advance_is_recouped_and_a_reserve_released_to_the_cent(
    workers: Workers, clock: Clock, client_of: Callable[[Organisation], Client]
) -> None:
    small = scene(
        client_of,
        advance={"amount": "1200.01", "release": "on_receipt"},
        reserve={"rate": "0.10", "months": 3},
    )
    workers.start()
    sweep("licensing.settlement.tasks.invoice_advances")
    pay(small, 120_001)
    wait_until("the advance", lambda: "advance_released" in journal())

    close(small, "2026-10")
    close(small, "2026-11")
    issue_drafts(small)
    pay(small, 12_700)
    pay(small, 67_299)
    for payee in Organisation.objects.filter(slug__in=["alder", "birch", "collective"]):
        payouts.enrol(payee)
    pay_out(small, 3)

    clock.tell(2027, 1, 31)
    sweep("licensing.royalties.tasks.liquidate_due_reserves")
    wait_until("the release", lambda: "reserve_released" in journal())
    issue_drafts(small)
    pay_out(small, 5)

    assert list(unclaimed()) == []
    booked = journal()
    assert booked["advance_invoiced"] == [
        (("prepaid", "ai-firm", -120_001), ("receivable", "ai-firm", 120_001))
    ]
    assert booked["advance_released"] == [
        (("payable", "collective", -120_001), ("unrecouped", "collective", 120_001))
    ]
    assert booked["period_closed"] == [MONTH, MONTH]
    assert booked["recouped"] == RECOUPED
    assert booked["reserve_released"] == [RELEASED]
    assert [legs[0] for legs in booked["invoice_issued"]] == [
        ("accrued", "ai-firm", -67_299),
        ("accrued", "ai-firm", -12_700),
    ]
    assert sorted(leg[1:] for legs in booked["payout_reserved"] for leg in legs[1:]) == PAID_OUT
    assert left() == {"cash": 15_700, "fees": -6_000, "reserve": -9_700}
    call_command("verify")
