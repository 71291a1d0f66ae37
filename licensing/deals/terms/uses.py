"""PURE. What may be done with a work: the RSL 1.0 tokens, and two uses this field contracts apart.

`ai-all` and `all` are names for sets. Everything else is one concrete use. A grant is read
narrowly: `ai-train` does not include `fine-tune`, because the two are priced apart in practice.
"""

from collections.abc import Iterable
from typing import Literal

Use = Literal[
    "ai-train", "ai-input", "ai-index", "search", "ai-all", "all", "fine-tune", "evaluate"
]

AI_USES = frozenset({"ai-train", "ai-input", "ai-index", "fine-tune", "evaluate"})
CONCRETE_USES = AI_USES | {"search"}
_SETS = {"ai-all": AI_USES, "all": CONCRETE_USES}
USE_NAMES = frozenset(CONCRETE_USES | _SETS.keys())


def expand(uses: Iterable[str]) -> frozenset[str]:
    """Return the concrete uses that these names stand for; an unknown name stands for itself."""
    return frozenset(one for use in uses for one in _SETS.get(use, frozenset({use})))


def covers(granted: Iterable[str], use: str) -> bool:
    """Tell whether a grant of these names includes all that ``use`` stands for."""
    return expand([use]) <= expand(granted)
