"""A process that is killed leaves its folder; the next one that starts clears it away."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

STAY = """
import sys
from licensing.workplaces import home
(home() / "job").mkdir()
print(home(), flush=True)
sys.stdin.read()
"""
FORK = """
import os, sys, time
from licensing.workplaces import home
print(home(), flush=True)
if os.fork():
    os._exit(9)
sys.stdin.read()
"""


class Room:
    """Processes that share one folder for temporary files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.started: list[subprocess.Popen[str]] = []

    def start(self, program: str = STAY) -> tuple[subprocess.Popen[str], Path]:
        """Start a process and return it with its folder."""
        process = subprocess.Popen(  # noqa: S603  # our own program
            [sys.executable, "-c", program],
            env=os.environ | {"TMPDIR": str(self.folder)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.started.append(process)
        assert process.stdout is not None
        return process, Path(process.stdout.readline().strip())

    @property
    def there(self) -> set[Path]:
        """What lies in the folder for temporary files."""
        return set(self.folder.iterdir())


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    made = Room(tmp_path.resolve())
    yield made
    for process in made.started:
        process.communicate()


def test_a_process_that_ends_takes_its_folder_with_it(room: Room) -> None:
    process, home = room.start()
    assert room.there == {home}

    process.communicate()

    assert room.there == set()


def test_the_folder_of_a_killed_process_is_cleared_by_the_next(room: Room) -> None:
    killed, left = room.start()
    _, living = room.start()
    killed.kill()
    killed.wait()
    assert room.there == {left, living}

    _, new = room.start()

    assert room.there == {living, new}
    assert (living / "job").is_dir()


def test_a_folder_stays_while_a_child_of_its_process_lives(room: Room) -> None:
    parent, home = room.start(FORK)
    parent.wait()

    _, new = room.start()

    assert room.there == {home, new}


def test_what_others_have_there_is_left_alone(room: Room) -> None:
    foreign = room.folder / "kyodaku-notes"
    foreign.mkdir()

    _, new = room.start()

    assert room.there == {foreign, new}
