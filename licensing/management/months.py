"""Months as commands take them."""

import re
from argparse import ArgumentTypeError
from datetime import date

MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])", re.ASCII)


def month(text: str) -> date:
    """Return the first day of a month written ``2026-10``; argparse exits 2 for anything else."""
    if (found := MONTH.fullmatch(text)) is None or found[1] == "0000":
        raise ArgumentTypeError(f"{text!r} is not a month; write it like 2026-10")
    return date(int(found[1]), int(found[2]), 1)
