"""May I train on this? Permission comes first: anything but a licence in force is a no.

A work counts as licensed if a licence of the asking organisation is in force on the day, its
grant covers the use, the model and the territory, and its frozen repertoire holds the work. A
reservation is told because it says who to talk to; its absence permits nothing.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.db.models import Q

from licensing import evidence
from licensing.catalogue.models import Reservation, Share
from licensing.catalogue.uses import spell_out
from licensing.deals import terms as contract
from licensing.deals.models import DealState, Licence
from licensing.parties.models import Organisation
from licensing.territories import WORLD
from licensing.usage.matching import coverage
from licensing.usage.registered import RegisteredWorks


class Word(StrEnum):
    """The answer for one work; only `LICENSED` permits."""

    LICENSED = "licensed"
    RESERVED = "reserved"
    NOT_LICENSED = "not_licensed"
    UNKNOWN_WORK = "unknown_work"


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody wants to do, where, on which day."""

    use: str
    family: str
    version: str
    territory: str
    on: date


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer for one work as it was asked for: the licence that permits it, or what stands."""

    asked: str
    word: Word
    licence: Licence | None = None
    reservation: Reservation | None = None


def answer(licensee: Organisation, asked: Sequence[str], question: Question) -> list[Answer]:
    """Answer for works named as in usage reports, in the order asked.

    Raises `InvalidInput` for an unknown use. Reads each licence that could permit at most once,
    and as many rows of the catalogue as were asked for.
    """
    uses = spell_out([question.use], where="use")
    known = RegisteredWorks()
    names = {text: known.normalised(text) for text in asked}
    found = known.find([name for name in names.values() if name is not None])
    works = {text: found.get(name) if name else None for text, name in names.items()}
    wanted = {work for work in works.values() if work is not None}
    licensed = _licensed(licensee, wanted, question)
    reserved = _reserved(wanted - licensed.keys(), uses, question.on)
    return [_word(text, works[text], licensed, reserved) for text in asked]


def _word(
    text: str,
    work: int | None,
    licensed: Mapping[int, Licence],
    reserved: Mapping[int, Reservation],
) -> Answer:
    if work is None:
        return Answer(text, Word.UNKNOWN_WORK)
    if work in licensed:
        return Answer(text, Word.LICENSED, licence=licensed[work])
    if work in reserved:
        return Answer(text, Word.RESERVED, reservation=reserved[work])
    return Answer(text, Word.NOT_LICENSED)


def _licensed(licensee: Organisation, works: set[int], question: Question) -> dict[int, Licence]:
    """Return, for each work that some licence permits, the oldest such licence."""
    permitted: dict[int, Licence] = {}
    for licence in _candidates(licensee, question):
        open_works = works - permitted.keys()
        if not open_works:
            break
        for work in _held(licence, open_works, question.on):
            permitted[work] = licence
    return permitted


def _candidates(licensee: Organisation, question: Question) -> Iterator[Licence]:
    in_force = Licence.objects.filter(
        Q(ends_on=None) | Q(ends_on__gte=question.on),
        licensee=licensee,
        deal__state=DealState.IN_FORCE,
        starts_on__lte=question.on,
    )
    for licence in in_force.select_related("deal").order_by("pk"):
        grant = contract.parse(licence.terms).grant
        if (
            contract.covers(grant.uses, question.use)
            and grant.permits_model(question.family, question.version)
            and not {WORLD, question.territory}.isdisjoint(grant.territory)
        ):
            yield licence


def _held(licence: Licence, works: Iterable[int], on: date) -> list[int]:
    """Return which of the works the licence covers on a day."""
    with (
        coverage.covered(licence, on) as covered,
        evidence.workplace() as folder,
        evidence.engine(folder, [covered.works]) as duck,
    ):
        rows = duck.execute(
            "SELECT work_id FROM read_parquet($snapshot) WHERE list_contains($works, work_id)",
            {"snapshot": str(covered.works.resolve()), "works": sorted(works)},
        ).fetchall()
    return [work for (work,) in rows]


def _reserved(works: set[int], uses: list[str], on: date) -> dict[int, Reservation]:
    """Return a standing reservation of these uses for each work: its own before its owner's."""
    standing = Reservation.objects.in_force(on).filter(uses__overlap=uses).select_related("holder")
    holders = {
        one.holder_id: one
        for one in standing.filter(work=None, holder__shares__work__in=works).distinct()
    }
    shares = Share.objects.in_force(on).filter(work__in=works, holder__in=holders)
    by_owner = {work: holders[holder] for work, holder in shares.values_list("work", "holder")}
    by_name = {one.work_id: one for one in standing.filter(work__in=works) if one.work_id}
    return by_owner | by_name
