"""What comes up beside the monthly cycle: an agent, an index, a claim, a missing report."""

from datetime import date
from decimal import Decimal

from ledger.invoices.models import Invoice
from licensing.catalogue import contests
from licensing.catalogue.models import Share, Work
from licensing.demo import world
from licensing.demo.clock import at
from licensing.demo.deals import actor, organisation
from licensing.demo.licences import PRICE_INDEX
from licensing.royalties.agencies import services as agencies
from licensing.royalties.indices import services as indices
from licensing.settlement import advances
from licensing.usage.notices import services as notices

AGENTS_RATE = Decimal("0.15")
# Invented, and they say so: a demonstration quotes no statistics office.
READINGS = (("2025-08", "112.1"), ("2026-08", "114.9"))
SOURCE = "消費者物価指数（全国・総合）の代わりに置いた架空の値"


def appoint_an_agent() -> None:
    """Let an author's agent have its part of all she earns."""
    with at(2026, 7, 15):
        agencies.appoint(
            by=actor("kirishima-mio"),
            payee=organisation("kirishima-mio"),
            agent=organisation("yunagi"),
            rate=AGENTS_RATE,
            starts_on=date(2026, 8, 1),
        )


def invoice_advances() -> list[Invoice]:
    """Invoice what the licensees pay ahead, once both sides have signed."""
    with at(2026, 7, 28):
        return [advances.invoice(licence_id=one.pk) for one in advances.to_invoice()]


def release_advances(paid: list[Invoice]) -> None:
    """Hand the licensors what came in of their advances."""
    for invoice in paid:
        advances.release_paid(invoice_id=invoice.pk)


def read_the_index() -> None:
    """Enter what the price index stood at, as finance does when it is published."""
    with at(2026, 9, 18):
        for month, value in READINGS:
            indices.enter_reading(
                by=actor(world.OPERATOR.slug),
                series=PRICE_INDEX,
                month=month,
                value=Decimal(value),
                source=SOURCE,
            )


def claim_what_is_taken() -> None:
    """Claim three tenths of a work whose committee owns all of it: paid to nobody from October."""
    with at(2026, 10, 12):
        owned = Share.objects.filter(holder=organisation("kurage"), weight=5)
        # The second of them is one that October's reports name, so that money waits for it.
        work = Work.objects.filter(shares__in=owned).order_by("pk")[1]
        contests.claim_share(
            by=actor("yamase"), work_id=work.public_id, weight=3, starts_on=date(2026, 10, 1)
        )


def ask_for_reports(today: date) -> None:
    """Issue what the daily job issues of reminders and formal notices on a day."""
    with at(today.year, today.month, today.day, 6):
        notices.issue_due(today)
