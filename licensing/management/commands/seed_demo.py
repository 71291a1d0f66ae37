"""`seed_demo`: make the demonstration's world, once."""

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from licensing.demo import seed


class Command(BaseCommand):
    help = "Seed the demonstration's invented world and write how to enter it to demo.json."

    def handle(self, **_options: Any) -> None:
        told = Path(settings.LOCAL_DIR) / "demo.json"
        if seed.is_seeded():
            self.stdout.write("The world is there already.")
            if told.exists():
                return
        else:
            seed.everything()
            self.stdout.write("The world is seeded, with August and September accounted for.")
        told.parent.mkdir(parents=True, exist_ok=True)
        told.write_text(json.dumps(seed.describe(seed.make_key()), ensure_ascii=False, indent=1))
