"""PURE. What may be done with a work: the RSL 1.0 tokens, and two uses this field contracts apart.

`ai-all` and `all` are names for sets; everything else is one concrete use. Mandates and
reservations are kept with the sets spelled out, so that the database answers "does it cover this
use?" by comparing arrays.
"""

from collections.abc import Iterable

from licensing.errors import Fault, InvalidInput

AI_USES = frozenset({"ai-train", "ai-input", "ai-index", "fine-tune", "evaluate"})
CONCRETE_USES = AI_USES | {"search"}
SETS = {"ai-all": AI_USES, "all": CONCRETE_USES}
USE_NAMES = tuple(sorted(CONCRETE_USES | SETS.keys()))


def spell_out(uses: Iterable[str], *, where: str = "uses") -> list[str]:
    """Return the concrete uses that these names stand for, sorted.

    Raises `InvalidInput` for an unknown name and for no names at all.
    """
    names = set(uses)
    unknown = sorted(names - set(USE_NAMES))
    faults = [
        Fault(where, "use_unknown", f"{name!r} is no use. Choose from: {', '.join(USE_NAMES)}.")
        for name in unknown
    ]
    if not names:
        faults = [Fault(where, "use_missing", f"Name at least one of: {', '.join(USE_NAMES)}.")]
    if faults:
        raise InvalidInput("The uses cannot be read; see errors.", faults=faults)
    return sorted({one for name in names for one in SETS.get(name, frozenset({name}))})


def sum_up(uses: Iterable[str]) -> list[str]:
    """Return the shortest way to name concrete uses: the reverse of `spell_out`."""
    left = set(uses)
    if left >= CONCRETE_USES:
        return ["all"]
    if left >= AI_USES:
        return ["ai-all", *sorted(left - AI_USES)]
    return sorted(left)
