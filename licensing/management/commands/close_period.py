"""`close_period`: rate a licence's accounting period and book the difference, in this process."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ledger.money import currency, decimal_text
from licensing.access import Actor
from licensing.deals.models import Licence
from licensing.errors import LicensingError
from licensing.management.months import month
from licensing.royalties import closing
from licensing.royalties.content import operator


class Command(BaseCommand):
    help = "Close an accounting period of a licence; exit 2 if it cannot be closed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("licence", help="The licence's id, lic_….")
        parser.add_argument("month", type=month, help="A month of the period: 2026-10.")

    def handle(self, *, licence: str, month: date, **_options: Any) -> None:
        found = Licence.objects.filter(public_id=licence).first()
        if found is None:
            raise CommandError(f"There is no licence {licence!r}.", returncode=2)
        period = closing.period_of(found, month)
        try:
            closing.request_close(by=Actor.owner_of(operator()), period_id=period.public_id)
        except LicensingError as error:
            raise CommandError(error.detail, returncode=2) from None
        close = closing.close_period(period.pk)
        period.refresh_from_db()
        if close is None:
            raise CommandError(period.failure or "A worker is closing it already.", returncode=2)
        for charge in close.charges.order_by("price_id"):
            unit = currency(charge.currency)
            amount = decimal_text(charge.amount_minor, unit)
            self.stdout.write(f"{charge.price_id}: {amount} {charge.currency}")
        self.stdout.write(
            f"{period.label} closed from {len(close.reports)} reports, {close.lines_rated} lines."
        )
