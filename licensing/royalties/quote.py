"""PURE. What some usage would cost under some terms, before anybody signs."""

import calendar
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from ledger.money import currency, decimal_text
from licensing.deals.terms import Terms
from licensing.deals.terms.prices import PerWork
from licensing.deals.terms.scalars import plain
from licensing.errors import Fault
from licensing.royalties.periods import MONTHS, cadence_of
from licensing.royalties.rates import (
    Charged,
    ChargeDraft,
    Context,
    Indices,
    Tally,
    Works,
    bound,
    rate,
    unpriced,
)
from licensing.royalties.sample import Sample


@dataclass(frozen=True, slots=True)
class Quote:
    """Charges of one accounting period; ``unpriced`` usage would cost nothing and is shown."""

    currency: str
    charges: tuple[ChargeDraft, ...]
    unpriced: tuple[Tally, ...]
    notes: tuple[Fault, ...]

    @property
    def total_minor(self) -> int:
        """The sum of all charges in minor units."""
        return sum(charge.amount_minor for charge in self.charges)

    def as_json(self) -> dict[str, Any]:
        """Return the public shape of a quote: amounts as text, and in minor units."""
        unit = currency(self.currency)
        return {
            "currency": self.currency,
            "charges": [
                {
                    "price": charge.price_id,
                    "unit": charge.unit,
                    "quantity": plain(charge.quantity),
                    "amount": decimal_text(charge.amount_minor, unit),
                    "amount_minor": charge.amount_minor,
                    "trace": list(charge.trace),
                }
                for charge in self.charges
            ],
            "total": decimal_text(self.total_minor, unit),
            "total_minor": self.total_minor,
            "unpriced": [
                {"use": tally.use, "unit": tally.unit, "quantity": plain(tally.quantity)}
                for tally in self.unpriced
            ],
            "notes": [
                {"where": note.where, "code": note.code, "message": note.message}
                for note in self.notes
            ],
        }


def quote(
    terms: Terms,
    sample: Sample,
    *,
    licensed_works: int | None = None,
    works_counted: Mapping[str, int] | None = None,
    indices: Indices | None = None,
) -> Quote:
    """Rate a sample as the first accounting period of a licence under these terms.

    Amounts due once are included. ``licensed_works`` is the size of the repertoire, which a price
    per licensed work needs; without it the works used stand in, and a note says so. What a
    quote leaves out is in its notes. ``works_counted`` says by price how many works it counts,
    where that is known and the works themselves are not. ``indices`` are the readings known; raises
    `IndexMissing` where the first period needs another.
    """
    works = _works(terms, sample, licensed_works)
    works |= {name: Works(count) for name, count in (works_counted or {}).items()}
    context = replace(first_period(terms), works=works, indices=indices or {})
    left_over = [tally for tally in unpriced(terms, sample.tallies) if tally.quantity]
    charges = rate(terms, sample.tallies, context)
    charged = Charged(context.starts_on, sum(charge.amount_minor for charge in charges))
    return Quote(
        terms.currency,
        (*charges, *bound(terms, [charged], context)),
        tuple(left_over),
        tuple(_notes(terms, licensed_works)),
    )


def first_period(terms: Terms) -> Context:
    """Return the accounting period that starts with the term and lasts one reporting cadence."""
    starts_on = terms.grant.starts_on
    months = MONTHS[cadence_of(terms)]
    return Context(starts_on, _months_later(starts_on, months) - timedelta(days=1), first=True)


def _months_later(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def _works(terms: Terms, sample: Sample, licensed_works: int | None) -> dict[str, Works]:
    counts: dict[str, Works] = {}
    for price in terms.prices:
        if isinstance(price, PerWork):
            used = sample.works_used(price, terms.grant.uses)
            known = price.count == "licensed" and licensed_works is not None
            counts[price.id] = Works(licensed_works or 0 if known else used)
    return counts


def _notes(terms: Terms, licensed_works: int | None) -> list[Fault]:
    notes = [
        Fault(name, "settled_later", f"The {name.replace('_', ' ')} looks beyond this one period.")
        for name in ("minimum_guarantee", "cap", "advance")
        if (clause := getattr(terms, name)) and getattr(clause, "window", "term") != "period"
    ]
    for at, price in enumerate(terms.prices):
        if isinstance(price, PerWork) and price.count == "licensed" and licensed_works is None:
            notes.append(
                Fault(
                    f"prices[{at}]",
                    "works_used_stand_in",
                    "The number of licensed works is not known here; the works used stand in.",
                )
            )
    return notes
