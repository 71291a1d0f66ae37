"""Letting an agent have a part, and ending that."""

from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import connection, transaction

from licensing.access import Actor
from licensing.deals.models import Licence
from licensing.errors import Fault, IllegalMove, InvalidInput, LicensingError
from licensing.parties.models import Organisation
from licensing.parties.roles import Kind
from licensing.royalties.agencies.chains import EndlessChain, Link, in_order
from licensing.royalties.agencies.models import Agency

PAYEES = {Kind.LICENSOR, Kind.COLLECTIVE}


class NotYourParts(LicensingError):
    """The actor may see the agency and has no say over the payee's parts."""

    code = "not_your_parts"
    status = 403


class AgencyEnded(IllegalMove):
    """The agency ends before the day asked for."""

    code = "agency_ended"


@transaction.atomic
def appoint(  # noqa: PLR0913  # an agency has this many parts, each by name
    *,
    by: Actor,
    payee: Organisation,
    agent: Organisation,
    rate: Decimal,
    starts_on: date,
    ends_on: date | None = None,
    licence: Licence | None = None,
) -> Agency:
    """Let an agent have a rate of a payee's parts, of one licence or of all.

    What periods are closed from then on is divided with it; a period closed before moves its parts
    when it is closed again. Agencies are checked one at a time, so that two cannot close a circle
    together. Raises `InvalidInput` where a part cannot be: agents that take more than everything,
    circles, more than five in a row.
    """
    if not by.is_operator and by.organisation_id != payee.pk:
        raise NotYourParts("Only the payee itself lets an agent have a part.")
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE licensing_agency IN SHARE ROW EXCLUSIVE MODE")
    agency = Agency(
        payee=payee,
        agent=agent,
        rate=rate,
        licence=licence,
        starts_on=starts_on,
        ends_on=ends_on,
        recorded_by=by.user,
    )
    faults = [*_party_faults(payee, agent), *_constraint_faults(agency)]
    faults = faults or [*_rate_faults(agency), *_chain_faults(agency)]
    if faults:
        raise InvalidInput("The agent cannot have this part; see errors.", faults=faults)
    agency.save()
    return agency


@transaction.atomic
def end(*, by: Actor, agency_id: str, ends_on: date) -> Agency:
    """End an agency after a day; what was booked for days before stays with the agent."""
    agency = Agency.objects.visible_to(by).select_for_update(of=("self",)).get(public_id=agency_id)
    if not by.is_operator and by.organisation_id != agency.payee_id:
        raise NotYourParts("Only the payee itself ends an agent's part.")
    if ends_on < agency.starts_on:
        raise InvalidInput(
            f"The agency starts on {agency.starts_on}; it cannot end before.",
            faults=[Fault("ends_on", "ends_before_start", "Choose a day after the start.")],
        )
    if agency.ends_on is not None and agency.ends_on <= ends_on:
        raise AgencyEnded(f"The agency ends on {agency.ends_on} already.")
    agency.ends_on = ends_on
    agency.save(update_fields=["ends_on"])
    return agency


def links_of(licence: Licence, on: date) -> list[Link]:
    """Return the agencies that divide a licence's charges on a day."""
    found = Agency.objects.in_force(on).filter(licence__in=[licence.pk]) | Agency.objects.in_force(
        on
    ).filter(licence=None)
    rows = found.order_by("payee__slug", "agent__slug", "pk")
    return [
        Link(payee, agent, rate)
        for payee, agent, rate in rows.values_list("payee__slug", "agent__slug", "rate")
    ]


def _party_faults(payee: Organisation, agent: Organisation) -> list[Fault]:
    return [
        Fault(where, "not_a_payee", f"{party.name} is neither a licensor nor a collective.")
        for where, party in (("payee", payee), ("agent", agent))
        if Kind(party.kind) not in PAYEES
    ]


def _constraint_faults(agency: Agency) -> list[Fault]:
    try:
        agency.validate_constraints()
    except ValidationError as refusal:
        return [Fault("agency", "agency_impossible", message) for message in refusal.messages]
    return []


def _rate_faults(agency: Agency) -> list[Fault]:
    beside = Agency.objects.reaching(agency.starts_on, agency.ends_on).filter(payee=agency.payee)
    if agency.licence is not None:
        beside = beside.filter(licence=None) | beside.filter(licence=agency.licence)
    taken = sum((one.rate for one in beside), Decimal(0))
    if taken + agency.rate <= 1:
        return []
    message = f"Agents have {taken.normalize():f} of these parts already; at most 1 can be given."
    return [Fault("rate", "agents_take_everything", message)]


def _chain_faults(agency: Agency) -> list[Fault]:
    reaching = Agency.objects.reaching(agency.starts_on, agency.ends_on)
    rows = reaching.values_list("payee__slug", "agent__slug", "rate")
    links = [Link(*row) for row in rows]
    try:
        in_order([*links, Link(agency.payee.slug, agency.agent.slug, agency.rate)])
    except EndlessChain as refusal:
        return [Fault("agent", refusal.code, refusal.detail)]
    return []
