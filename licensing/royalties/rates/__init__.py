"""PURE. Tallies in, charges out, each with a trace that `replay` proves."""

from licensing.royalties.rates.bounds import CAP, GUARANTEE, Charged, bound
from licensing.royalties.rates.escalation import IndexMissing, Indices, readings_named
from licensing.royalties.rates.matching import DIMENSIONS, price_for, times, unpriced
from licensing.royalties.rates.rating import AmountTooLarge, rate
from licensing.royalties.rates.tallies import ChargeDraft, Context, Tally, Works
from licensing.royalties.rates.trace import BrokenTrace, Record, replay
from licensing.royalties.rates.window import has_earlier_periods, reaches

__all__ = [
    "CAP",
    "DIMENSIONS",
    "GUARANTEE",
    "AmountTooLarge",
    "BrokenTrace",
    "ChargeDraft",
    "Charged",
    "Context",
    "IndexMissing",
    "Indices",
    "Record",
    "Tally",
    "Works",
    "bound",
    "has_earlier_periods",
    "price_for",
    "rate",
    "reaches",
    "readings_named",
    "replay",
    "times",
    "unpriced",
]
