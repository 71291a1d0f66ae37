"""The first royalty cycle on real counts: 13,986 works, 120 licensors, three training corpora.

Everything goes through the API and real workers, as an AI firm, a collective and the operator's
finance staff would drive it. The data is not part of the project; without it this is skipped.

The reports go as CSV, from which everybody is paid. Then each is replaced by the same lines as
NDJSON and as Parquet and closed again: the same charges to the cent, and not one entry more.
"""

import csv
import gzip
import hashlib
import json
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ledger import verify as ledger_verify
from ledger.models import Entry, Posting
from licensing.catalogue.models import Identifier, Work
from licensing.parties.models import Organisation
from licensing.royalties import verify as royalties_verify
from licensing.royalties.models import Close
from licensing.settlement import payouts
from tests.doubles.stripe.double import StripeDouble
from tests.factories import OrganisationFactory
from tests.journeys.conftest import SHARED, Client, Workers, sign_licence, wait_until
from tests.licensing.usage.desk import ndjson_bytes, parquet_bytes

pytestmark = [
    pytest.mark.journey,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not SHARED.exists(), reason="../shared/data/cycle is not here"),
]

# Counts × 2.50 USD ÷ 1,000,000, rounded once, half away from zero:
#   20,858,600,725 × 0.0000025 = 52,146.5018125 → 52,146.50
#   76,448,522,604 × 0.0000025 = 191,121.30651  → 191,121.31
#   463,074,242,038 − 166,566,435,267 (three names no work has) = 296,507,806,771
#   296,507,806,771 × 0.0000025 = 741,269.5169275 → 741,269.52
CHARGES = {"c4": 5_214_650, "refinedweb": 19_112_131, "dolma": 74_126_952}
# Three per cent of each, rounded half away from zero:
#   1,564.395 → 1,564.40; 5,733.6393 → 5,733.64; 22,238.0856 → 22,238.09
FEES = {"c4": 156_440, "refinedweb": 573_364, "dolma": 2_223_809}
MODELS = {"c4": "en", "refinedweb": "1", "dolma": "1.7"}
PART_BYTES = 300_000


def terms(family: str) -> dict[str, Any]:
    return {
        "schema": "terms/1",
        "currency": "USD",
        "grant": {
            "works": {"select": "repertoire", "exclude": []},
            "uses": ["ai-train"],
            "models": [{"family": family, "versions": [MODELS[family]]}],
            "territory": ["WW"],
            "exclusive": False,
            "starts_on": "2026-10-01",
            "ends_on": "2029-09-30",
        },
        "prices": [
            {
                "id": "tokens",
                "uses": ["ai-train"],
                "unit": "token",
                "model": "per_unit",
                "per": "1000000",
                "unit_price": "2.50",
            }
        ],
        "distribution": {"key": "usage"},
        "fees": [{"to": "operator", "rate": "0.03"}],
        "reporting": {"cadence": "month", "due_days": 20},
        "payment": {"due_days": 30},
    }


def import_works(operator: Client) -> None:
    content = gzip.compress((SHARED / "works.csv").read_bytes())
    job = operator.send(
        "POST", "/imports", content, file_name="works.csv.gz", create_licensors="true"
    )
    wait_until("the import", lambda: operator.get(f"/imports/{job['id']}")["state"] == "done")
    done = operator.get(f"/imports/{job['id']}")
    assert (done["rows_created"], done["rows_refused"]) == (13_986, 0)


def give_mandates(operator: Client, collective: Organisation) -> None:
    for member in Organisation.objects.filter(kind="licensor").order_by("slug"):
        operator.post(
            "/mandates",
            {
                "member": member.slug,
                "collective": collective.slug,
                "uses": ["ai-train"],
                "starts_on": "2026-01-01",
            },
        )


def report_usage(firm: Client, licence: str, name: str) -> dict[str, Any]:
    """Upload a report in parts, as a firm with a large file does, and wait for its check."""
    lines = (SHARED / f"usage_{name}.csv").read_bytes()
    return checked(firm, upload(firm, header_of(licence, name), lines))


