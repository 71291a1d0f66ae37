"""Deciding about unmatched identifiers: mapping, granting, marking, and undoing any of them.

Every decision is an appended row. The reports it touches are asked to be judged again; nothing
is booked here. Lock order: turn, licence, report.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from licensing.access import Actor
from licensing.catalogue.models import Identifier, Work
from licensing.catalogue.repertoire import repertoire_of
from licensing.deals import terms as contract
from licensing.deals.models import Licence
from licensing.errors import Fault, IllegalMove, InvalidInput
from licensing.parties.models import Organisation
from licensing.parties.roles import Scope
from licensing.usage.matching import coverage
from licensing.usage.matching.counting import ask, settle
from licensing.usage.matching.models import (
    Kind,
    MatchDecision,
    Status,
    Unmatched,
    UnmatchedQuerySet,
    take_turn,
)
from licensing.usage.models import ReportState, UsageReport

MOST_AT_ONCE = 500


class AlreadyDecided(IllegalMove):
    """Another decision stands; it is undone first."""

    code = "already_decided"


class NotLicensable(IllegalMove):
    """The licensor cannot license this work for these uses, so it cannot be let in."""

    code = "work_not_licensable"


@dataclass(frozen=True, slots=True)
class Choice:
    """What is decided: the kind, the work it maps to, the first day it is granted from, and why."""

    kind: Kind
    reason: str
    work_id: str = ""
    starts_on: date | None = None

    def __post_init__(self) -> None:
        """Refuse what says too little or too much; raises `InvalidInput` naming the field."""
        faults = []
        if not self.reason.strip():
            faults.append(Fault("reason", "required", "Say why; the reason is kept."))
        if self.kind is Kind.UNDO:
            faults.append(Fault("decision", "choice_unknown", "Undo a decision by its own id."))
        if self.kind is Kind.MAP and not self.work_id:
            faults.append(Fault("work", "required", _("Name the work: work_… or an identifier.")))
        if self.kind is not Kind.MAP and self.work_id:
            faults.append(Fault("work", "not_expected", "Only a mapping names a work."))
        if self.kind is Kind.GRANT and self.starts_on is None:
            faults.append(Fault("starts_on", "required", _("Say from which day it is granted.")))
        if self.kind in {Kind.INFRINGING, Kind.IGNORE} and self.starts_on is not None:
            faults.append(Fault("starts_on", "not_expected", "Only a grant has a first day."))
        if faults:
            raise InvalidInput("The decision cannot be read; see errors.", faults=faults)


@transaction.atomic
def decide(*, by: Actor, unmatched: Sequence[str], choice: Choice) -> list[MatchDecision]:
    """Decide about identifiers together: for all of them or, if one is refused, for none.

    Returns the decision about each, in the order in which they were named.

    A mapping by the operator holds for every licence, one by a licensor for those it gives; with
    ``starts_on`` the work is granted in the same step. Deciding the same again returns what
    stands. Raises `AlreadyDecided`, `NotLicensable`, `InvalidInput` or `DoesNotExist`.
    """
    by.require(Scope.MATCHING_WRITE)
    names = list(dict.fromkeys(unmatched))
    if not 0 < len(names) <= MOST_AT_ONCE:
        raise InvalidInput(
            f"Choose at least one identifier, and at most {MOST_AT_ONCE} at once.",
            faults=[Fault("unmatched", "count", _("Choose at least one identifier."))],
        )
    work = Work.objects.visible_to(by).get(public_id=choice.work_id) if choice.work_id else None
    take_turn(alone=True)
    asked = Unmatched.objects.visible_to(by)
    found = {one.public_id: one for one in asked.filter(public_id__in=names)}
    if missing := [name for name in names if name not in found]:
        raise Unmatched.DoesNotExist(missing[0])
    everywhere = _touched(by, choice, list(found.values()), work)
    _lock(everywhere)
    chosen = asked.filter(pk__in=[one.pk for one in found.values()])
    items = chosen.select_related("licence__licensor", "work", "decision").order_by("pk")
    made = {item.public_id: _decide(by, item, choice, work) for item in items}
    _follow(everywhere)
    return [made[name] for name in names]


def _touched(
    by: Actor, choice: Choice, chosen: Sequence[Unmatched], work: Work | None
) -> UnmatchedQuerySet:
    """Return the items that a decision about some concerns.

    A mapping concerns every item of the name, a grant every name that the work was reported under.
    """
    same = Q(pk__in=[one.pk for one in chosen])
    if choice.kind is Kind.MAP:
        same |= Q(name__in={one.name for one in chosen})
    if choice.starts_on is not None:
        for one in chosen:
            if granted := work.pk if work else one.work_id:
                same |= Q(licence=one.licence_id, work=granted)
    return Unmatched.objects.visible_to(by).filter(same)


def _lock(items: UnmatchedQuerySet) -> None:
    for licence in sorted(set(items.values_list("licence", flat=True))):
        Licence.objects.lock(licence)


def _decide(by: Actor, item: Unmatched, choice: Choice, work: Work | None) -> MatchDecision:
    if item.decision is not None and item.status != Status.OPEN:
        return _same(item, item.decision, choice, work)
    match choice.kind:
        case Kind.MAP if work is not None:
            return _map(by, item, choice, work)
        case Kind.GRANT:
            return _grant(by, item, choice)
        case _:
            return _append(by, item, choice.kind, choice.reason, licence=item.licence)


def _same(
    item: Unmatched, stands: MatchDecision, choice: Choice, work: Work | None
) -> MatchDecision:
    """Return the decision that stands if it says the same; raises `AlreadyDecided` if not."""
    says = (Kind(stands.kind), stands.starts_on)
    if says == (choice.kind, choice.starts_on) and (work is None or stands.work_id == work.pk):
        return stands
    if choice.kind is Kind.MAP and work is not None and item.work_id == work.pk:
        return stands
    raise AlreadyDecided(
        f"{item.name} is {Status(item.status).label.lower()} already. Undo that first.",
        unmatched=item.public_id,
        decision=stands.public_id,
    )


def _map(by: Actor, item: Unmatched, choice: Choice, work: Work) -> MatchDecision:
    _require_unregistered(item, work)
    if not by.is_operator:
        _require_licensable(item.licence, work, "map")
    licensor = None if by.is_operator else by.organisation
    standing = MatchDecision.objects.standing(Kind.MAP).filter(name=item.name, licensor=licensor)
    mapping = standing.first()
    if mapping is not None and mapping.work_id != work.pk:
        raise AlreadyDecided(
            f"{item.name} is mapped to another work already. Undo that first.",
            unmatched=item.public_id,
            decision=mapping.public_id,
        )
    if mapping is None:
        mapping = _append(by, item, Kind.MAP, choice.reason, licensor=licensor, work=work)
    if choice.starts_on is None or coverage.holds(item.licence, work.pk, choice.starts_on):
        return mapping
    item.work = work
    return _grant(by, item, choice)


def _grant(by: Actor, item: Unmatched, choice: Choice) -> MatchDecision:
    licence, work, starts_on = item.licence, item.work, choice.starts_on
    if work is None or starts_on is None:
        raise IllegalMove(
            f"No work is known as {item.name}. Map it to one first.", code="work_unknown"
        )
    if starts_on < licence.starts_on or (licence.ends_on and starts_on > licence.ends_on):
        raise InvalidInput(
            "The day lies outside the licence's term.",
            faults=[
                Fault(
                    "starts_on",
                    "out_of_term",
                    f"Choose a day from {licence.starts_on} to {licence.ends_on or 'any later'}.",
                )
            ],
        )
    stands = MatchDecision.objects.standing(Kind.GRANT).filter(licence=licence, work=work).first()
    if stands is not None:
        return stands
    if coverage.holds(licence, work.pk, starts_on):
        raise IllegalMove(
            f"The licence covers {work.title} already; its lines are being judged again.",
            code="work_covered",
        )
    _require_licensable(licence, work, "grant")
    return _append(
        by, item, Kind.GRANT, choice.reason, licence=licence, work=work, starts_on=starts_on
    )


def _require_unregistered(item: Unmatched, work: Work) -> None:
    """Refuse to map a name that the catalogue has for another work; it comes before a mapping."""
    scheme, _, value = item.name.partition(":")
    named = Identifier.objects.filter(scheme=scheme, value=value).exclude(work=work).first()
    if named is not None:
        raise IllegalMove(
            f"The catalogue knows {item.name} as another work. Grant that, or correct its "
            "identifiers.",
            code="identifier_registered",
        )


def _require_licensable(licence: Licence, work: Work, what: str) -> None:
    """Refuse a work that the licensor cannot license: a permission not every owner gave is none."""
    terms = contract.parse(licence.terms)
    if work.public_id in terms.grant.works.exclude:
        raise NotLicensable(
            f"The terms exclude {work.title}. Agree an amendment.", work=work.public_id, what=what
        )
    today = timezone.localdate()
    own = repertoire_of(
        licence.licensor, uses=terms.grant.uses, on=today, territory=terms.grant.territory
    )
    if own.filter(pk=work.pk).exists() or coverage.holds(licence, work.pk, today):
        return
    raise NotLicensable(
        f"{licence.licensor.name} cannot license {work.title} for these uses: not every owner has "
        "given it a mandate.",
        work=work.public_id,
        what=what,
    )


def _append(  # noqa: PLR0913  # what a decision says, each by name
    by: Actor,
    item: Unmatched,
    kind: Kind,
    reason: str,
    *,
    licence: Licence | None = None,
    licensor: Organisation | None = None,
    work: Work | None = None,
    starts_on: date | None = None,
) -> MatchDecision:
    return MatchDecision.objects.create(
        kind=kind,
        name=item.name,
        licence=licence,
        licensor=licensor,
        work=work or (item.work if kind in {Kind.INFRINGING, Kind.IGNORE} else None),
        starts_on=starts_on,
        reason=reason.strip(),
        by=by.organisation,
        by_user=by.user,
        at=timezone.now(),
    )


def _follow(items: UnmatchedQuerySet) -> None:
    """Show what was decided at once, and ask for the reports concerned to be judged again."""
    for licence in Licence.objects.filter(unmatched__in=items).distinct().order_by("pk"):
        own = items.filter(licence=licence)
        _know(licence, own)
        settle(licence, own.values_list("pk", flat=True))
        ask(_reports(licence, own))


def _know(licence: Licence, items: UnmatchedQuerySet) -> None:
    """Write on items of unknown works what their mapping says they are, until they are counted."""
    maps = MatchDecision.objects.about(licence).standing(Kind.MAP)
    works = {one.name: one.work_id for one in maps.order_by("licensor__pk")}
    unknown = items.filter(sightings__code__in=["work_unknown", "work_infringing"])
    for item in unknown.distinct():
        if (work := works.get(item.name)) is not None:
            Unmatched.objects.filter(pk=item.pk).update(work=work)


def _reports(licence: Licence, items: UnmatchedQuerySet) -> Iterable[UsageReport]:
    """Return the reports in force that hold the items, or may among those that are not kept."""
    holding = Q(sightings__unmatched__in=items) | Q(unmatched_more__gt=0)
    ids = (
        UsageReport.objects.filter(holding, licence=licence, state=ReportState.ACCEPTED)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    return (
        UsageReport.objects.select_for_update(of=("self",)).filter(pk__in=set(ids)).order_by("pk")
    )


@transaction.atomic
def undo(*, by: Actor, decision_id: str, reason: str) -> MatchDecision:
    """Undo a decision by another one; undoing it again returns the first undoing.

    A licensor undoes what it decided itself and what was decided for its own licences; a mapping
    for everybody is the operator's. Raises `MissingScope`, `InvalidInput` or `DoesNotExist`.
    """
    by.require(Scope.MATCHING_WRITE)
    if not reason.strip():
        raise InvalidInput(
            "Say why.", faults=[Fault("reason", "required", "Say why; the reason is kept.")]
        )
    take_turn(alone=True)
    decision = MatchDecision.objects.visible_to(by).get(public_id=decision_id)
    if decision.kind == Kind.UNDO:
        raise IllegalMove("Undoing is not undone: decide again.", code="already_decided")
    if decision.licence_id is None and decision.licensor_id is None and not by.is_operator:
        raise IllegalMove(
            "This mapping holds for every licensor; ask the operator to undo it.",
            code="mapping_for_everybody",
        )
    if (earlier := MatchDecision.objects.filter(undoes=decision).first()) is not None:
        return earlier
    items = _concerned(decision)
    _lock(items)
    decision.undone_at = timezone.now()
    decision.save(update_fields=["undone_at"])
    made = MatchDecision.objects.create(
        kind=Kind.UNDO,
        name=decision.name,
        licence=decision.licence,
        licensor=decision.licensor,
        work=decision.work,
        reason=reason.strip(),
        by=by.organisation,
        by_user=by.user,
        at=decision.undone_at,
        undoes=decision,
    )
    _follow(items)
    return made


def _concerned(decision: MatchDecision) -> UnmatchedQuerySet:
    items = Unmatched.objects.all()
    if decision.kind == Kind.GRANT:
        return items.filter(licence=decision.licence, work=decision.work)
    items = items.filter(name=decision.name)
    if decision.licence_id is not None:
        return items.filter(licence=decision.licence)
    if decision.licensor_id is not None:
        return items.filter(licence__licensor=decision.licensor)
    return items
