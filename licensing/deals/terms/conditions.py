"""PURE. What a factor's value stands for, beside itself.

A language stands for every tag that begins with it (basic filtering of RFC 4647: ``zh`` stands
for ``zh-Hant``), a model generation for every version under it (``2`` stands for ``2.1`` and
``2-turbo``, not for ``20``). Territories and media stand for themselves.
"""

from collections.abc import Iterable, Mapping
from typing import Final

AFTER: Final[Mapping[str, str]] = {"language": "-", "generation": ".-"}
"""What may follow a value in what it stands for, by dimension."""


def stands_for(dimension: str, value: str, stated: str) -> bool:
    """Tell whether a factor's value covers what a line states; a language in any case."""
    if dimension == "language":
        value, stated = value.lower(), stated.lower()
    return stated == value or any(
        stated.startswith(value + mark) for mark in AFTER.get(dimension, "")
    )


def overlap(dimension: str, first: Iterable[str], second: Iterable[str]) -> bool:
    """Tell whether some line could match a value of each."""
    theirs = tuple(second)
    return any(
        stands_for(dimension, one, other) or stands_for(dimension, other, one)
        for one in first
        for other in theirs
    )
