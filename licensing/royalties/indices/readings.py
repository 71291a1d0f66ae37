"""The readings that count now, and those that a close was rated by."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Self

from licensing.deals.terms import Terms
from licensing.royalties import rates
from licensing.royalties.indices.models import IndexReading

Name = tuple[str, str]
"""A series and a month, as ``("JP-CPI", "2026-09")``."""


@dataclass(frozen=True, slots=True, order=True)
class Reading:
    """One revision of a reading; ``value`` is the decimal as text, the way a close keeps it."""

    series: str
    month: str
    revision: int
    value: str

    @classmethod
    def of_json(cls, kept: Mapping[str, Any]) -> Self:
        """Return the reading that a close kept."""
        return cls(**kept)

    def as_json(self) -> dict[str, Any]:
        """Return what a close keeps."""
        return asdict(self)

    @property
    def name(self) -> Name:
        """Which reading it is, whatever its revision."""
        return self.series, self.month


def current(names: Iterable[Name]) -> tuple[Reading, ...]:
    """Return the highest revision of each reading that was entered, in the order of names."""
    wanted = set(names)
    if not wanted:
        return ()
    months = {date.fromisoformat(f"{month}-01") for _, month in wanted}
    rows = IndexReading.objects.in_force().filter(
        series__in={series for series, _ in wanted}, month__in=months
    )
    found = (
        Reading(row.series, f"{row.month:%Y-%m}", row.revision, f"{row.value:f}") for row in rows
    )
    return tuple(sorted(one for one in found if one.name in wanted))


def of_terms(terms: Terms, on: date) -> tuple[Reading, ...]:
    """Return the readings that rating a period from this day may need, as far as entered."""
    return current(rates.readings_named(terms, on))


def of_close(kept: Sequence[Mapping[str, Any]]) -> tuple[Reading, ...]:
    """Return the readings a close recorded."""
    return tuple(Reading.of_json(one) for one in kept)


def revised(kept: Iterable[Sequence[Mapping[str, Any]]]) -> set[Name]:
    """Return which of the readings that closes recorded have had another revision since."""
    recorded = {reading for one in kept for reading in of_close(one)}
    now = set(current(one.name for one in recorded))
    return {one.name for one in recorded - now}


def as_indices(readings: Iterable[Reading]) -> rates.Indices:
    """Return readings as rating takes them."""
    return {one.name: Decimal(one.value) for one in readings}
