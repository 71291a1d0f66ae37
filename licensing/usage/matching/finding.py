"""Finding the work that an identifier means: what is named, and what looks alike."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

from django.db.models import Q

from licensing.access import Actor
from licensing.catalogue.finding import narrowed, shown
from licensing.catalogue.identifiers import OWN_SCHEME, SCHEMES, BadIdentifier
from licensing.catalogue.models import Identifier, Work, WorkQuerySet
from licensing.errors import Fault, InvalidInput
from licensing.usage.matching import coverage
from licensing.usage.matching.models import Unmatched

MOST_CANDIDATES: Final = 200
MOST_SHOWN: Final = 6
LEAST_ALIKE: Final = 0.55
# The parts of identifiers that say nothing of a title.
LEAST_LETTERS: Final = 4
PREFIX: Final = 8


@dataclass(frozen=True, slots=True)
class Candidate:
    """A work that an identifier might mean, and whether the licence covers it."""

    work: Work
    is_covered: bool


def named(by: Actor, text: str) -> Work:
    """Return the work that a person or program names by its id or an identifier.

    Raises `InvalidInput` with the field ``work`` for a text that names none.
    """
    text = text.strip()
    if text.startswith(f"{OWN_SCHEME}_"):
        text = f"{OWN_SCHEME}:{text}"
    try:
        found = narrowed(Work.objects.visible_to(by), by, {"identifier": text}).first()
    except BadIdentifier as refusal:
        raise _unknown(refusal.fault.message) from None
    if found is None:
        raise _unknown(f"No work of the catalogue is called {text}.")
    return found


def _unknown(message: str) -> InvalidInput:
    return InvalidInput(message, faults=[Fault("work", "work_unknown", message)])


def searched(by: Actor, item: Unmatched, text: str) -> list[Candidate]:
    """Return the works with an identifier or a title like a text, for choosing one."""
    text = text.strip()
    if not text:
        return []
    scheme = text.partition(":")[0].lower()
    field = "identifier" if ":" in text and scheme in SCHEMES else "title"
    try:
        found = narrowed(Work.objects.visible_to(by), by, {field: text})
    except BadIdentifier:
        return []
    return _offered(item, list(shown(found).order_by("title", "pk")[:MOST_SHOWN]))


def suggested(by: Actor, item: Unmatched) -> list[Candidate]:
    """Return the works whose identifier or title is most like the item's, the likeliest first."""
    scheme, _, value = item.name.partition(":")
    value = _told(scheme, value)
    likeness: dict[int, float] = {}
    for work, text in _alike(Work.objects.visible_to(by), value):
        ratio = SequenceMatcher(None, value.lower(), _told(scheme, text).lower()).ratio()
        likeness[work] = max(ratio, likeness.get(work, 0.0))
    likely = [work for work, ratio in likeness.items() if ratio >= LEAST_ALIKE]
    likely.sort(key=lambda work: (-likeness[work], work))
    works = shown(Work.objects.filter(pk__in=likely[:MOST_SHOWN]))
    return _offered(item, sorted(works, key=lambda work: likely.index(work.pk)))


def _told(scheme: str, value: str) -> str:
    """Return the part of a name that tells works apart: of a host all but www and the last label.

    A title compared with a host has no labels, and stays as it is.
    """
    if scheme != "domain" or "." not in value:
        return value
    return value.removeprefix("www.").rpartition(".")[0]


def _alike(works: WorkQuerySet, value: str) -> Iterator[tuple[int, str]]:
    """Yield works with the texts by which they may be compared, few enough to compare."""
    words = [word for word in value.replace("-", ".").split(".") if len(word) >= LEAST_LETTERS]
    names = Q(value=value) | Q(value__startswith=value[:PREFIX])
    titles = Q(pk__in=[])
    for word in words:
        names |= Q(value__contains=word)
        titles |= Q(title__icontains=word) | Q(title_en__icontains=word)
    for one in Identifier.objects.filter(names, work__in=works)[:MOST_CANDIDATES]:
        yield one.work_id, one.value
    for work in works.filter(titles)[:MOST_CANDIDATES]:
        yield work.pk, work.title_en or work.title


def _offered(item: Unmatched, works: list[Work]) -> list[Candidate]:
    last = item.licence.ends_on or item.first_seen_at.date()
    held = coverage.holding(item.licence, [work.pk for work in works], last)
    return [Candidate(work, work.pk in held) for work in works]
