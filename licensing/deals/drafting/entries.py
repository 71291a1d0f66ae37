"""PURE. A form field and the clause of the document that it writes.

One rule keeps a counter-offer to what its author changed: **what shows the same stays as it was
written**. An absent clause stays absent, null stays null and ``"9.50"`` keeps its zero, because the
other side signed those characters.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

Document = dict[str, Any]
Path = tuple[str, ...]

ABSENT: Any = object()
"""What a document says where it says nothing."""
_NOTHING: tuple[Any, ...] = ("", [], None)


def _as_it_is(value: Any) -> Any:
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """How one field shows and writes one clause.

    ``blank`` is shown where the clause is absent or null. ``empty`` is written where nothing was
    typed; the clause is then taken out, or is null if its key must be there. An entry that
    ``follows`` says nothing by itself: it is written only beside other parts of its clause. A
    ``structured`` entry writes a list as text, and not every list can be written so.
    """

    field: str
    path: Path
    show: Callable[[Any], Any] = _as_it_is
    write: Callable[[Any], Any] = _as_it_is
    blank: Any = ""
    empty: Any = ABSENT
    follows: bool = False
    structured: bool = False

    def shown(self, document: Mapping[str, Any]) -> Any:
        """Return what the field shows of a document."""
        value = look_up(document, self.path)
        return self.blank if value is ABSENT or value is None else self.show(value)

    def value(self, typed: Any) -> Any:
        """Return what the document says where this was typed."""
        return self.empty if typed in _NOTHING else self.write(typed)

    def is_changed(self, typed: Any, document: Mapping[str, Any]) -> bool:
        """Tell whether something else was typed than the document shows."""
        if self.empty is None and look_up(document, self.path) is ABSENT:
            return True
        return bool(_told_apart(typed) != _told_apart(self.shown(document)))

    def is_readable_back(self, document: Mapping[str, Any]) -> bool:
        """Tell whether the text that shows a list can be read as that list again."""
        value = look_up(document, self.path)
        if not self.structured or value in (ABSENT, None, []):
            return True
        return bool(self.value(self.show(value)) == value)


def look_up(document: Any, path: Path) -> Any:
    """Return the clause at a place, or `ABSENT`."""
    for name in path:
        if not isinstance(document, Mapping) or name not in document:
            return ABSENT
        document = document[name]
    return document


def put(document: Document, path: Path, value: Any) -> None:
    """Write a clause at its place; `ABSENT` takes it out, and what it leaves empty with it."""
    name, *deeper = path
    if deeper:
        inner = document.get(name)
        inside: Document = inner if isinstance(inner, dict) else {}
        put(inside, tuple(deeper), value)
        value = inside or ABSENT
    if value is ABSENT:
        document.pop(name, None)
    else:
        document[name] = value


def percentage(field: str, *path: str) -> Entry:
    """Return an entry for a rate that is shown and typed in per cent."""
    return Entry(field=field, path=path, show=percent_of, write=rate_of)


def whole(field: str, *path: str) -> Entry:
    """Return an entry for a whole number, which the document does not write as text."""
    return Entry(field=field, path=path, show=str, write=whole_of)


def rate_of(percent: str) -> str:
    """Return a percentage as the fraction the terms write; what is no number stays as it is."""
    try:
        return f"{Decimal(percent).scaleb(-2):f}"
    except InvalidOperation:
        return percent


def percent_of(rate: str) -> str:
    """Return a fraction as a percentage without trailing zeros."""
    text = f"{Decimal(rate).scaleb(2):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def whole_of(text: str) -> int | str:
    """Return a whole number of sensible size; anything else stays text and will be refused."""
    is_whole = text.isascii() and text.isdecimal() and len(text) <= len("1000000")
    return int(text) if is_whole else text


def _told_apart(shown: Any) -> Any:
    if isinstance(shown, list):
        return sorted(shown)
    if isinstance(shown, str):
        return shown.replace("\r\n", "\n").replace("\r", "\n").strip()
    return shown
