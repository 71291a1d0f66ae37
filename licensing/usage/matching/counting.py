"""Counting what is unmatched after a report was judged, and settling what is decided already.

The report says that it is to be counted: its ``lines_key`` is not its ``counted_key``. Lock order:
turn, licence, report.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.module_loading import import_string

from config.jobs import enqueue_on_commit
from licensing.claims import Claimable, claim
from licensing.deals.models import Licence
from licensing.usage.header import plain
from licensing.usage.matching import standing, sums
from licensing.usage.matching.models import (
    MARKS,
    STATUS_OF,
    Kind,
    MatchDecision,
    Sighting,
    Status,
    Unmatched,
    take_turn,
)
from licensing.usage.matching.sums import Found, Sum
from licensing.usage.models import ReportState, ReportType, UsageReport

BATCH = 2_000


@dataclass(frozen=True, slots=True)
class Decided:
    """What stands for one licence, by what it is about."""

    maps: Mapping[str, MatchDecision]
    grants: Mapping[int, MatchDecision]
    marks: Mapping[str, MatchDecision]

    @classmethod
    def of(cls, licence: Licence) -> "Decided":
        """Read it; a licensor's own mapping comes before one for everybody."""
        about = MatchDecision.objects.about(licence)
        maps = about.standing(Kind.MAP).order_by(F("licensor").asc(nulls_first=True))
        return cls(
            {one.name: one for one in maps},
            {one.work_id or 0: one for one in about.standing(Kind.GRANT)},
            {one.name: one for one in about.standing(*MARKS)},
        )

    @property
    def works(self) -> dict[int, bool]:
        """Every work that a decision let in, and whether by a grant."""
        mapped = {one.work_id or 0: False for one in self.maps.values()}
        return mapped | dict.fromkeys(self.grants, True)

    def settles(self, item: Unmatched, codes: set[str]) -> MatchDecision | None:
        """Return the decision that answers an item whose lines carry these codes, if any does."""
        if mark := self.marks.get(item.name):
            return mark
        if grant := self.grants.get(item.work_id or 0):
            return grant
        return None if "work_not_granted" in codes else self.maps.get(item.name)


def count(report_pk: int) -> None:
    """Count a judged report with all its corrections; safe to repeat.

    Two counts of one licence take turns by a claim: the one that finds it taken leaves its report
    as it is, and the sweep comes back to it.
    """
    report = UsageReport.objects.select_related("licence", "root", "refers_to").get(pk=report_pk)
    with claim(Claimable.UNMATCHED, report.licence_id) as free:
        if not free or report.state != ReportState.ACCEPTED:
            return
        chain = _chain(report)
        decided = Decided.of(report.licence)
        found = sums.of_chain(chain, mapped=decided.maps, decided=decided.works)
        stakes = {one.pk: _stakes(report, found[one.pk]) for one in chain}
        _record(report, chain, found, stakes)


def _chain(report: UsageReport) -> list[UsageReport]:
    root = report.root or report
    corrections = root.corrections.filter(state=ReportState.ACCEPTED).order_by("sequence")
    first = [root] if root.state == ReportState.ACCEPTED else []
    return [*first, *corrections]


def _stakes(report: UsageReport, found: Found) -> dict[str, int | None]:
    """Estimate what each identifier's lines would cost, where something here can price them."""
    path = getattr(settings, "STAKE_PRICER", "")
    if not path or not found.sums:
        return {}
    uses = [[(*key, value[1]) for key, value in one.uses.items()] for one in found.sums.values()]
    estimates: list[int | None] = import_string(path)(report.licence, report.period, uses)
    return dict(zip(found.sums, estimates, strict=True))


