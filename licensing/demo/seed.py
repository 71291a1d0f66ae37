"""Seeding the world and its first two months, through the same services that people use."""

import json
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from ledger.invoices import services as invoices
from ledger.invoices.models import Invoice
from licensing.access import Actor
from licensing.catalogue import mandates, reservations
from licensing.catalogue.imports import services as imports
from licensing.catalogue.models import ImportFormat, Work
from licensing.deals.models import Licence
from licensing.demo import deals, matters, usage, world
from licensing.demo.clock import at
from licensing.demo.deals import actor, organisation
from licensing.demo.usage import Ask, Report
from licensing.parties import services as parties
from licensing.parties.models import Membership, Organisation, User
from licensing.parties.roles import KIND_SCOPES, Kind
from licensing.royalties import closing, disputes, statements
from licensing.royalties.models import Run, Statement
from licensing.settlement import invoicing
from licensing.usage import services as reports
from licensing.usage import strict
from licensing.usage.notices import services as notices

RESERVED = (
    "当社の作品を機械学習に利用するには、事前の許諾が必要です。"
    "事後の除外申請（オプトアウト）は許諾に代わるものではありません。"
)
ASKS = {
    "loom": Ask("", ("shuttle", "3"), unknown=2),
    "mikazuki": Ask("", ("shingetsu", "2"), share_used=0.6),
    "quill": Ask("", ("shuttle", "3"), uses=("ai-train", "ai-train", "fine-tune")),
    "northlight": Ask("", ("stereo", "1.5"), unit="minute", share_used=0.9),
    "minato": Ask("", ("stereo", "1.5"), unit="minute", share_used=0.9),
}


def is_seeded() -> bool:
    """Whether the world is there already."""
    return Organisation.objects.filter(slug=world.OPERATOR.slug).exists()


@transaction.atomic
def everything() -> None:
    """Seed the world up to the end of September, or nothing; October is left for the workers."""
    with at(2026, 7, 1):
        _parties()
        _catalogue()
        _mandates()
    matters.appoint_an_agent()
    licences = deals.sign_all()
    _advances()
    deals.negotiate_the_rest()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        august = _august(licences, folder)
        matters.read_the_index()
        _september(licences, folder, august)
    _dispute()


def _parties() -> None:
    for party in (world.OPERATOR, world.COLLECTIVE, *world.LICENSORS, *world.LICENSEES):
        Organisation.objects.create(
            slug=party.slug,
            name=party.name,
            kind=party.kind,
            country=party.country,
            language=party.language,
            address=party.address,
            registration_number=party.registration_number,
        )
    for person in world.PEOPLE:
        user = User.objects.create_user(person.email, world.PASSWORD, name=person.name)
        Membership.objects.create(
            user=user, organisation=organisation(person.organisation), role=person.role
        )


def _catalogue() -> None:
    """Register the works as the operator would: by importing a file."""
    rows = ["kind,title,identifiers,shares"]
    for work in world.works():
        shares = "|".join(f"{slug}:{weight}" for slug, weight in work.shares)
        rows.append(f"{work.kind},{work.title},{' '.join(work.identifiers)},{shares}")
    job = imports.receive(
        by=actor(world.OPERATOR.slug),
        content="\n".join(rows).encode(),
        file_name="works-2026-07.csv",
        options=imports.Options(format=ImportFormat.CSV),
    )
    imports.run(job.pk)


def _mandates() -> None:
    collective = organisation(world.COLLECTIVE.slug)
    for slug in world.MEMBERS_OF_COLLECTIVE:
        mandates.give(
            by=actor(slug),
            member=organisation(slug),
            collective=collective,
            uses=["ai-train"],
            starts_on=date(2026, 4, 1),
        )
    for slug in ("sakuraba", "kurage", "minato-games", "fumizuki"):
        reservations.reserve(
            by=actor(slug), uses=["ai-all"], statement=RESERVED, starts_on=date(2026, 7, 1)
        )


def submit(licence: Licence, report: Report) -> None:
    """Report usage as the licensee does."""
    document = strict.loads(json.dumps(report.header).encode())
    reports.submit_file(by=actor(licence.licensee.slug), document=document, path=report.path)


def ask(name: str, month: str) -> Ask:
    """Return what a licence's usage looks like in a month."""
    base = ASKS[name]
    return Ask(month, base.model, base.unit, base.uses, base.share_used, base.unknown)


def _august(licences: dict[str, Licence], folder: Path) -> dict[str, Report]:
    written = {}
    with at(2026, 9, 8):
        for name in ASKS:
            licence = licences[name]
            written[name] = usage.write(licence, ask(name, "2026-08"), f"{name}-2026-08", folder)
            submit(licence, written[name])
    with at(2026, 9, 21):
        cycle(date(2026, 8, 1))
    with at(2026, 10, 15):
        pay(Invoice.objects.open())
    return written


