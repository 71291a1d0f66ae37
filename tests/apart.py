"""A broker for each of the processes that run tests side by side.

pytest-django gives each of them a database; here each gets one of Redis's numbered ones, so that
a worker never takes another's message. Loaded by ``-p`` in pyproject.toml, before the settings are.
"""

import os
from urllib.parse import urlsplit


def of(redis_url: str, process: str) -> str:
    """Return the address of a process's own Redis database, counted on from the one given."""
    address = urlsplit(redis_url)
    number = int(address.path.strip("/") or 0) + int(process.removeprefix("gw"))
    return address._replace(path=f"/{number}").geturl()


if "PYTEST_XDIST_WORKER" in os.environ and "REDIS_URL" in os.environ:
    os.environ["REDIS_URL"] = of(os.environ["REDIS_URL"], os.environ["PYTEST_XDIST_WORKER"])