@transaction.atomic
def _record(
    report: UsageReport,
    chain: Sequence[UsageReport],
    found: Mapping[int, Found],
    stakes: Mapping[int, Mapping[str, int | None]],
) -> None:
    take_turn(alone=False)
    licence = Licence.objects.lock(report.licence_id)
    locked = UsageReport.objects.select_for_update(of=("self",)).in_bulk([one.pk for one in chain])
    if any(
        locked[one.pk].lines_key != one.lines_key or locked[one.pk].state != one.state
        for one in chain
    ):
        return
    old = Sighting.objects.filter(report__in=[*locked, *_superseded(report)])
    touched = set(old.values_list("unmatched", flat=True))
    old.delete()
    items = _items(licence, chain, found)
    Sighting.objects.bulk_create(
        [
            Sighting(
                unmatched=items[name],
                report=one,
                code=summed.code,
                lines=summed.lines,
                uses=_written(summed),
                stake_minor=stakes[one.pk].get(name) if summed.code else None,
            )
            for one in chain
            for name, summed in found[one.pk].sums.items()
        ],
        batch_size=BATCH,
    )
    settle(licence, touched | {item.pk for item in items.values()})
    for one in locked.values():
        one.counted_key = one.lines_key
        one.unmatched_more = found[one.pk].more
        one.save(update_fields=["counted_key", "unmatched_more"])
    late = standing.latest(licence)
    ask(one for one in locked.values() if one.judged_through < late)


def _superseded(report: UsageReport) -> list[int]:
    """Return the reports whose place this one has taken, with their corrections."""
    replaced = report.refers_to
    if report.type != ReportType.REPLACEMENT or replaced is None:
        return []
    return [replaced.pk, *replaced.corrections.values_list("pk", flat=True)]


def _items(
    licence: Licence, chain: Sequence[UsageReport], found: Mapping[int, Found]
) -> dict[str, Unmatched]:
    """Return the item of each identifier found, making those that are new."""
    works = {name: summed.work_id for one in found.values() for name, summed in one.sums.items()}
    items = {
        item.name: item
        for item in Unmatched.objects.select_for_update().filter(licence=licence, name__in=works)
    }
    new = [
        Unmatched(licence=licence, name=name, work_id=work, first_seen_at=chain[0].created_at)
        for name, work in works.items()
        if name not in items
    ]
    Unmatched.objects.bulk_create(new, batch_size=BATCH)
    items |= {item.name: item for item in new}
    known = []
    for name, work in works.items():
        if items[name].work_id != work:
            items[name].work_id = work
            known.append(items[name])
    Unmatched.objects.bulk_update(known, ["work"], batch_size=BATCH)
    return items


def _written(summed: Sum) -> list[dict[str, Any]]:
    return [
        {"use": use, "unit": unit, "lines": lines, "quantity": plain(quantity)}
        for (use, unit), (lines, quantity) in sorted(summed.uses.items())
    ]


def settle(licence: Licence, items: Iterable[int]) -> None:
    """Sum the sightings of items again and say by which decision each is answered, if by any."""
    decided = Decided.of(licence)
    for some in _batches(sorted(items)):
        seen: dict[int, list[Sighting]] = defaultdict(list)
        for one in Sighting.objects.filter(unmatched__in=some).select_related("report"):
            seen[one.unmatched_id].append(one)
        changed = list(Unmatched.objects.filter(pk__in=some))
        for item in changed:
            _settle(item, seen[item.pk], decided)
        Unmatched.objects.bulk_update(
            changed,
            ["status", "decision", "first_seen_at", "reports", "lines", "quantity", "stake_minor"],
        )


def _batches(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), BATCH):
        yield ids[start : start + BATCH]


def _settle(item: Unmatched, seen: Sequence[Sighting], decided: Decided) -> None:
    item.decision = decided.settles(item, {one.code for one in seen})
    item.status = STATUS_OF[Kind(item.decision.kind)] if item.decision else Status.OPEN
    quantity: dict[str, Decimal] = defaultdict(Decimal)
    for one in seen:
        for use in one.uses:
            quantity[use["unit"]] += Decimal(use["quantity"])
    item.quantity = {unit: plain(total) for unit, total in sorted(quantity.items())}
    item.lines = sum(one.lines for one in seen)
    item.reports = len(seen)
    known = [one.stake_minor for one in seen if one.stake_minor is not None]
    item.stake_minor = sum(known) if known else None
    item.first_seen_at = min([item.first_seen_at, *(one.report.created_at for one in seen)])


def ask(reports: Iterable[UsageReport]) -> None:
    """Ask for locked reports to be judged again by what is decided now."""
    for report in reports:
        report.judging_asked += 1
        report.save(update_fields=["judging_asked"])
        enqueue_on_commit("licensing.usage.tasks.judge_again", report_id=report.pk)
