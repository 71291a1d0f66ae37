"""The simulator of a deal: sample counts in, charges, their division and curves out.

Nothing is stored and nothing is sent to the other side; the numbers stand in the page's address.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from licensing.charts import curve as drawing
from licensing.charts.markup import Caption
from licensing.deals import terms as contract
from licensing.deals.labels import CLAUSES
from licensing.deals.terms.prices import UnitPrice
from licensing.royalties.allocation import SUSPENSE, allocate_charge
from licensing.royalties.indices.readings import as_indices, of_terms
from licensing.royalties.quote import Quote, quote
from licensing.royalties.rates import CAP, GUARANTEE, ChargeDraft, Indices
from licensing.royalties.sample import Sample
from licensing.royalties.sample_form import Asked, usual_quantity
from licensing.royalties.simulation import Curve, curve
from licensing.templatetags.money import money, percent, quantity
from licensing.templatetags.money import price as price_text
from licensing.templatetags.terms import unit_name, word

ROWS = 8


@dataclass(frozen=True, slots=True)
class Drawing:
    """One price's curve, with some of its points for a table."""

    price_id: str
    unit: str
    svg: str
    rows: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class ShownCharge:
    """One charge in words; ``counted`` is empty where nothing was."""

    name: str
    counted: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Simulation:
    """What sample counts come to under some terms."""

    quote: Quote
    charges: Sequence[ShownCharge]
    waterfall: Sequence[Mapping[str, Any]]
    drawings: Sequence[Drawing]
    notes: Sequence[str]


def simulate(terms: contract.Terms, asked: Asked) -> Simulation:
    """Price one accounting period, the first of the term, in which so much was used."""
    prices = [price for price in terms.prices if isinstance(price, UnitPrice)]
    tallies = [tally for price in prices for tally in asked.tallies(terms, price)]
    indices = as_indices(of_terms(terms, terms.grant.starts_on))
    priced = quote(terms, Sample(tallies, {}), works_counted=asked.works, indices=indices)
    return Simulation(
        priced,
        tuple(_charge(charge) for charge in priced.charges),
        tuple(_waterfall(terms, priced)),
        [_draw(terms, price, asked, indices) for price in prices],
        tuple(_notes(terms)),
    )


def _charge(charge: ChargeDraft) -> ShownCharge:
    """Say a price by its id, and what bounds all prices by its clause."""
    is_bound = charge.price_id in (CAP, GUARANTEE)
    name = str(CLAUSES[charge.price_id]) if is_bound else charge.price_id
    if is_bound:
        counted = ""
    elif charge.unit is None:
        counted = _("fixed amount")
    else:
        counted = f"{quantity(charge.quantity)} {unit_name(charge.unit)}"
    return ShownCharge(name, counted, charge.amount_minor)


def _notes(terms: contract.Terms) -> Iterator[str]:
    """Yield what one period cannot show of the clauses that look beyond it."""
    guarantee, cap, advance = terms.minimum_guarantee, terms.cap, terms.advance
    if guarantee is not None and guarantee.window != "period":
        yield _("Minimum guarantee: %(amount)s %(window)s. It is trued up when that ends.") % {
            "amount": price_text(guarantee.amount, terms.currency),
            "window": word("window", guarantee.window),
        }
    if cap is not None and cap.window != "period":
        yield _("Cap: %(amount)s %(window)s. Later periods count towards it too.") % {
            "amount": price_text(cap.amount, terms.currency),
            "window": word("window", cap.window),
        }
    if advance is not None:
        yield _("Advance: %(amount)s, paid ahead. What is charged here is earned back from it.") % {
            "amount": price_text(advance.amount, terms.currency)
        }
    if terms.reserve is not None:
        yield ngettext(
            "Reserve: %(rate)s of each payee’s part is held back for %(count)d month.",
            "Reserve: %(rate)s of each payee’s part is held back for %(count)d months.",
            terms.reserve.months,
        ) % {"rate": percent(terms.reserve.rate), "count": terms.reserve.months}
    if any(price.tally != "period" for price in terms.prices):
        yield _("Some quantities add up over more than one period; here they start at nothing.")


def _waterfall(terms: contract.Terms, priced: Quote) -> Iterator[Mapping[str, Any]]:
    """Yield the steps from the charges to what is left for the payees."""
    fees = [(fee.to, fee.rate) for fee in terms.fees]
    divided = [allocate_charge(charge.amount_minor, [], fees) for charge in priced.charges]
    yield {"label": _("Charges"), "amount_minor": priced.total_minor, "kind": "total"}
    for recipient, _rate in fees:
        taken = sum(one.fees[recipient] for one in divided)
        yield {"step": f"{recipient}_fee", "amount_minor": -taken}
    left = sum(one.parts[SUSPENSE] for one in divided)
    yield {"label": _("For the payees"), "amount_minor": left, "kind": "total"}


def _draw(terms: contract.Terms, price: UnitPrice, asked: Asked, indices: Indices) -> Drawing:
    count = asked.quantities[price.id, price.unit]
    most = max(count * 2, usual_quantity(price, price.unit))
    beside = asked.beside(terms, price)
    found = curve(terms, price.id, most, stated=asked.stated, beside=beside, indices=indices)
    points = [drawing.Point(Fraction(point.quantity), point.amount_minor) for point in found.points]
    unit = unit_name(price.unit)
    svg = drawing.curve(
        points,
        axis=drawing.Axis(
            f"{quantity(most)} {unit}",
            money(max(point.charge_minor for point in points), terms.currency),
        ),
        caption=Caption(
            f"curve-{price.id}",
            _("What “%(price)s” charges as usage grows") % {"price": price.id},
        ),
        marks=[drawing.Mark(Fraction(bound), quantity(bound)) for bound in found.bounds],
        sample=_asked_point(terms, price, asked, indices),
    )
    return Drawing(price.id, unit, svg, tuple(_rows(terms, found)))


def _asked_point(
    terms: contract.Terms, price: UnitPrice, asked: Asked, indices: Indices
) -> tuple[drawing.Point, str] | None:
    count = asked.quantities[price.id, price.unit]
    if not count:
        return None
    beside = asked.beside(terms, price)
    drawn = curve(terms, price.id, count, 1, stated=asked.stated, beside=beside, indices=indices)
    last = drawn.points[-1]
    point = drawing.Point(Fraction(count), last.amount_minor)
    return point, money(last.amount_minor, terms.currency)


def _rows(terms: contract.Terms, found: Curve) -> Iterator[tuple[str, str]]:
    every = max(len(found.points) // ROWS, 1)
    for at, point in enumerate(found.points):
        if at % every == 0 or point.quantity in found.bounds or at == len(found.points) - 1:
            yield quantity(point.quantity), money(point.amount_minor, terms.currency)
