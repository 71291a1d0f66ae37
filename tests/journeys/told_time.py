"""The project's workers at the time a journey tells: ``celery -A tests.journeys.told_time``.

Only Django's own clock is turned, which is the one every service reads.
"""

import os
from datetime import datetime
from pathlib import Path
from unittest import mock

from django.utils import timezone

from config.celery import app

__all__ = ["app"]

TOLD = Path(os.environ["JOURNEY_CLOCK"])


def now() -> datetime:
    """Return the moment the journey has come to."""
    return datetime.fromisoformat(TOLD.read_text())


mock.patch.object(timezone, "now", now).start()
