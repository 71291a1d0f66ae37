"""PURE. How much of a payee's part is held in reserve, and when it is released."""

import calendar
from datetime import date
from decimal import Decimal
from fractions import Fraction

from ledger.money import Currency, round_half_away

_WHOLE_UNITS = Currency("XXX", 0)
"""Minor units are rounded as they stand."""


def held_minor(*, net_minor: int, given_minor: int, rate: Decimal) -> int:
    """Return what is to be held of a payee's part of a price in a whole period, minor units.

    ``net_minor`` is the part after fees as it is now, ``given_minor`` what of it is payable or was
    paid already. The reserve is ``rate`` of the part, rounded once, half away from zero; but what
    a correction takes away comes out of the reserve before anything payable is touched. Nothing
    is held of a part that is not above zero.
    """
    most = round_half_away(max(net_minor, 0) * Fraction(rate), _WHOLE_UNITS)
    return max(0, min(most, net_minor - given_minor))


def release_on(ends_on: date, months: int) -> date:
    """Return the day a period's reserve is released: the last of the month so many months later."""
    years, month = divmod(ends_on.month - 1 + months, 12)
    year = ends_on.year + years
    return date(year, month + 1, calendar.monthrange(year, month + 1)[1])
