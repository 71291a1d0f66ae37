"""`issue_statements`: approve and issue a month's statements, in this process."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from licensing.access import Actor
from licensing.errors import LicensingError
from licensing.management.months import month
from licensing.royalties import statements
from licensing.royalties.content import operator
from licensing.royalties.models import Run, RunState, StatementState


class Command(BaseCommand):
    help = "Approve and issue every run of a month; exit 2 if there is nothing to issue."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("month", type=month, help="The month: 2026-10.")

    def handle(self, *, month: date, **_options: Any) -> None:
        waiting = Run.objects.filter(month=month).exclude(state=RunState.ISSUED)
        if not waiting.exists():
            raise CommandError(
                f"{month:%Y-%m} has no run to issue. Close a period first.", returncode=2
            )
        for run in waiting.order_by("number"):
            try:
                if run.state == RunState.DRAFT:
                    statements.approve_run(by=Actor.owner_of(operator()), run_id=run.public_id)
                if run.state != RunState.ISSUING:
                    statements.request_issue(run_id=run.public_id)
            except LicensingError as error:
                raise CommandError(error.detail, returncode=2) from None
            statements.issue_run(run_id=run.pk)
            held = run.statements.filter(state=StatementState.HELD).count()
            issued = run.statements.exclude(issued_at=None).count()
            self.stdout.write(f"{run}: {issued} statements issued, {held} held.")
