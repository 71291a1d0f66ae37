"""Publish the JSON Schema of the Terms document."""

import json
from typing import Any

from django.core.management.base import BaseCommand

from licensing.deals.terms import json_schema


class Command(BaseCommand):
    help = "Print the JSON Schema of terms/1; docs/terms.schema.json is its output."
    requires_system_checks = ()

    def handle(self, **options: Any) -> None:
        del options
        self.stdout.write(json.dumps(json_schema(), indent=2, sort_keys=True))
