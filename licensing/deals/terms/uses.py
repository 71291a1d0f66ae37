"""PURE. The uses that terms name; which there are, `catalogue.uses` says.

A grant is read narrowly: `ai-train` does not include `fine-tune`, because the two are priced apart
in practice.
"""

from collections.abc import Iterable
from typing import Literal

from licensing.catalogue.uses import CONCRETE_USES, SETS, USE_NAMES

Use = Literal[
    "ai-train", "ai-input", "ai-index", "search", "ai-all", "all", "fine-tune", "evaluate"
]

__all__ = ["CONCRETE_USES", "USE_NAMES", "Use", "covers", "expand"]


def expand(uses: Iterable[str]) -> frozenset[str]:
    """Return the concrete uses that these names stand for; an unknown name stands for itself."""
    return frozenset(one for use in uses for one in SETS.get(use, frozenset({use})))


def covers(granted: Iterable[str], use: str) -> bool:
    """Tell whether a grant of these names includes all that ``use`` stands for."""
    return expand([use]) <= expand(granted)
