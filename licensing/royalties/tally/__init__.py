"""What was used in a period, counted from the lines of its reports, and who shares in it.

DuckDB joins Parquet with Parquet: a hundred million lines become a handful of tallies and one row
per payee and weight total.
"""

from licensing.royalties.tally.in_force import ReportFile, opened
from licensing.royalties.tally.lines import Count, PeriodLines, TooMuch, UsedLine
from licensing.royalties.tally.measure import EVERYTHING, Kind, Measure, Stated

__all__ = [
    "EVERYTHING",
    "Count",
    "Kind",
    "Measure",
    "PeriodLines",
    "ReportFile",
    "Stated",
    "TooMuch",
    "UsedLine",
    "opened",
]