def header_of(licence: str, name: str) -> dict[str, Any]:
    header: dict[str, Any] = json.loads((SHARED / f"usage_{name}.json").read_text())
    return header | {"licence": licence}


def upload(firm: Client, header: dict[str, Any], lines: bytes) -> str:
    """Send a report's lines in parts; returns its id."""
    opened = firm.post("/uploads", header)
    for number, start in enumerate(range(0, len(lines), PART_BYTES), start=1):
        part = lines[start : start + PART_BYTES]
        firm.send(
            "PUT",
            f"/uploads/{opened['id']}/parts/{number}",
            part,
            sha256=hashlib.sha256(part).hexdigest(),
        )
    firm.post(f"/uploads/{opened['id']}/complete", expect=202)
    return str(opened["id"])


def checked(firm: Client, report_id: str) -> dict[str, Any]:
    """Return a report that its check accepted."""
    path = f"/reports/{report_id}"
    wait_until("the check", lambda: firm.get(path)["state"] in {"accepted", "rejected"})
    report: dict[str, Any] = firm.get(path)
    assert report["state"] == "accepted", report
    return report


def replace_all(
    firm: Client, licences: dict[str, str], file_format: str, folder: Path
) -> list[dict[str, Any]]:
    """Send every report again in another format, in the place of the one before."""
    sent = []
    for name, licence in licences.items():
        header = header_of(licence, name)
        (before,) = firm.every("/reports", licence=licence, state="accepted")
        with (SHARED / f"usage_{name}.csv").open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
        lines = (
            ndjson_bytes(rows)
            if file_format == "ndjson"
            else parquet_bytes(folder, rows, {"quantity": "BIGINT"})
        )
        header |= {
            "report_id": f"{header['report_id']}-{file_format}",
            "type": "replacement",
            "replaces": before["report_id"],
            "sha256": hashlib.sha256(lines).hexdigest(),
            "format": file_format,
        }
        sent.append(upload(firm, header, lines))
    return [checked(firm, report_id) for report_id in sent]


def close_october(operator: Client) -> None:
    wait_until("the periods", lambda: opened(operator) == 3)
    for period in operator.every("/periods"):
        operator.post(f"/periods/{period['id']}/close", expect=202)
    wait_until("the closes", lambda: closed(operator))


def opened(operator: Client) -> int:
    return [period["state"] for period in operator.every("/periods")].count("open")


def closed(operator: Client) -> bool:
    periods = operator.every("/periods")
    assert not any(period["failure"] for period in periods), periods
    return {period["state"] for period in periods} == {"closed"}


def issue_statements(operator: Client) -> None:
    (run,) = operator.every("/runs")
    operator.post(f"/runs/{run['id']}/approve", expect=200)
    operator.post(f"/runs/{run['id']}/issue", expect=202)
    wait_until("the statements", lambda: operator.every("/runs")[0]["state"] == "issued")


