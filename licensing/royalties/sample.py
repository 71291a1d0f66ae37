"""PURE. Usage lines for a quote, proved and added up.

A report quarantines a bad line and goes on; a quote stops, because a quote that silently left
lines out would promise a wrong price.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from licensing.deals.terms.dimensions import is_language, is_medium, normal_language
from licensing.deals.terms.prices import PerWork
from licensing.deals.terms.uses import USE_NAMES
from licensing.errors import Fault, InvalidInput
from licensing.royalties.rates import Tally
from licensing.royalties.rates.rational import as_decimal
from licensing.territories import TERRITORIES

MAX_FAULTS = 20
QUANTITY = re.compile(r"[0-9]{1,24}(\.[0-9]{1,6})?")
_UNIT = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_WORK = re.compile(r"[a-z][a-z0-9_]{0,31}:\S{1,500}")
_SHOWN = 40
_NOT_PLAIN = (
    '"{}" is not a plain decimal. Write digits with at most one point and 6 decimals, without '
    "sign, exponent or grouping."
)

Row = Mapping[str, str]


class InvalidSample(InvalidInput):
    """Lines that no quote can be made of; ``faults`` names each line and field."""

    code = "invalid_usage"


@dataclass(frozen=True, slots=True)
class Sample:
    """Usage of one accounting period: quantities, and the distinct works used for each use."""

    tallies: Sequence[Tally]
    works: Mapping[str, Collection[str]]

    def works_used(self, price: PerWork, granted: tuple[str, ...]) -> int:
        """Return how many distinct works were used for any use that the price applies to."""
        used: set[str] = set()
        for use, works in self.works.items():
            if price.applies_to(use, granted):
                used.update(works)
        return len(used)


def add_up(rows: Iterable[tuple[str, Row]], joint: str = " ") -> Sample:
    """Return the sums of rows by use, unit, territory, language and medium.

    A row has the columns of a usage report as text and comes with the words that name its place;
    a fault is at the place, ``joint`` and the column. Raises `InvalidSample` with the first faults.
    """
    sums: dict[tuple[str, str, str, str, str], Fraction] = defaultdict(Fraction)
    works: dict[str, set[str]] = defaultdict(set)
    seen: set[str] = set()
    faults: list[Fault] = []
    for where, row in rows:
        wrong = [
            Fault(f"{where}{joint}{column}", code, message)
            for column, code, message in _wrong(row, seen)
        ]
        seen.add(row["line_id"])
        faults.extend(wrong)
        if len(faults) >= MAX_FAULTS:
            break
        if not wrong:
            quantity = Fraction(row["quantity"])
            sums[_kind(row)] += quantity
            if quantity:
                works[row["use"]].add(row["work"])
    if faults:
        raise InvalidSample("Some lines cannot be quoted.", faults=faults)
    tallies = [
        Tally(
            kind[0],
            kind[1],
            as_decimal(sums[kind]),
            territory=kind[2] or None,
            language=kind[3] or None,
            media=kind[4] or None,
        )
        for kind in sorted(sums)
    ]
    return Sample(tallies, works)


def _kind(row: Row) -> tuple[str, str, str, str, str]:
    """Return what a price may tell a row apart by."""
    language = normal_language(row.get("language", ""))
    return row["use"], row["unit"], row.get("territory", ""), language, row.get("media", "")


def _wrong(row: Row, seen: set[str]) -> Iterator[tuple[str, str, str]]:
    if not row["line_id"]:
        yield "line_id", "line_id_missing", "Give the line an id of its own."
    elif row["line_id"] in seen:
        yield "line_id", "line_id_duplicate", "An earlier line has this id."
    if not _WORK.fullmatch(row["work"]):
        yield "work", "work_malformed", "Write scheme:value, as in domain:www.example.com."
    if row["use"] not in USE_NAMES:
        yield "use", "use_unknown", f"Use one of {', '.join(sorted(USE_NAMES))}."
    if not _UNIT.fullmatch(row["unit"]):
        yield "unit", "unit_malformed", "Write a unit such as token or page."
    if not QUANTITY.fullmatch(row["quantity"]):
        yield "quantity", "quantity_invalid", _NOT_PLAIN.format(row["quantity"][:_SHOWN])
    if row.get("territory") and row["territory"] not in TERRITORIES:
        yield "territory", "territory_unknown", "Write two capitals such as JP."
    if row.get("language") and not is_language(row["language"]):
        yield "language", "language_malformed", "Write a tag such as ja or zh-Hant."
    if row.get("media") and not is_medium(row["media"]):
        yield "media", "media_malformed", "Write a medium as the terms do, such as video."
