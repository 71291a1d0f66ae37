"""The simulator of a deal: sample counts in, charges, their division and curves out.

Nothing is stored and nothing is sent to the other side; the numbers stand in the page's address.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from licensing.charts import curve as drawing
from licensing.charts.markup import Caption
from licensing.deals import terms as contract
from licensing.deals.drafting.fields import NumberField
from licensing.deals.terms.prices import Graduated, UnitPrice, Volume
from licensing.royalties.allocation import SUSPENSE, allocate_charge
from licensing.royalties.quote import Quote, quote
from licensing.royalties.rates import Tally
from licensing.royalties.sample import QUANTITY, Sample
from licensing.royalties.simulation import Curve, curve
from licensing.templatetags.money import money, quantity
from licensing.templatetags.terms import unit_name

USUAL_PACKAGES = 1000
ROWS = 8


class SampleForm(forms.Form):
    """One quantity for each price that counts units."""

    def __init__(self, terms: contract.Terms, data: Mapping[str, Any] | None) -> None:
        self.counted = [price for price in terms.prices if isinstance(price, UnitPrice)]
        usual = {price.id: format(usual_quantity(price), "f") for price in self.counted}
        super().__init__(data=data or usual)
        for price in self.counted:
            self.fields[price.id] = NumberField(
                label=_("%(unit)s in one period, priced by “%(price)s”")
                % {"unit": unit_name(price.unit).capitalize(), "price": price.id},
                required=False,
                max_length=40,
            )

    def clean(self) -> dict[str, Any]:
        """Refuse what no usage line could say, at its field."""
        asked = super().clean() or {}
        for price in self.counted:
            text = asked.get(price.id) or "0"
            if not QUANTITY.fullmatch(text):
                self.add_error(price.id, gettext_lazy("Write a number such as 1,000,000."))
        return asked

    def quantities(self) -> dict[str, Decimal]:
        """Return the quantity asked for each price; nothing written is none."""
        return {price.id: Decimal(self.cleaned_data[price.id] or "0") for price in self.counted}


def usual_quantity(price: UnitPrice) -> Decimal:
    """Return a quantity that shows a price at work: past its last tier's bound, if it has tiers."""
    if isinstance(price, Graduated | Volume):
        bounds = [tier.up_to for tier in price.tiers if tier.up_to is not None]
        if bounds:
            return bounds[-1] * 2
    return getattr(price, "per", Decimal(1)) * USUAL_PACKAGES


@dataclass(frozen=True, slots=True)
class Drawing:
    """One price's curve, with some of its points for a table."""

    price_id: str
    unit: str
    svg: str
    rows: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Simulation:
    """What sample counts come to under some terms."""

    quote: Quote
    waterfall: Sequence[Mapping[str, Any]]
    drawings: Sequence[Drawing]


def simulate(terms: contract.Terms, asked: Mapping[str, Decimal]) -> Simulation:
    """Price one accounting period, the first of the term, in which so much was used."""
    prices = [price for price in terms.prices if isinstance(price, UnitPrice)]
    tallies = [
        Tally((price.uses or terms.grant.uses)[0], price.unit, asked[price.id]) for price in prices
    ]
    priced = quote(terms, Sample(tallies, {}))
    drawings = [_draw(terms, price, asked[price.id]) for price in prices]
    return Simulation(priced, tuple(_waterfall(terms, priced)), drawings)


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


def _draw(terms: contract.Terms, price: UnitPrice, asked: Decimal) -> Drawing:
    most = max(asked * 2, usual_quantity(price))
    found = curve(terms, price.id, most)
    unit = unit_name(price.unit)
    return Drawing(price.id, unit, _svg(terms, price, found, asked), tuple(_rows(terms, found)))


def _svg(terms: contract.Terms, price: UnitPrice, found: Curve, asked: Decimal) -> str:
    points = [drawing.Point(Fraction(point.quantity), point.amount_minor) for point in found.points]
    highest = max(point.charge_minor for point in points)
    unit = unit_name(price.unit)
    return drawing.curve(
        points,
        axis=drawing.Axis(
            f"{quantity(found.points[-1].quantity)} {unit}", money(highest, terms.currency)
        ),
        caption=Caption(
            f"curve-{price.id}",
            _("What “%(price)s” charges as usage grows") % {"price": price.id},
        ),
        marks=[drawing.Mark(Fraction(bound), quantity(bound)) for bound in found.bounds],
        sample=_asked_point(terms, price, asked),
    )


def _asked_point(
    terms: contract.Terms, price: UnitPrice, asked: Decimal
) -> tuple[drawing.Point, str] | None:
    if not asked:
        return None
    last = curve(terms, price.id, asked, intervals=1).points[-1]
    point = drawing.Point(Fraction(asked), last.amount_minor)
    return point, money(last.amount_minor, terms.currency)


def _rows(terms: contract.Terms, found: Curve) -> Iterator[tuple[str, str]]:
    every = max(len(found.points) // ROWS, 1)
    for at, point in enumerate(found.points):
        if at % every == 0 or point.quantity in found.bounds or at == len(found.points) - 1:
            yield quantity(point.quantity), money(point.amount_minor, terms.currency)
