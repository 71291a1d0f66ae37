"""Each process that runs tests has a Redis database that no other one has."""

import pytest

from tests.apart import of


@pytest.mark.parametrize(
    ("redis_url", "process", "own"),
    [
        ("redis://127.0.0.1:6379/0", "gw0", "redis://127.0.0.1:6379/0"),
        ("redis://:secret@127.0.0.1:6379/0", "gw3", "redis://:secret@127.0.0.1:6379/3"),
        ("redis://127.0.0.1:6379/5", "gw1", "redis://127.0.0.1:6379/6"),
        ("redis://127.0.0.1:6379", "gw1", "redis://127.0.0.1:6379/1"),
    ],
)
def test_processes_count_on_from_the_database_given(redis_url: str, process: str, own: str) -> None:
    assert of(redis_url, process) == own
