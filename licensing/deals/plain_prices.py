"""Prices in plain words: a sentence for each, and a table where it has tiers."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from licensing.deals.terms.prices import (
    Condition,
    Escalator,
    Flat,
    Graduated,
    Package,
    PerUnit,
    PerWork,
    Pool,
    Price,
    RevenueShare,
    Tier,
    UnitPrice,
    Volume,
)
from licensing.templatetags.money import percent, quantity
from licensing.templatetags.money import price as amount
from licensing.templatetags.periods import day
from licensing.templatetags.terms import listed, so_many, unit_name, word


@dataclass(frozen=True, slots=True)
class TierRow:
    """One band of quantity and what a unit in it costs."""

    band: str
    unit_price: str
    flat_fee: str


@dataclass(frozen=True, slots=True)
class PlainPrice:
    """One price as people read it; ``per`` heads the column of unit prices."""

    id: str
    title: str
    text: str
    per: str
    tiers: tuple[TierRow, ...]
    notes: tuple[str, ...]

    @property
    def has_flat_fees(self) -> bool:
        """Whether the table needs a column for them."""
        return any(tier.flat_fee for tier in self.tiers)


def describe_price(price: Price, currency: str) -> PlainPrice:
    """Write one price in the current language."""
    per = ""
    tiers: tuple[TierRow, ...] = ()
    if isinstance(price, Graduated | Volume):
        per = _per(price.per, price.unit)
        tiers = _tiers(price.tiers, price.unit, currency)
    return PlainPrice(
        id=price.id,
        title=word("price", price.model),
        text=_said(price, currency),
        per=per,
        tiers=tiers,
        notes=tuple(_notes(price, currency)),
    )


def _said(price: Price, currency: str) -> str:  # noqa: PLR0911 - one line for each model
    match price:
        case PerUnit():
            return _("%(amount)s %(per)s.") % {
                "amount": amount(price.unit_price, currency),
                "per": _per(price.per, price.unit),
            }
        case Graduated():
            return _("Each band of %(unit)s is charged at its own price.") % {
                "unit": unit_name(price.unit)
            }
        case Volume():
            return _("All %(unit)s are charged at the price of the band they reach.") % {
                "unit": unit_name(price.unit)
            }
        case Package():
            return _package(price, currency)
        case Flat():
            return _flat(price, currency)
        case PerWork():
            return _per_work(price, currency)
        case RevenueShare():
            return _("%(rate)s of %(base)s.") % {
                "rate": percent(price.rate),
                "base": word("base", price.base),
            }
        case Pool():
            return _("%(amount)s in every accounting period, divided among the works.") % {
                "amount": amount(price.amount, currency)
            }


def _per(per: Decimal, unit: str) -> str:
    return _("per %(units)s") % {"units": so_many(per, unit)}


def _package(price: Package, currency: str) -> str:
    text = _("%(amount)s for every started package of %(count)s %(unit)s.") % {
        "amount": amount(price.unit_price, currency),
        "count": quantity(price.per),
        "unit": unit_name(price.unit),
    }
    if price.free_units:
        text += " " + _("The first %(count)s are free.") % {"count": quantity(price.free_units)}
    return text


def _flat(price: Flat, currency: str) -> str:
    fee = {"amount": amount(price.amount, currency)}
    if price.due == "once":
        return _("%(amount)s, once.") % fee
    text = _("%(amount)s in every accounting period.") % fee
    if price.prorate:
        text += " " + _("A period partly inside the term costs its part of the days.")
    return text


def _per_work(price: PerWork, currency: str) -> str:
    return _("%(amount)s for %(count)s, %(window)s.") % {
        "amount": amount(price.amount, currency),
        "count": word("count", price.count),
        "window": word("window", price.tally),
    }


def _tiers(tiers: tuple[Tier, ...], unit: str, currency: str) -> tuple[TierRow, ...]:
    rows = []
    floor: Decimal | None = None
    for tier in tiers:
        rows.append(
            TierRow(
                band=_band(floor, tier.up_to, unit),
                unit_price=amount(tier.unit_price, currency),
                flat_fee=amount(tier.flat_fee, currency) if tier.flat_fee is not None else "",
            )
        )
        floor = tier.up_to
    return tuple(rows)


def _band(floor: Decimal | None, ceiling: Decimal | None, unit: str) -> str:
    bounds = {
        "floor": quantity(floor),
        "ceiling": quantity(ceiling),
        "unit": unit_name(unit),
    }
    if floor is None and ceiling is None:
        return _("All %(unit)s") % bounds
    if floor is None:
        return _("Up to %(ceiling)s %(unit)s") % bounds
    if ceiling is None:
        return _("Above %(floor)s %(unit)s") % bounds
    return _("Above %(floor)s, up to %(ceiling)s %(unit)s") % bounds


def _notes(price: Price, currency: str) -> list[str]:
    notes = []
    if price.uses is not None:
        notes.append(_("Only for %(uses)s.") % {"uses": listed(price.uses, "use")})
    window = {"window": word("window", price.tally)}
    if isinstance(price, Graduated | Volume) and price.tally != "period":
        notes.append(_("Quantities add up %(window)s before a band is looked up.") % window)
    elif isinstance(price, UnitPrice) and price.tally != "period":
        notes.append(_("Quantities add up %(window)s.") % window)
    if isinstance(price, RevenueShare) and price.unit != "revenue":
        notes.append(_("Reported in %(unit)s.") % {"unit": unit_name(price.unit)})
    if isinstance(price, RevenueShare) and price.deductions:
        notes.append(_("Taken off first: %(units)s.") % {"units": listed(price.deductions, "unit")})
    if price.minimum is not None:
        least = {"amount": amount(price.minimum, currency), **window}
        notes.append(_("At least %(amount)s %(window)s, once it costs anything.") % least)
    if price.maximum is not None:
        most = {"amount": amount(price.maximum, currency), **window}
        notes.append(_("At most %(amount)s %(window)s.") % most)
    if price.zero_usage == "charge":
        notes.append(_("Charged even where nothing was used."))
    notes.extend(
        _("Counted %(times)s times for %(what)s.")
        % {"times": quantity(factor.times), "what": _condition(factor.when)}
        for factor in price.factors
    )
    notes.extend(_escalated(step) for step in price.escalators)
    return notes


def _escalated(step: Escalator) -> str:
    if step.index is not None:
        return _(
            "Multiplied from %(day)s by %(series)s of %(month)s divided by that of %(base)s."
        ) % {**dict(step.index), "day": day(step.starts_on)}
    return _("Multiplied by %(times)s from %(day)s.") % {
        "times": quantity(step.times or 0),
        "day": day(step.starts_on),
    }


def _condition(when: Condition) -> str:
    tables = {"territory": "territory", "language": "language", "media": "medium"}
    said = []
    for dimension, values in when.dimensions().items():
        words = listed(values, tables.get(dimension, "dimension"))
        if dimension == "generation":
            words = _("model generation %(names)s") % {"names": words}
        said.append(words)
    return "; ".join(said)
