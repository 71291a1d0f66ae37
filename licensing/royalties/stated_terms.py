"""PURE. What a statement's line says of the terms it was charged by: basis, rate, unit.

The words are data, the same in every language: they are frozen and hashed with the statement.
"""

from decimal import Decimal

from licensing.deals.terms.prices import (
    Flat,
    Graduated,
    Package,
    PerUnit,
    PerWork,
    Pool,
    Price,
    RevenueShare,
    Tier,
    Volume,
)


def basis_of(price: Price | None) -> str:
    """Return what the rate is applied to; empty for an amount that no price names."""
    match price:
        case None:
            return ""
        case RevenueShare():
            return f"{price.base}_revenue"
        case PerWork():
            return f"works_{price.count}"
        case Flat() | Pool():
            return "fixed"
        case PerUnit() | Graduated() | Volume() | Package():
            return "units"


def rate_of(price: Price | None) -> str:  # one line for each model
    """Return a price as the terms have it, in major units: ``2.50 / 1000000``, ``0.25``.

    Bands stand one after the other, each with the bound it reaches: ``<= 1000: 3.00 / 1``.
    """
    match price:
        case None:
            return ""
        case PerUnit():
            return _each(price.unit_price, price.per)
        case Graduated() | Volume():
            return "; ".join(_band(tier, price.per) for tier in price.tiers)
        case Package():
            return f"{_each(price.unit_price, price.per)}, {price.free_units:f} free"
        case RevenueShare():
            return f"{price.rate:f}"
        case Flat() | Pool() | PerWork():
            return f"{price.amount:f}"


def _each(unit_price: Decimal, per: Decimal) -> str:
    return f"{unit_price:f} / {per:f}"


def _band(tier: Tier, per: Decimal) -> str:
    bound = "more" if tier.up_to is None else f"<= {tier.up_to:f}"
    fee = f" + {tier.flat_fee:f}" if tier.flat_fee else ""
    return f"{bound}: {_each(tier.unit_price, per)}{fee}"
