"""A late report, a correction after the payout and a re-match: what was wrong leaves no trace.

The month of `small` is closed, stated, invoiced and paid. Then, by API and through real workers:

    a late report       1,000,000 tokens of the shared work, and 2,000,000 under an unknown name
                        5.000001 × 250 USD → 1,250.00, 250.00 more than booked
    the name is matched to alder's work
                        7.000001 × 250 USD → 1,750.00, 500.00 more
    the match is undone, 500.00 less
    both are corrected to nothing
                        4.000001 × 250 USD → 1,000.00, 250.00 less

What payees, licensee and operator have of October is then to the cent what it was before.
"""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command

from licensing.catalogue.models import Work
from licensing.parties.models import Organisation
from licensing.royalties.models import Charge
from tests.journeys.conftest import Client, Workers, wait_until
from tests.journeys.small import LINES, Scene, expected, journal, scene, sweep

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

SHARED = LINES[0] | {"quantity": "1000000"}
UNKNOWN = LINES[1] | {"work": "domain:mirror.example", "quantity": "2000000"}
NOTHING = {"quantity": "0"}


def send(small: Scene, report_id: str, lines: list[dict[str, str]], **header: Any) -> None:
    """Report lines of October, and wait until they are judged."""
    whole = {
        "report_id": report_id,
        "type": "original",
        "licence": small.licence,
        "period": "2026-10",
        "model": {"family": "vista", "version": "2"},
        "lines": len(lines),
        "quantity": {"token": str(sum(int(line["quantity"]) for line in lines))},
    }
    small.firm.post("/reports", {"header": whole | header, "lines": lines})


def close_again(small: Scene) -> int:
    """Close October once it is open again; return what it comes to in all, in cents."""
    wait_until("the period to open", lambda: is_open(small))
    small.request_close()
    wait_until("the close", small.closed)
    return sum(Charge.objects.values_list("amount_minor", flat=True))


def is_open(small: Scene) -> bool:
    """Sweep as the schedule does, and look."""
    sweep("licensing.usage.tasks.match_waiting_reports")
    return bool(small.operator.every("/periods")[0]["state"] == "open")


def october() -> dict[tuple[str, str], int]:
    """Return what every party has of October's charges, over all entries that booked them."""
    sums: dict[tuple[str, str], int] = defaultdict(int)
    for legs in journal()["period_closed"]:
        for purpose, party, minor in legs:
            sums[purpose, party] += minor
    return {account: minor for account, minor in sums.items() if minor}


def test_a_late_report_a_correction_after_payout_and_a_re_match_leave_no_difference(
    workers: Workers, client_of: Callable[[Organisation], Client]
) -> None:
    small = scene(client_of)
    workers.start()
    small.report()
    small.request_close()
    small.finish()
    assert journal() == expected()
    before = october()

    send(small, "october-late", [SHARED, UNKNOWN])
    assert close_again(small) == 125_000

    (mirror,) = small.operator.every("/unmatched")
    assert (mirror["identifier"], mirror["quantity"]) == (UNKNOWN["work"], {"token": "2000000"})
    matched = {
        "unmatched": [mirror["id"]],
        "decision": "map",
        "work": Work.objects.get(title="alder.example").public_id,
        "reason": "The mirror serves the same pages.",
    }
    decided = small.operator.post("/match-decisions", matched)
    assert close_again(small) == 175_000
    assert october() != before

    undone = {"reason": "It was another site after all."}
    small.operator.post(f"/match-decisions/{decided[0]['id']}/undo", undone)
    assert close_again(small) == 125_000

    send(
        small,
        "october-late-c1",
        [SHARED | NOTHING, UNKNOWN | NOTHING],
        type="correction",
        corrects="october-late",
    )
    assert close_again(small) == 100_000

    assert october() == before
    call_command("verify")
