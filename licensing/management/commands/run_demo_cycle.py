"""`run_demo_cycle`: October's royalty cycle through the running workers."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from licensing.demo import cycle


class Command(BaseCommand):
    help = "Run the demonstration's month through the workers, up to payouts; safe to repeat."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--seed", action="store_true", help="Make the world first.")
        parser.add_argument("--verify", action="store_true", help="Prove the books afterwards.")

    def handle(self, *, seed: bool, verify: bool, **_options: Any) -> None:
        if seed:
            call_command("seed_demo", stdout=self.stdout)
        try:
            cycle.run(self.stdout.write)
        except cycle.NotDone as error:
            raise CommandError(str(error)) from None
        if verify:
            call_command("verify", stdout=self.stdout, stderr=self.stderr)
