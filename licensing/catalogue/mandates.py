"""Mandates: a member lets a collective act for it, for some uses, from a day on."""

from collections.abc import Iterable
from datetime import date

from django.db import IntegrityError, transaction

from licensing.access import Actor
from licensing.catalogue.models import Mandate, Work
from licensing.catalogue.services import NotYourWork
from licensing.catalogue.uses import spell_out
from licensing.errors import Fault, IllegalMove, InvalidInput
from licensing.parties.models import Organisation
from licensing.parties.roles import Kind
from licensing.territories import TERRITORIES, WORLD


class MandateEnded(IllegalMove):
    """The mandate ends before the day asked for."""

    code = "mandate_ended"


@transaction.atomic
def give(  # noqa: PLR0913  # a mandate has this many parts, each by name
    *,
    by: Actor,
    member: Organisation,
    collective: Organisation,
    uses: Iterable[str],
    starts_on: date,
    ends_on: date | None = None,
    territory: Iterable[str] = (WORLD,),
    excluded_works: Iterable[str] = (),
) -> Mandate:
    """Record a member's permission for a collective to act for it; only the member gives it.

    ``excluded_works`` are public ids. Raises `InvalidInput` where a part cannot be.
    """
    if not by.is_operator and by.organisation_id != member.pk:
        raise NotYourWork("Only the member itself gives a mandate.")
    places = sorted(set(territory))
    faults = []
    if Kind(member.kind) is not Kind.LICENSOR:
        faults.append(Fault("member", "not_a_licensor", "Only a licensor gives a mandate."))
    if Kind(collective.kind) is not Kind.COLLECTIVE:
        faults.append(Fault("collective", "not_a_collective", "Choose a collective."))
    if ends_on is not None and ends_on < starts_on:
        faults.append(Fault("ends_on", "ends_before_start", "Choose a day after the start."))
    faults += [
        Fault("territory", "territory_unknown", f"{code!r} is no ISO 3166 code such as JP, nor WW.")
        for code in places
        if code not in TERRITORIES
    ]
    excluded = set(excluded_works)
    works = list(Work.objects.filter(public_id__in=excluded))
    faults += [
        Fault("excluded_works", "work_unknown", f"There is no work {missing}.")
        for missing in sorted(excluded - {work.public_id for work in works})
    ]
    if faults:
        raise InvalidInput("The mandate cannot be given like this; see errors.", faults=faults)
    mandate = Mandate(
        member=member,
        collective=collective,
        uses=spell_out(uses),
        territory=places,
        starts_on=starts_on,
        ends_on=ends_on,
    )
    try:
        with transaction.atomic():
            mandate.save()
    except IntegrityError:
        raise InvalidInput(
            "A mandate between these two from this day is on record. End it, or choose another "
            "day.",
            faults=[Fault("starts_on", "mandate_exists", "Choose another day.")],
        ) from None
    mandate.excluded_works.set(works)
    return mandate


@transaction.atomic
def end(*, by: Actor, mandate_id: str, ends_on: date) -> Mandate:
    """End a mandate after a day; licences signed under it before stay in force."""
    mandate = Mandate.objects.visible_to(by).select_for_update().get(public_id=mandate_id)
    if not by.is_operator and by.organisation_id != mandate.member_id:
        raise NotYourWork("Only the member itself ends its mandate.")
    if ends_on < mandate.starts_on:
        raise InvalidInput(
            f"The mandate starts on {mandate.starts_on}; it cannot end before.",
            faults=[Fault("ends_on", "ends_before_start", "Choose a day after the start.")],
        )
    if mandate.ends_on is not None and mandate.ends_on <= ends_on:
        raise MandateEnded(f"The mandate ends on {mandate.ends_on} already.")
    mandate.ends_on = ends_on
    mandate.save(update_fields=["ends_on"])
    return mandate