def test_a_month_of_three_corpora_becomes_money_that_adds_up(
    workers: Workers,
    client_of: Callable[[Organisation], Client],
    rail: StripeDouble,
    tmp_path: Path,
) -> None:
    operator = client_of(OrganisationFactory.create(operator=True))
    collective = client_of(OrganisationFactory.create(collective=True, slug="collective"))
    firm = client_of(OrganisationFactory.create(licensee=True, slug="ai-firm"))
    workers.start()

    import_works(operator)
    give_mandates(operator, collective.organisation)
    licences = {
        name: sign_licence(firm, collective, f"Repertoire for {name}", terms(name))
        for name in CHARGES
    }
    reports = {name: report_usage(firm, licence, name) for name, licence in licences.items()}

    assert Work.objects.count() == 13_986
    assert (
        Organisation.objects.filter(kind="licensor", slug__startswith="publisher-").count() == 120
    )
    assert Identifier.objects.filter(scheme="domain").count() == 13_986
    quarantined = [one for one in reports["dolma"]["verdicts"] if one["verdict"] == "quarantined"]
    assert [(one["code"], one["lines"], one["quantity"]) for one in quarantined] == [
        ("work_unknown", 3, "166566435267")
    ]

    close_october(operator)
    assert charged(operator, licences) == CHARGES

    issue_statements(operator)
    statements = operator.every("/statements")
    assert len(statements) == 120
    parts: dict[str, int] = defaultdict(int)
    for statement in statements:
        for line in operator.get(f"/statements/{statement['id']}")["content"]["lines"]:
            parts[line["licence"]] += line["net_minor"]
    assert {name: parts[licence] + FEES[name] for name, licence in licences.items()} == CHARGES

    wait_until("the invoices", lambda: len(operator.every("/invoices")) == 3)
    invoices = firm.every("/invoices")
    assert sorted(one["net_minor"] for one in invoices) == sorted(CHARGES.values())
    for invoice in invoices:
        operator.post(
            f"/invoices/{invoice['id']}/payments",
            {
                "amount_minor": invoice["total_minor"],
                "received_on": "2026-11-20",
                "reference": f"TRF-{invoice['number']}",
            },
        )

    payees = [statement["payee"] for statement in statements if statement["net_minor"] > 0]
    enrol(payees)
    operator.post("/payout-runs", expect=202)
    wait_until("the payouts", lambda: paid(operator) == len(payees))

    owed = sum(CHARGES.values()) - sum(FEES.values())
    assert sum(one["net_minor"] for one in operator.every("/payouts")) == owed
    assert sum(one["amount"] for one in rail.world.things["transfers"].values()) == owed
    wait_until("paid statements", lambda: all_paid(operator, len(payees)))
    assert balances() == {
        "fees": -sum(FEES.values()),
        "cash": sum(FEES.values()),
    }
    assert findings() == []

    entries = Entry.objects.count()
    for file_format in ("ndjson", "parquet"):
        replaced = replace_all(firm, licences, file_format, tmp_path)
        close_october(operator)

        assert [one["format"] for one in replaced] == [file_format] * 3
        assert [one["verdicts"] for one in replaced] == [
            one["verdicts"] for one in reports.values()
        ]
        assert newest_closes_are_of() == {one["id"] for one in replaced}
        assert charged(operator, licences) == CHARGES
    assert Entry.objects.count() == entries
    assert findings() == []


def charged(operator: Client, licences: dict[str, str]) -> dict[str, int]:
    """Return what each licence was charged, over all closes."""
    charges = operator.every("/charges")
    return {
        name: sum(one["amount_minor"] for one in charges if one["licence"] == licence)
        for name, licence in licences.items()
    }


def newest_closes_are_of() -> set[str]:
    """Return the reports that the last close of each period was rated from."""
    newest = Close.objects.order_by("period_id", "-number").distinct("period_id")
    return {report["report"] for close in newest for report in close.reports}


def findings() -> list[Any]:
    """Return what `verify` finds wrong with the journal, the closes and the statements."""
    proved = [*ledger_verify.verify_ledger(), *royalties_verify.findings()]
    return [one for one in proved if not isinstance(one, ledger_verify.Proof)]


def enrol(payees: list[str]) -> None:
    """Open the payees' accounts, as each would on the page of its payout account."""
    for payee in Organisation.objects.filter(public_id__in=payees):
        payouts.enrol(payee)


def paid(operator: Client) -> int:
    return [one["state"] for one in operator.every("/payouts")].count("paid")


def all_paid(operator: Client, count: int) -> bool:
    states = [one["state"] for one in operator.every("/statements")]
    return states.count("paid") == count


def balances() -> dict[str, int]:
    """Return what is left on the accounts, by purpose; settled purposes are left out."""
    totals: dict[str, int] = defaultdict(int)
    for posting in Posting.objects.select_related("account"):
        totals[posting.account.purpose] += posting.amount_minor
    return {purpose: total for purpose, total in totals.items() if total}
