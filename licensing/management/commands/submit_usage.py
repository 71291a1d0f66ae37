"""`submit_usage`: send a report that lies on this machine and print its receipt."""

import json
from argparse import ArgumentParser
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.core.serializers.json import DjangoJSONEncoder

from licensing.access import Actor
from licensing.deals.models import Licence
from licensing.errors import LicensingError
from licensing.parties.models import Organisation
from licensing.usage import files, services, strict
from licensing.usage.models import UsageReport
from licensing.usage.receipts import receipt


class Command(BaseCommand):
    help = (
        "Submit a usage report: its header (JSON) and its lines, told apart by their name "
        f"({files.SUFFIXES}). Prints the receipt; exit 2 if the report is refused, which leaves "
        "nothing behind."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("header", type=Path)
        parser.add_argument("lines", type=Path)
        parser.add_argument("--licence", help="lic_…, where the header names none.")
        parser.add_argument("--as", dest="sender", help="Slug of the licensee.")
        parser.add_argument("--json", action="store_true", help="Print the receipt as JSON.")

    def handle(self, *, header: Path, lines: Path, **options: Any) -> None:
        try:
            document = strict.loads(header.read_bytes())
            if isinstance(document, dict) and options["licence"]:
                document["licence"] = options["licence"]
            shape = files.named(lines.name)
            report, is_new = services.submit_file(
                by=_sender(options["sender"], document),
                document=document,
                path=lines,
                file_format=shape.format,
                compression=shape.compression,
            )
        except OSError as error:
            raise CommandError(f"A file cannot be opened: {error}", returncode=2) from None
        except Licence.DoesNotExist:
            raise CommandError("The licensee holds no such licence.", returncode=2) from None
        except LicensingError as error:
            faults = [f"\n  {fault.where}: {fault.code}: {fault.message}" for fault in error.faults]
            raise CommandError(error.detail + "".join(faults), returncode=2) from None
        if options["json"]:
            text = json.dumps(
                receipt(report, priced=True), cls=DjangoJSONEncoder, indent=2, ensure_ascii=False
            )
            self.stdout.write(text)
        else:
            self._tell(report, is_new=is_new)

    def _tell(self, report: UsageReport, *, is_new: bool) -> None:
        made = receipt(report)
        known = "" if is_new else " (sent before)"
        self.stdout.write(f"{report.public_id} {report.report_id}: {report.state}{known}")
        counts = {name: f"{count:,}" for name, count in made["lines"].items()}
        self.stdout.write(f"  lines: {_parts(counts, made['per_cent']['lines'])}")
        for unit, quantities in made["quantity"].items():
            parts = _parts(quantities, made["per_cent"]["quantity"][unit])
            self.stdout.write(f"  {unit}: {parts}")
        for total in made["verdicts"]:
            if total["code"]:
                counted = f"{total['lines']:,} lines, {total['quantity']} {total['unit']}".strip()
                self.stdout.write(
                    f"  {total['verdict']} {total['code']}: {counted}. {total['reason']} "
                    f"{total['suggestion']}"
                )
        for remark in made["remarks"]:
            self.stdout.write(f"  {remark['code']}: {remark['reason']} {remark['suggestion']}")


def _parts(counts: Mapping[str, str], per_cent: Mapping[str, str]) -> str:
    """Say what was received and what became of it, with its part of the whole."""
    return ", ".join(
        f"{name} {count}" + (f" ({per_cent[name]} %)" if name in per_cent else "")
        for name, count in counts.items()
    )


def _sender(slug: str | None, document: Any) -> Actor:
    """Return who sends the report: the one named, else the licensee of the licence."""
    if slug:
        found = Organisation.objects.filter(slug=slug).first()
        if found is None:
            raise CommandError(f"There is no organisation {slug!r}.", returncode=2)
        return Actor.owner_of(found)
    name = document.get("licence") if isinstance(document, dict) else None
    licence = Licence.objects.select_related("licensee").filter(public_id=str(name)).first()
    if licence is None:
        raise CommandError("Name the licence with --licence lic_….", returncode=2)
    return Actor.owner_of(licence.licensee)
