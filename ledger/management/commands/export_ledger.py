"""``export_ledger``: the whole journal as a file for another program."""

from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from ledger.exports import beancount, csv

FORMATS: dict[str, Callable[[], Iterator[str]]] = {
    "beancount": beancount.lines,
    "csv": csv.lines,
}


class Command(BaseCommand):
    help = "Write the journal as Beancount or CSV, to a file or to the terminal."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--format", choices=sorted(FORMATS), required=True)
        parser.add_argument("--output", type=Path, help="File to write; the terminal if left out.")

    def handle(self, *, format: str, output: Path | None, **_options: Any) -> None:  # noqa: A002 - the option's public name
        lines = FORMATS[format]()
        if output is None:
            for line in lines:
                self.stdout.write(line, ending="")
            return
        with output.open("w", encoding="utf-8", newline="") as file:
            file.writelines(lines)
        self.stdout.write(f"{output} written.")
