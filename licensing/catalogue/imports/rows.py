"""PURE. The one shape that every kind of import file is read into."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from licensing.catalogue.identifiers import BadIdentifier, Name, assignable
from licensing.errors import Fault
from licensing.territories import TERRITORIES, WORLD

Shares = Mapping[str, Mapping[str, int]]
"""Who owns a work: weights by owner's slug, by territory; ``WW`` is where no country is named."""

MAX_WEIGHT = 1_000_000
LONGEST = {
    "kind": 40,
    "title": 500,
    "title_kana": 500,
    "title_en": 500,
    "released": 10,
    "production_company": 500,
    "copyright_notice": 1000,
}
REQUIRED = {"kind", "title"}
KIND = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
RELEASED = re.compile(r"[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?")
SLUG = re.compile(r"[a-z0-9_-]{1,80}")
WEIGHT = re.compile(r"[0-9]{1,7}")
REFUSED_CATEGORIES = {"Cc", "Co", "Cs", "Zl", "Zp"}
BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@dataclass(frozen=True, slots=True)
class WorkRow:
    """A work as a file describes it.

    ``row`` is where it stands (the line of a CSV file, the work's number in a JSON-LD file),
    ``raw`` what stood there. A row with ``faults`` is refused; what else it holds is then not to
    be used.
    """

    row: int
    raw: Mapping[str, Any]
    texts: Mapping[str, str] = field(default_factory=dict)
    names: tuple[Name, ...] = ()
    shares: Shares = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()


class UnreadableFile(ValueError):
    """The file as a whole cannot be read; nothing of it is imported."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.fault = Fault("file", code, message)


def build(
    row: int, raw: Mapping[str, Any], texts: Mapping[str, str], identifiers: str, shares: str
) -> WorkRow:
    """Return a row read from its cells, with everything that is wrong with it."""
    cleaned = {name: text.strip() for name, text in texts.items()}
    names, name_faults = _names(identifiers)
    weights, share_faults = read_shares(shares)
    faults = [*text_faults(cleaned), *name_faults, *share_faults]
    return WorkRow(row, raw, cleaned, names, weights, tuple(faults))


def without_repeats(rows: Iterable[WorkRow]) -> Iterator[WorkRow]:
    """Refuse a row that names a work which an earlier row named already."""
    seen: dict[Name, int] = {}
    for row in rows:
        repeated = [name for name in row.names if name in seen]
        faults = tuple(
            Fault(
                "identifiers",
                "identifier_repeated",
                f"{name} stands in row {seen[name]} already. Keep one of the two.",
            )
            for name in repeated
        )
        for name in row.names:
            seen.setdefault(name, row.row)
        yield replace(row, faults=row.faults + faults) if faults else row


def text_faults(texts: Mapping[str, str]) -> list[Fault]:
    """Return what is wrong with a work's texts."""
    return [fault for name, text in texts.items() for fault in _text_faults(name, text)]


def _text_faults(name: str, text: str) -> Iterator[Fault]:
    if not text:
        if name in REQUIRED:
            yield Fault(name, f"{name}_missing", f"Write the work's {name}.")
        return
    if len(text) > LONGEST[name]:
        yield Fault(
            name,
            "too_long",
            f"{name} has {len(text)} characters and may have {LONGEST[name]}. Shorten it.",
        )
    if any(unicodedata.category(mark) in REFUSED_CATEGORIES or mark in BIDI for mark in text):
        yield Fault(
            name,
            "hidden_character",
            f"{name} holds a control character or a change of writing direction. Remove it.",
        )
    if name == "kind" and not KIND.fullmatch(text):
        yield Fault(
            name,
            "kind_malformed",
            f"{text!r} is no kind: write small letters, digits and hyphens, such as anime-film.",
        )
    if name == "released" and not RELEASED.fullmatch(text):
        yield Fault(
            name,
            "date_malformed",
            f"{text!r} is no date: write 1986-08-02, 1986-08 or 1986, or leave it empty.",
        )


def _names(text: str) -> tuple[tuple[Name, ...], list[Fault]]:
    names: dict[Name, None] = {}
    faults = []
    for part in text.split():
        try:
            names[assignable(part)] = None
        except BadIdentifier as error:
            faults.append(error.fault)
    if not names and not faults:
        faults.append(
            Fault(
                "identifiers",
                "identifier_missing",
                "Give at least one scheme:value, or no report could name the work.",
            )
        )
    return tuple(names), faults


def read_shares(text: str) -> tuple[Shares, list[Fault]]:
    """Read ``slug:weight|slug:weight:JP``; nothing means that no owner is stated."""
    shares: dict[str, dict[str, int]] = {}
    faults = []
    for part in text.split("|") if text.strip() else []:
        slug, weight, territory = _split(part)
        fault = _share_fault(part, slug, weight, territory)
        if fault is None and slug in shares.get(territory, {}):
            where = "" if territory == WORLD else f" for {territory}"
            message = f"{slug} stands twice{where}; add its weights up."
            fault = Fault("shares", "holder_repeated", message)
        if fault is None:
            shares.setdefault(territory, {})[slug] = int(weight)
        else:
            faults.append(fault)
    return shares, faults


def _split(part: str) -> tuple[str, str, str]:
    slug, _colon, rest = part.strip().partition(":")
    weight, colon, territory = rest.partition(":")
    return slug, weight, territory if colon else WORLD


def _share_fault(part: str, slug: str, weight: str, territory: str) -> Fault | None:
    if not SLUG.fullmatch(slug) or not WEIGHT.fullmatch(weight):
        return Fault(
            "shares",
            "share_malformed",
            f"{part!r} is no share: write licensor:weight, or licensor:weight:JP for one country, "
            "several of them split by |.",
        )
    if not 0 < int(weight) <= MAX_WEIGHT:
        message = f"The weight of {slug} is {weight}: write 1 to {MAX_WEIGHT}."
        return Fault("shares", "weight_out_of_range", message)
    if territory not in TERRITORIES:
        message = (
            f"{territory!r} in {part!r} is no ISO 3166 code: write two capitals such as JP, or "
            "leave it out for the world."
        )
        return Fault("shares", "territory_unknown", message)
    return None


def shares_text(shares: Shares, between: str = "|") -> str:
    """Write shares as `read_shares` reads them, the world first, each territory by slug."""
    return between.join(
        f"{slug}:{weight}" + ("" if territory == WORLD else f":{territory}")
        for territory in sorted(shares, key=lambda one: (one != WORLD, one))
        for slug, weight in sorted(shares[territory].items())
    )


def owners_of(shares: Shares) -> set[str]:
    """Return the slugs of whoever owns a part anywhere."""
    return {slug for weights in shares.values() for slug in weights}
