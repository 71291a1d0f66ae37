"""A statement's works a page at a time: counted, searched and read, whatever their number."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import overload

from django.db.models import Exists, OuterRef, Q
from django.utils.functional import cached_property

from ledger.money import Currency, round_half_away
from licensing.catalogue.identifiers import OWN_SCHEME, SCHEMES, BadIdentifier, parse
from licensing.catalogue.models import Identifier, Share, Work, WorkQuerySet
from licensing.parties.models import Organisation
from licensing.royalties.detail import Detail, Whole, WorkLine
from licensing.royalties.models import Allocation

MOST_MATCHES = 1_000
MINOR_UNITS = Currency("XXX", 0)

Numbered = tuple[int, Allocation]
"""A line's place on its statement, from 1, and what it states."""


@dataclass(frozen=True, slots=True)
class Row:
    """A work behind a line, with its part of what the line comes to.

    ``net_minor`` is rounded for reading: the line carries the amount that is paid. It is None
    where the line books a difference, which no work's use explains.
    """

    number: int
    work: WorkLine
    net_minor: int | None


class Works(Sequence[Row]):
    """The works behind some lines, in the lines' order and most used first: paged by slices."""

    def __init__(
        self, detail: Detail, lines: Sequence[Numbered], among: Sequence[int] | None = None
    ) -> None:
        self._detail = detail
        self._lines = lines
        self._among = among

    @cached_property
    def _wholes(self) -> list[Whole]:
        return [self._detail.whole(one) for _number, one in self._lines]

    @cached_property
    def _counts(self) -> list[int]:
        if self._among is None:
            return [whole.works for whole in self._wholes]
        return [self._detail.count(one, self._among) for _number, one in self._lines]

    def __len__(self) -> int:
        return sum(self._counts)

    @overload
    def __getitem__(self, asked: int) -> Row: ...
    @overload
    def __getitem__(self, asked: slice) -> list[Row]: ...
    def __getitem__(self, asked: int | slice) -> Row | list[Row]:
        """Return the rows of a slice; reads only the lines that it touches."""
        if isinstance(asked, int):
            place = range(len(self))[asked]
            return self[place : place + 1][0]
        skip, stop, _step = asked.indices(len(self))
        rows: list[Row] = []
        for place, count in enumerate(self._counts):
            here = min(count, stop) - skip
            if here > 0:
                rows.extend(self._rows(place, skip, here))
            skip, stop = max(skip - count, 0), max(stop - count, 0)
        return rows

    def _rows(self, place: int, skip: int, most: int) -> list[Row]:
        number, allocation = self._lines[place]
        weighs = self._wholes[place].weighs
        works = self._detail.works(allocation, most=most, skip=skip, among=self._among)
        is_whole = allocation.charge.corrects_id is None and weighs
        return [
            Row(number, work, _part(allocation.amount_minor, work, weighs) if is_whole else None)
            for work in works
        ]


def _part(net_minor: int, work: WorkLine, weighs: Fraction) -> int:
    part = Fraction(net_minor * work.numerator, work.weight_total) / weighs
    return round_half_away(part, MINOR_UNITS)


def matching(query: str, holder: Organisation) -> list[int]:
    """Return the works of a holder by identifier, id or part of a title; `MOST_MATCHES` at most."""
    owned = Work.objects.filter(
        Exists(Share.objects.filter(work=OuterRef("pk"), holder=holder))
    ).order_by()
    named = _keys(_by_name(owned, query))
    return named or _keys(
        owned.filter(
            Q(title__icontains=query)
            | Q(title_kana__icontains=query)
            | Q(title_en__icontains=query)
        )
    )


def _keys(found: WorkQuerySet) -> list[int]:
    return list(found.values_list("pk", flat=True)[:MOST_MATCHES])


def _by_name(owned: WorkQuerySet, query: str) -> WorkQuerySet:
    """Return the works of this name; without a scheme, of this value in any."""
    try:
        name = parse(query)
    except BadIdentifier:
        values = {query, query.lower(), query.upper(), query.replace("-", "")}
        names = Identifier.objects.filter(scheme__in=SCHEMES, value__in=values)
        return owned.filter(Q(pk__in=names.values("work")) | Q(public_id=query))
    if name.scheme == OWN_SCHEME:
        return owned.filter(public_id=name.value)
    return owned.filter(identifiers__scheme=name.scheme, identifiers__value=name.value)
