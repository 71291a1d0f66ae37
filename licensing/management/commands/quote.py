"""Price a file of usage under a Terms document, touching no database."""

import json
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ledger.money import currency, decimal_text
from licensing.deals.terms import parse_bytes, review
from licensing.deals.terms.scalars import plain
from licensing.errors import Fault, LicensingError
from licensing.royalties.quote import Quote, quote
from licensing.royalties.sample_file import read_sample
from licensing.usage import files

HEADINGS = ("price", "unit", "quantity", "amount")


class Command(BaseCommand):
    help = "Price a file of usage under a Terms document, touching no database."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--terms", required=True, type=Path, help="A Terms document (JSON).")
        parser.add_argument(
            "--usage", required=True, type=Path, help=f"Usage lines ({files.SUFFIXES})."
        )
        parser.add_argument("--licensed-works", type=int, help="How many works are licensed.")
        parser.add_argument("--json", action="store_true", help="Print JSON with every trace.")

    def handle(self, *, terms: Path, usage: Path, **options: Any) -> None:
        try:
            document = parse_bytes(terms.read_bytes())
        except (OSError, LicensingError) as refused:
            raise _refusal(terms, refused) from refused
        try:
            priced = quote(document, read_sample(usage), licensed_works=options["licensed_works"])
        except (OSError, LicensingError) as refused:
            raise _refusal(usage, refused) from refused
        if options["json"]:
            self.stdout.write(json.dumps(priced.as_json(), indent=1))
            return
        self.stdout.write("\n".join(_table(priced)))
        for warning in (*review(document), *priced.notes):
            self.stderr.write(f"note: {warning.where}: {warning.message}")


def _refusal(path: Path, refused: OSError | LicensingError) -> CommandError:
    if isinstance(refused, OSError):
        return CommandError(f"{path}: {refused.strerror}.", returncode=2)
    lines = [_line(path, fault) for fault in refused.faults]
    return CommandError("\n".join(lines or [f"{path}: {refused.detail}"]), returncode=2)


def _line(path: Path, fault: Fault) -> str:
    where = fault.where.removeprefix(path.name).strip()
    return f"{path}: {where}: {fault.message}" if where else f"{path}: {fault.message}"


def _table(priced: Quote) -> Iterator[str]:
    unit = currency(priced.currency)
    rows = [
        (
            charge.price_id,
            charge.unit or "-",
            f"{charge.quantity:,f}",
            f"{decimal_text(charge.amount_minor, unit)} {unit.code}",
        )
        for charge in priced.charges
    ]
    rows.append(("total", "", "", f"{decimal_text(priced.total_minor, unit)} {unit.code}"))
    yield from _aligned([HEADINGS, *rows])
    for tally in priced.unpriced:
        yield f"Not priced: {plain(tally.quantity)} {tally.unit} for {tally.use}."


def _aligned(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    for name, unit, quantity, amount in rows:
        cells = (
            name.ljust(widths[0]),
            unit.ljust(widths[1]),
            quantity.rjust(widths[2]),
            amount.rjust(widths[3]),
        )
        yield "  ".join(cells).rstrip()
