"""PURE. The difference between two rounds, clause by clause, and word by word in free text."""

import difflib
import functools
import re
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import budoux

MAX_TOKENS = 6_000


class Kind(StrEnum):
    """What happened to a clause or to a piece of text."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    KEPT = "kept"


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two documents.

    ``path`` names the place, prices and fees by their names: ``prices[tokens].tiers[1].up_to``.
    ``label`` is the same without names and numbers, ``prices.tiers.up_to``: the key of the
    clause's title in `licensing.deals.labels`. ``before`` and ``after`` are JSON as written, None
    where the clause was not there; a clause of null is told from an absent one by ``kind``.
    """

    path: str
    label: str
    kind: Kind
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of free text that was kept, removed or added."""

    kind: Kind
    text: str


_NAMED_BY = {"prices": "id", "fees": "to", "grant.models": "family", "prices.escalators": "from"}
_SETS = frozenset(
    {
        "grant.uses",
        "grant.territory",
        "grant.media",
        "grant.works.exclude",
        "grant.models.versions",
        "distribution.points.works",
        "distribution.points.kinds",
        "prices.uses",
        "prices.deductions",
        "prices.factors.when.territory",
        "prices.factors.when.language",
        "prices.factors.when.media",
        "prices.factors.when.generation",
    }
)
_ABSENT = object()


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """Return what changed from one Terms document to the next, in the order of the new one.

    Prices, fees, families of models and escalators are compared by their names and lists of
    territories, uses and the like as sets: moving one is no difference. Removed clauses come
    after those that stayed.
    """
    return list(_compared("", "", before, after))


def _compared(path: str, label: str, before: Any, after: Any) -> Iterator[Change]:
    if before is _ABSENT:
        yield Change(path, label, Kind.ADDED, None, after)
    elif after is _ABSENT:
        yield Change(path, label, Kind.REMOVED, before, None)
    elif isinstance(before, Mapping) and isinstance(after, Mapping):
        for name in _in_order(before, after):
            inner = f"{path}.{name}" if path else name
            key = f"{label}.{name}" if label else name
            yield from _compared(inner, key, before.get(name, _ABSENT), after.get(name, _ABSENT))
    elif isinstance(before, list) and isinstance(after, list):
        yield from _compared_lists(path, label, before, after)
    elif before != after:
        yield Change(path, label, Kind.CHANGED, before, after)


def _compared_lists(
    path: str, label: str, before: Sequence[Any], after: Sequence[Any]
) -> Iterator[Change]:
    if label in _SETS:
        for value in after:
            if value not in before:
                yield Change(path, label, Kind.ADDED, None, value)
        for value in before:
            if value not in after:
                yield Change(path, label, Kind.REMOVED, value, None)
        return
    name = _NAMED_BY.get(label)
    old, new = _by_name(before, name), _by_name(after, name)
    for key in _in_order(old, new):
        yield from _compared(f"{path}[{key}]", label, old.get(key, _ABSENT), new.get(key, _ABSENT))


def _by_name(items: Sequence[Any], name: str | None) -> Mapping[Hashable, Any]:
    if name is None:
        return dict(enumerate(items))
    return {item[name]: item for item in items}


def _in_order(before: Mapping[Any, Any], after: Mapping[Any, Any]) -> Iterator[Any]:
    yield from after
    yield from (name for name in before if name not in after)


def text_changes(before: str, after: str) -> list[Segment]:
    """Return free text as runs kept, removed and added, compared phrase by phrase.

    Joining the kept and removed runs gives the old text, the kept and added ones the new. Japanese
    has no spaces between words, so it is cut into phrases first. Texts too long to compare in
    reasonable time come back as one removal and one addition.
    """
    old, new = _tokens(before), _tokens(after)
    if max(len(old), len(new)) > MAX_TOKENS:
        runs = [(Kind.REMOVED, before), (Kind.ADDED, after)]
    else:
        runs = list(_runs(old, new))
    return [Segment(kind, text) for kind, text in runs if text]


def _runs(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[Kind, str]]:
    matcher = difflib.SequenceMatcher(a=old, b=new)
    for operation, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        if operation == "equal":
            yield Kind.KEPT, "".join(old[old_from:old_to])
        else:
            yield Kind.REMOVED, "".join(old[old_from:old_to])
            yield Kind.ADDED, "".join(new[new_from:new_to])


_PIECE = re.compile(
    r"[\u3001-\u30ff\u3400-\u9fff\uff00-\uffef]+|\d+(?:[.,]\d+)*\s*|\w+\s*|.\s*",
    re.DOTALL,
)
_JAPANESE = re.compile(r"[\u3001-\u30ff\u3400-\u9fff\uff00-\uffef]")


def _tokens(text: str) -> list[str]:
    tokens: list[str] = []
    for piece in _PIECE.findall(text):
        tokens.extend(_phrases(piece) if _JAPANESE.match(piece) else [piece])
    return tokens


def _phrases(japanese: str) -> list[str]:
    phrases: list[str] = _parser().parse(japanese)
    return phrases


@functools.cache
def _parser() -> Any:
    return budoux.load_default_japanese_parser()
