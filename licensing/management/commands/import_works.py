"""`import_works`: read a file of works in this process and say what became of each row."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from licensing.access import Actor
from licensing.catalogue.imports import refusals, services
from licensing.catalogue.models import CatalogueImport, ImportFormat, ImportState
from licensing.errors import LicensingError
from licensing.parties.models import Organisation
from licensing.royalties.content import operator

SHOWN = 20


class Command(BaseCommand):
    help = (
        "Import works from a CSV file (kind,title,identifiers,shares) or from JSON-LD of Japan's "
        "Media Arts Database. Exit 2 if the file cannot be read or a row is refused."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--format", choices=ImportFormat.values, default=ImportFormat.CSV)
        parser.add_argument("--as", dest="sender", help="Slug of who sends it; else the operator.")
        parser.add_argument("--dry-run", action="store_true", help="Check everything, write none.")
        parser.add_argument(
            "--create-licensors", action="store_true", help="Register unknown licensors."
        )
        parser.add_argument("--holder", help="Slug of who owns works whose rows name no owner.")
        parser.add_argument("--report", type=Path, help="Write the refused rows to this file.")

    def handle(self, *, file: Path, report: Path | None, **options: Any) -> None:
        sender = _organisation(options["sender"]) if options["sender"] else operator()
        chosen = services.Options(
            format=ImportFormat(options["format"]),
            dry_run=options["dry_run"],
            create_licensors=options["create_licensors"],
            holder=_organisation(options["holder"]) if options["holder"] else None,
        )
        try:
            job = services.receive(
                by=Actor.owner_of(sender),
                content=file.read_bytes(),
                file_name=file.name,
                options=chosen,
            )
        except OSError as error:
            raise CommandError(f"{file} cannot be opened: {error}", returncode=2) from None
        except LicensingError as error:
            raise CommandError(error.detail, returncode=2) from None
        job = services.run(job.pk)
        self._tell(job, report)

    def _tell(self, job: CatalogueImport, report: Path | None) -> None:
        if job.state == ImportState.FAILED:
            raise CommandError(job.failure, returncode=2)
        would = "would be " if job.dry_run else ""
        self.stdout.write(
            f"{job.public_id}: {job.rows_total} rows: {job.rows_created} {would}created, "
            f"{job.rows_unchanged} unchanged, {job.rows_refused} refused."
        )
        for refusal in job.refusals.all()[:SHOWN]:
            for fault in refusal.faults:
                self.stderr.write(
                    f"row {refusal.row}: {fault['where']}: {fault['code']}: {fault['message']}"
                )
        if report is not None:
            with report.open("w", encoding="utf-8", newline="") as out:
                out.writelines(refusals.lines(job))
        if job.rows_refused:
            raise CommandError(f"{job.rows_refused} rows were refused.", returncode=2)


def _organisation(slug: str) -> Organisation:
    try:
        return Organisation.objects.get(slug=slug)
    except Organisation.DoesNotExist:
        raise CommandError(f"There is no organisation {slug!r}.", returncode=2) from None
