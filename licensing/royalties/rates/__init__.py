"""PURE. Tallies in, charges out, each with a trace that `replay` proves."""

from licensing.royalties.rates.bounds import Charged, bound
from licensing.royalties.rates.matching import price_for, times, unpriced
from licensing.royalties.rates.rating import AmountTooLarge, rate
from licensing.royalties.rates.tallies import ChargeDraft, Context, Tally, Works
from licensing.royalties.rates.trace import BrokenTrace, Record, replay

__all__ = [
    "AmountTooLarge",
    "BrokenTrace",
    "ChargeDraft",
    "Charged",
    "Context",
    "Record",
    "Tally",
    "Works",
    "bound",
    "price_for",
    "rate",
    "replay",
    "times",
    "unpriced",
]
