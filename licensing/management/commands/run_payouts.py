"""`run_payouts`: pay every payee who can be paid; workers send what this reserves."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ledger.errors import LedgerError
from ledger.money import currency as currency_of
from ledger.money import decimal_text
from licensing.royalties.content import operator
from licensing.settlement import payouts
from licensing.settlement.payouts import Due


class Command(BaseCommand):
    help = "Prepare and reserve the payouts that are due; exit 2 if one was refused."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--currency", help="Pay one ISO 4217 currency only.")
        parser.add_argument("--dry-run", action="store_true", help="Say who is due, pay nobody.")

    def handle(self, *, currency: str | None, dry_run: bool, **_options: Any) -> None:
        try:
            if currency:
                currency_of(currency)
        except LedgerError as error:
            raise CommandError(error.detail, returncode=2) from None
        if dry_run:
            for one in payouts.due(currency):
                self.stdout.write(_line(one))
            return
        batch, left_out = payouts.run(by=operator().public_id, currency=currency)
        for one in left_out:
            self.stdout.write(_line(one))
        self.stdout.write(f"{len(batch.reserved)} payouts reserved.")
        for refusal in batch.refused:
            self.stderr.write(f"{refusal.payout} {refusal.code}: {refusal.reason}")
        if batch.refused:
            raise CommandError(f"{len(batch.refused)} payouts were refused.", returncode=2)


def _line(one: Due) -> str:
    amount = decimal_text(one.amount_minor, currency_of(one.currency))
    return f"{one.payee.slug}: {amount} {one.currency} {one.reason or 'can be paid'}"
