"""The project's settings, serving `benchmarks.served` without a limit on the rate."""

from config import settings
from config.settings import *  # noqa: F403  # all of them, but for these

ROOT_URLCONF = "benchmarks.served"
REST_FRAMEWORK = settings.REST_FRAMEWORK | {"DEFAULT_THROTTLE_CLASSES": []}
