"""What of each charge no invoice or credit note claims yet, and the rows that claim it.

A charge may be claimed in pieces: a correction larger than the invoice it corrects goes on several
credit notes, and what none of them takes waits for the licence's next invoice.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.db.models import BigIntegerField, F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

from ledger.invoices.models import CreditNote, Invoice
from licensing.deals.models import Licence
from licensing.royalties.models import Charge, Period
from licensing.settlement.models import InvoicedCharge


@dataclass(frozen=True, slots=True)
class Piece:
    """A charge, or a part of it, to be claimed; minor units, below zero for a credit."""

    charge: Charge
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a licensee is owed for a period and no invoice could take back yet, minor units."""

    licence: Licence
    period: Period
    amount_minor: int


def open_minor() -> Combinable:
    """Return the expression of what is not claimed of a charge yet, minor units."""
    claimed = (
        InvoicedCharge.objects.filter(charge=OuterRef("pk"))
        .order_by()
        .values("charge")
        .annotate(total=Sum("amount_minor"))
        .values("total")
    )
    taken = Coalesce(Subquery(claimed, output_field=BigIntegerField()), 0)
    return F("amount_minor") - taken


def unclaimed() -> QuerySet[Charge]:
    """Return the charges of which something is claimed by no invoice or credit note."""
    return Charge.objects.annotate(open_minor=open_minor()).exclude(open_minor=0)


def pieces_of(licence_id: int) -> dict[date, list[Piece]]:
    """Return what is unclaimed of a licence by its periods' first days, oldest first."""
    found: dict[date, list[Piece]] = {}
    open_of: dict[int, int] = dict(
        Charge.objects.annotate(open_minor=open_minor())
        .exclude(open_minor=0)
        .filter(period__licence_id=licence_id)
        .order_by("period__starts_on", "price_id", "kind", "sequence")
        .values_list("pk", "open_minor")
    )
    related = Charge.objects.select_related("period__licence__licensee", "period__licence__deal")
    charges = related.in_bulk(list(open_of))
    for pk, amount_minor in open_of.items():
        piece = Piece(charges[pk], amount_minor)
        found.setdefault(piece.charge.period.starts_on, []).append(piece)
    return found


def net(pieces: Iterable[Piece]) -> int:
    """Return what pieces come to, minor units."""
    return sum(piece.amount_minor for piece in pieces)


def cut(pieces: Sequence[Piece], credit_minor: int) -> tuple[list[Piece], list[Piece]]:
    """Part pieces that net below zero into those that net to ``-credit_minor``, and the rest.

    What is owed goes with the first part, and one piece may be cut in two.
    """
    first = [piece for piece in pieces if piece.amount_minor > 0]
    rest = []
    needed = credit_minor + net(first)
    for piece in pieces:
        if piece.amount_minor > 0:
            continue
        taken = min(-piece.amount_minor, needed)
        needed -= taken
        if taken:
            first.append(replace(piece, amount_minor=-taken))
        if piece.amount_minor + taken:
            rest.append(replace(piece, amount_minor=piece.amount_minor + taken))
    return first, rest


def claim(
    pieces: Iterable[Piece],
    *,
    invoice: Invoice | None = None,
    credit_note: CreditNote | None = None,
) -> None:
    """Record that a document claims pieces; call it under the licence's lock."""
    InvoicedCharge.objects.bulk_create(
        InvoicedCharge(
            charge=piece.charge,
            amount_minor=piece.amount_minor,
            invoice=invoice,
            credit_note=credit_note,
        )
        for piece in pieces
    )


def waiting() -> Iterator[Waiting]:
    """Yield what licensees are owed and wait to have taken off their next invoice."""
    rows = (
        unclaimed()
        .order_by("period__licence", "period__starts_on")
        .values("period__licence", "period")
        .annotate(net=Sum("open_minor"))
        .filter(net__lt=0)
    )
    found = {row["period"]: row["net"] for row in rows}
    periods = Period.objects.select_related("licence__deal", "licence__licensee")
    for pk, period in periods.in_bulk(list(found)).items():
        yield Waiting(period.licence, period, -found[pk])
