"""A negotiating table: two sides with members and works, and short ways to make their moves."""

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Model
from django.utils import timezone

from licensing.access import Actor
from licensing.catalogue.models import Mandate, Share, Work
from licensing.deals import services
from licensing.deals.models import Deal, DealMove, Licence, Offer, Signature
from licensing.errors import LicensingError
from licensing.parties.models import Organisation
from licensing.parties.roles import Kind

TERMS: dict[str, Any] = {
    "schema": "terms/1",
    "currency": "JPY",
    "grant": {
        "works": {"select": "repertoire"},
        "uses": ["ai-train"],
        "models": [{"family": "vista", "versions": ["2"]}],
        "territory": ["WW"],
        "starts_on": "2026-10-01",
        "ends_on": "2029-09-30",
    },
    "prices": [
        {
            "id": "tokens",
            "model": "graduated",
            "unit": "token",
            "per": "1000000",
            "tiers": [
                {"up_to": "1000000000", "unit_price": "12.50"},
                {"up_to": None, "unit_price": "9.00"},
            ],
        }
    ],
    "fees": [{"to": "operator", "rate": "0.03"}],
    "reporting": {"cadence": "month", "due_days": 20},
    "payment": {"due_days": 30},
}


def terms(**changes: Any) -> dict[str, Any]:
    """Return a fresh copy of `TERMS` with clauses replaced; ``None`` drops one."""
    written = copy.deepcopy(TERMS) | changes
    return {name: clause for name, clause in written.items() if clause is not None}


def priced(unit_price: str) -> dict[str, Any]:
    """Return the terms at one price per million tokens."""
    price = {
        "id": "tokens",
        "model": "per_unit",
        "unit": "token",
        "per": "1000000",
        "unit_price": unit_price,
    }
    return terms(prices=[price])


def in_days(days: int) -> datetime:
    """Return the moment so many days from now."""
    return timezone.now() + timedelta(days=days)


def organisation(slug: str, kind: Kind, name: str = "") -> Organisation:
    """Register an organisation."""
    return Organisation.objects.create(
        slug=slug, name=name or slug.replace("-", " ").title(), kind=kind, language="en"
    )


def work(title: str, *holders: Organisation) -> Work:
    """Register a work that these own in equal parts."""
    made = Work.objects.create(kind="book", title=title, registered_by=holders[0])
    for holder in holders:
        Share.objects.create(work=made, holder=holder, weight=1)
    return made


def mandate(member: Organisation, collective: Organisation, *uses: str, **fields: Any) -> Mandate:
    """Let a collective act for a member from the first of April."""
    return Mandate.objects.create(
        member=member,
        collective=collective,
        uses=list(uses),
        starts_on=fields.pop("starts_on", date(2026, 4, 1)),
        **fields,
    )


@dataclass(frozen=True)
class Table:
    """Who sits where; every move is the service itself with the usual arguments."""

    licensor: Actor
    licensee: Actor
    operator: Actor
    outsider: Actor

    def open(self, written: dict[str, Any] | None = None, *, by: Actor | None = None) -> Deal:
        """Open a deal with the licensor's first offer, standing for two weeks."""
        by = by or self.licensor
        other = self.licensee if by == self.licensor else self.licensor
        return services.open_deal(
            by=by,
            counterparty=other.organisation,
            title="Backlist for Vista 2",
            terms=written or TERMS,
            expires_at=in_days(14),
        )

    def counter(self, deal: Deal, by: Actor, written: dict[str, Any] | None = None) -> Offer:
        """Answer with other terms."""
        return services.counter_offer(
            by=by,
            deal_id=deal.public_id,
            terms=written or priced("8.00"),
            expires_at=in_days(14),
        )

    def accept(self, deal: Deal, by: Actor) -> Offer:
        """Accept what stands."""
        standing = deal.standing_offer
        assert standing is not None
        return services.accept_offer(by=by, deal_id=deal.public_id, offer_id=standing.public_id)

    def sign(self, deal: Deal, by: Actor, terms_hash: str = "") -> Licence | None:
        """Sign what was agreed."""
        return services.sign(
            by=by,
            deal_id=deal.public_id,
            signer_name="Mori Akiko",
            signer_title="Head of rights",
            terms_hash=terms_hash or deal.offers.get(answer="accepted").terms_hash,
        )

    def agreed(self, written: dict[str, Any] | None = None) -> Deal:
        """Return a deal whose first offer the licensee has accepted."""
        deal = self.open(written)
        self.accept(deal, self.licensee)
        return deal

    def in_force(self, written: dict[str, Any] | None = None) -> Licence:
        """Return the licence of a deal that both sides signed."""
        deal = self.agreed(written)
        self.sign(deal, self.licensee)
        licence = self.sign(deal, self.licensor)
        assert licence is not None
        return licence


def set_table(kind: Kind = Kind.LICENSOR) -> Table:
    """Seat a rights side of this kind with two works, a licensee, the operator and a stranger."""
    rights = organisation("quill-press", kind, "Quill Press")
    table = Table(
        licensor=Actor.owner_of(rights),
        licensee=Actor.owner_of(organisation("tensor-labs", Kind.LICENSEE, "Tensor Labs")),
        operator=Actor.owner_of(organisation("kyodaku", Kind.OPERATOR, "Kyodaku")),
        outsider=Actor.owner_of(organisation("nova-models", Kind.LICENSEE, "Nova Models")),
    )
    if kind is Kind.LICENSOR:
        work("The Paper Lantern", rights)
        work("Winter Ferry", rights)
    return table


def state_of(deal: Deal) -> str:
    """Read the deal's state from the database."""
    return Deal.objects.get(pk=deal.pk).state


def picture() -> list[list[dict[str, Any]]]:
    """Return every row that a move could touch."""
    models: tuple[type[Model], ...] = (Deal, Offer, DealMove, Signature, Licence)
    return [
        list(model._default_manager.order_by("pk").values())  # noqa: SLF001 - any model's rows
        for model in models
    ]


@contextmanager
def refused(
    refusal: type[LicensingError | ObjectDoesNotExist],
) -> Iterator[pytest.ExceptionInfo[Any]]:
    """Expect a refusal of what is done inside, and that it leaves every row as it was."""
    before = picture()
    with pytest.raises(refusal) as raised:
        yield raised
    assert picture() == before


def codes(raised: pytest.ExceptionInfo[Any]) -> list[tuple[str, str]]:
    """Return where and what each fault of a refusal is."""
    return [(fault.where, fault.code) for fault in raised.value.faults]