def _september(licences: dict[str, Licence], folder: Path, august: dict[str, Report]) -> None:
    """September: one firm reports late, another corrects August after it was invoiced.

    One reports after it was reminded and asked formally, and one not at all.
    """
    with at(2026, 10, 8):
        for name in ("loom", "mikazuki", "northlight", "minato"):
            report = usage.write(licences[name], ask(name, "2026-09"), f"{name}-2026-09", folder)
            submit(licences[name], report)
    matters.claim_what_is_taken()
    for day in (15, 21):
        matters.ask_for_reports(date(2026, 10, day))
    with at(2026, 10, 21):
        cycle(date(2026, 9, 1))
    with at(2026, 10, 27):
        late = usage.write(licences["quill"], ask("quill", "2026-09"), "quill-2026-09", folder)
        submit(licences["quill"], late)
        notices.settle(licences["quill"])
        rows = [
            [line_id, work, use, unit, str(int(quantity) // 2)]
            for line_id, work, use, unit, quantity in usage.first_rows(august["mikazuki"], 5)
        ]
        header = {
            "report_id": "mikazuki-2026-08-c1",
            "type": "correction",
            "corrects": "mikazuki-2026-08",
            "licence": licences["mikazuki"].public_id,
            "period": "2026-08",
            "model": {"family": "shingetsu", "version": "2"},
        }
        submit(licences["mikazuki"], usage.of_rows(header, rows, folder))
    with at(2026, 10, 29):
        cycle(date(2026, 8, 1))
        cycle(date(2026, 9, 1))


def cycle(month: date) -> None:
    """Close, approve, issue and invoice a month in this process."""
    finance = actor(world.OPERATOR.slug)
    for licence in Licence.objects.filter(reports__period=month).distinct().order_by("pk"):
        period = closing.note_change(licence, month)
        if period.state == "open":
            closing.request_close(by=finance, period_id=period.public_id)
            closing.close_period(period.pk)
    for run in Run.objects.filter(month=month, state="draft"):
        statements.approve_run(by=finance, run_id=run.public_id)
        statements.request_issue(run_id=run.public_id)
        statements.issue_run(run_id=run.pk)
    invoicing.invoice_month(month)


def pay(invoices_due: QuerySet[Invoice]) -> None:
    """Book the licensees' bank transfers for invoices."""
    for invoice in invoices_due.order_by("pk"):
        invoices.record_payment(
            invoice=invoice,
            amount_minor=invoice.outstanding_minor,
            received_on=timezone.localdate(),
            reference=f"TRF-{invoice.label}",
            rail="bank",
        )


def _advances() -> None:
    invoiced = matters.invoice_advances()
    with at(2026, 8, 20):
        pay(Invoice.objects.filter(pk__in=[one.pk for one in invoiced]))
        matters.release_advances(invoiced)


def _dispute() -> None:
    """One payee doubts September's figures."""
    with at(2026, 10, 30):
        statement = Statement.objects.filter(
            payee__slug="fumizuki", run__month=date(2026, 9, 1), state="issued"
        ).first()
        if statement is not None:
            disputes.dispute(
                by=Actor.owner_of(organisation("fumizuki")),
                statement_id=statement.public_id,
                reason="地方版のドメインが含まれていないようです。内訳をご確認ください。",
            )


def make_key() -> str:
    """Make an API key for the demonstration's AI firm and return its secret."""
    _key, secret = parties.create_key(
        by=actor("tensor-loom"),
        name="Demo",
        mode="test",
        scopes=sorted(KIND_SCOPES[Kind.LICENSEE]),
    )
    return secret


def describe(secret: str) -> dict[str, Any]:
    """Return what `./dev demo` prints: log-ins, a key and a request to paste."""
    licence = Licence.objects.filter(licensee__slug="tensor-loom").order_by("pk").first()
    body = {
        "header": {
            "report_id": "try-1",
            "type": "original",
            "licence": licence.public_id if licence else "",
            "period": "2026-11",
            "model": {"family": "shuttle", "version": "3"},
            "lines": 1,
            "quantity": {"token": "1250000"},
        },
        "lines": [
            {
                "line_id": "1",
                "work": f"work:{Work.objects.earliest('pk').public_id}",
                "use": "ai-train",
                "unit": "token",
                "quantity": "1250000",
            }
        ],
    }
    return {
        "logins": [
            {
                "role": f"{person.role}",
                "email": person.email,
                "password": world.PASSWORD,
                "organisation": organisation(person.organisation).name,
            }
            for person in world.PEOPLE[:8]
        ],
        "api_key": secret,
        "curl": (
            f"curl -s {settings.PUBLIC_URL}/api/v1/reports -H 'Authorization: Bearer {secret}' "
            f"-H 'Content-Type: application/json' -d '{json.dumps(body)}'"
        ),
        "documents": str(settings.EVIDENCE_DIR / "documents"),
    }
