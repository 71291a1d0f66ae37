"""`run_demo_cycle`: October's royalty cycle through the running workers."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from licensing.demo import cycle


class Command(BaseCommand):
    help = "Run the demonstration's month through the workers, up to payouts; safe to repeat."

    def handle(self, **_options: Any) -> None:
        try:
            cycle.run(self.stdout.write)
        except cycle.NotDone as error:
            raise CommandError(str(error)) from None
