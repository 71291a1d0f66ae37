"""Publish the JSON Schema of the Terms document."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from licensing.deals.terms import json_schema
from licensing.deals.terms.described import table


class Command(BaseCommand):
    help = "Print the JSON Schema of terms/1; docs/terms.schema.json is its output."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Offer the table of the fields too."""
        parser.add_argument(
            "--fields", action="store_true", help="Print the table of fields of docs/terms.md."
        )

    def handle(self, *, fields: bool, **options: Any) -> None:
        del options
        if fields:
            self.stdout.write(table())
            return
        self.stdout.write(json.dumps(json_schema(), indent=2, sort_keys=True))
