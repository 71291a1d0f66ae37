"""Figures of statements that a page needs and their document does not carry."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import template

from licensing.royalties.models import ChargeKind

register = template.Library()


@register.simple_tag
def deducted_from(stated: Mapping[str, Any]) -> int:
    """Return what lies between gross and net of a line or a whole statement, in minor units."""
    return int(stated["gross_minor"]) - int(stated["net_minor"])


@register.filter
def charge_kind(kind: str) -> str:
    """Return what a charge is for in words: ``recoupment``."""
    return str(ChargeKind(kind).label)


@register.filter
def trimmed(number: Decimal) -> str:
    """Write a decimal without trailing zeros: ``158.000000`` is ``158``."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@register.filter
def signed_percent(share: int) -> str:
    """Write whole per cent with its sign: ``+12%``, ``±0%``."""
    return f"{share:+,d}%".replace("-", "\N{MINUS SIGN}") if share else "±0%"


@register.simple_tag
def opposite(amount_minor: int) -> int:
    """Return an amount with its sign turned: a credit as the positive number its column shows."""
    return -amount_minor
