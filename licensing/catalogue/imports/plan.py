"""What is to become of rows, given what the catalogue holds: created, unchanged or refused.

An import never changes a work: a row whose identifiers are on record either says what is on
record, or is refused with the difference. That makes a second import of the same file harmless.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import or_

from django.db.models import Q
from django.utils import timezone

from licensing.catalogue.identifiers import Name
from licensing.catalogue.imports.rows import Shares, WorkRow, owners_of, shares_text
from licensing.catalogue.models import Identifier, Share, Work
from licensing.catalogue.services import OWNERS
from licensing.errors import Fault
from licensing.parties.models import Organisation
from licensing.parties.roles import Kind
from licensing.territories import WORLD


@dataclass(frozen=True, slots=True)
class Rules:
    """Whose file it is and what it may do.

    ``mine`` are the organisations whose ownership the sender may state, nothing meaning all;
    ``holder`` owns what no row's shares speak of.
    """

    mine: frozenset[int] | None
    create_licensors: bool
    holder: str


@dataclass(slots=True)
class Plan:
    """Rows by what becomes of them."""

    create: list[tuple[WorkRow, Shares]] = field(default_factory=list)
    unchanged: int = 0
    refused: list[tuple[WorkRow, Sequence[Fault]]] = field(default_factory=list)
    new_licensors: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Known:
    """A work on record: itself, its names and its shares in force today."""

    work: Work
    names: frozenset[Name]
    shares: Shares


def make(rows: Sequence[WorkRow], rules: Rules) -> Plan:
    """Plan rows; reads the catalogue in a fixed number of queries and writes nothing."""
    owners = _owners(rows, rules)
    by_name, known = _on_record(rows)
    plan = Plan()
    for row in rows:
        shares = row.shares or ({WORLD: {rules.holder: 1}} if rules.holder else {})
        faults = list(row.faults) or _owner_faults(shares, owners, rules)
        found = {by_name[name] for name in row.names if name in by_name}
        if not faults and found:
            faults = _differences(row, shares, [known[pk] for pk in sorted(found)])
        if faults:
            plan.refused.append((row, faults))
        elif found:
            plan.unchanged += 1
        else:
            plan.create.append((row, shares))
            plan.new_licensors |= owners_of(shares) - owners.keys()
    return plan


def _owners(rows: Iterable[WorkRow], rules: Rules) -> dict[str, Organisation]:
    slugs = {slug for row in rows for slug in owners_of(row.shares)} | {rules.holder}
    return Organisation.objects.in_bulk(list(slugs), field_name="slug")


def _owner_faults(shares: Shares, owners: Mapping[str, Organisation], rules: Rules) -> list[Fault]:
    faults = []
    for slug in sorted(owners_of(shares)):
        owner = owners.get(slug)
        if owner is None and not rules.create_licensors:
            message = f"{slug!r} is no organisation here. Check its slug, or have it registered."
            faults.append(Fault("shares", "holder_unknown", message))
        elif owner is not None and Kind(owner.kind) not in OWNERS:
            message = f"{slug!r} is a {owner.kind} and cannot own works. Check its slug."
            faults.append(Fault("shares", "holder_cannot_own", message))
    if not faults and rules.mine is not None:
        stated = {owners[slug].pk for slug in owners_of(shares) if slug in owners}
        if not stated & rules.mine:
            message = "Your organisation owns no part of this work. Name it among the shares."
            faults.append(Fault("shares", "holder_not_yours", message))
    return faults


def _on_record(rows: Iterable[WorkRow]) -> tuple[dict[Name, int], dict[int, Known]]:
    """Return which works carry the rows' names, and all that is to be compared of those works."""
    values = defaultdict(list)
    for row in rows:
        for name in row.names:
            values[name.scheme].append(name.value)
    if not values:
        return {}, {}
    wanted = reduce(or_, (Q(scheme=one, value__in=many) for one, many in values.items()))
    by_name = {
        Name(scheme, value): work
        for scheme, value, work in Identifier.objects.filter(wanted)
        .order_by()
        .values_list("scheme", "value", "work_id")
    }
    return by_name, _known(set(by_name.values())) if by_name else {}


def _known(works: set[int]) -> dict[int, Known]:
    names = defaultdict(set)
    for work, scheme, value in Identifier.objects.filter(work__in=works).values_list(
        "work_id", "scheme", "value"
    ):
        names[work].add(Name(scheme, value))
    shares: dict[int, dict[str, dict[str, int]]] = defaultdict(dict)
    in_force = Share.objects.in_force(timezone.localdate()).filter(work__in=works)
    for work, territory, slug, weight in in_force.values_list(
        "work_id", "territory", "holder__slug", "weight"
    ):
        shares[work].setdefault(territory, {})[slug] = weight
    return {
        work.pk: Known(work, frozenset(names[work.pk]), shares[work.pk])
        for work in Work.objects.filter(pk__in=works)
    }


def _differences(row: WorkRow, shares: Shares, known: Sequence[Known]) -> list[Fault]:
    if len(known) > 1:
        ids = ", ".join(one.work.public_id for one in known)
        message = f"These identifiers belong to different works: {ids}. Split the row."
        return [Fault("identifiers", "identifiers_of_several_works", message)]
    [one] = known
    of = one.work.public_id
    faults = [
        Fault(
            name,
            f"{name}_differs",
            f"{of} is on record with {getattr(one.work, name)!r}. An import changes no work: "
            "correct the row, or change the work.",
        )
        for name, text in row.texts.items()
        if text and text != getattr(one.work, name)
    ]
    if extra := sorted(set(row.names) - one.names):
        names = " ".join(map(str, extra))
        message = f"{of} does not carry {names}. Add it on the work's page, or correct the row."
        faults.append(Fault("identifiers", "identifiers_differ", message))
    if shares and shares != one.shares:
        stated = shares_text(one.shares)
        message = (
            f"{of} is on record with the shares {stated or 'of nobody'}. An import changes no "
            "shares: correct the row, or record new shares from a day on."
        )
        faults.append(Fault("shares", "shares_differ", message))
    return faults
