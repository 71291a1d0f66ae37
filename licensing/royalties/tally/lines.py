"""The questions that the lines in force of a period answer.

Sums are 128-bit integers and an overflow is an error, never a wrap.
"""

# ruff: noqa: S608 -- every inserted value is a constant of ours or goes through `quoted`

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from licensing.errors import LicensingError
from licensing.evidence import Engine, Overflow, quoted
from licensing.royalties.allocation import SUSPENSE, Numerator
from licensing.royalties.rates import DIMENSIONS, Tally
from licensing.royalties.tally.measure import (
    EVERYTHING,
    Kind,
    Measure,
    of_kinds,
    seen,
    unseen,
    used,
)

LARGEST_64_BITS = 2**63 - 1
NO_DETAIL = """
    SELECT '' AS price_id, '' AS payee, 0::BIGINT AS work_id, 0::DECIMAL(38, 6) AS quantity,
           0::BIGINT AS weight, 0::BIGINT AS weight_total, 0::HUGEINT AS numerator,
           0::BIGINT AS lines, '' AS territory
    WHERE false
"""


class TooMuch(LicensingError):
    """Quantities and weights multiply to more than 128 bits can hold."""

    code = "quantity_overflow"
    status = 422


@dataclass(frozen=True, slots=True)
class Count:
    """What one combination of use, unit and stated dimensions was used; '' is not stated."""

    use: str
    unit: str
    territory: str
    language: str
    media: str
    generation: str
    quantity: Decimal
    lines: int

    @property
    def tally(self) -> Tally:
        """The count as rating takes it; what is not stated is None."""
        stated = {name: getattr(self, name) or None for name in DIMENSIONS}
        return Tally(self.use, self.unit, self.quantity, **stated)


@dataclass(frozen=True, slots=True)
class UsedLine:
    """A usage line as it counts now, with the report that holds it."""

    report: str
    line_no: int
    line_id: str
    work: str
    use: str
    unit: str
    territory: str
    quantity: Decimal


class PeriodLines:
    """The lines in force of one licence and period, open for questions."""

    def __init__(self, engine: Engine, *, by_country: bool = False) -> None:
        self._engine = engine
        self._by_country = by_country
        self._counted: dict[str, list[Count]] = {}
        self._told: frozenset[str] | None = None

    def sum_by_work(self, asked: Collection[str] = DIMENSIONS) -> None:
        """Sum the lines by work, kind and the dimensions ``asked`` for, to be read from then on.

        And by the territory whose shares stand, where some work has shares for a country. Counts
        and every price then read a row per work, not the lines again. Raises `TooMuch`.
        """
        dimensions = [one for one in DIMENSIONS if one in asked]
        lines, places = ("placed", ["standing"]) if self._by_country else ("in_force", [])
        told = ", ".join(["work_id", *places, '"use"', "unit", *dimensions])
        self._ask(
            f"""
            CREATE OR REPLACE TABLE by_work AS
            SELECT {told}, sum(quantity) AS quantity, count(*) AS lines
            FROM {lines} GROUP BY ALL
            """
        )
        self._told = frozenset(asked)

    def counts(self, asked: Collection[str] = DIMENSIONS) -> list[Count]:
        """Return exact quantities by use, unit and what lines state, in that order.

        Only the dimensions ``asked`` for are told apart; the others are ''. The lines are read
        once, however often this is asked.
        """
        told = ", ".join(name if name in asked else f"'' AS {name}" for name in DIMENSIONS)
        if told not in self._counted:
            summed = self._told is not None and self._told.issuperset(asked)
            source, lines = ("by_work", "sum(lines)") if summed else ("in_force", "count(*)")
            rows = self._ask(
                f"""
                SELECT "use", unit, {told}, sum(quantity), CAST({lines} AS BIGINT)
                FROM {source} GROUP BY ALL ORDER BY ALL
                """
            )
            self._counted[told] = [Count(*row) for row in rows]
        return self._counted[told]

    def tallies(self, asked: Collection[str] = DIMENSIONS) -> list[Tally]:
        """Return the counts as rating takes them."""
        return [count.tally for count in self.counts(asked)]

    def lines(self, asked: Collection[str] = DIMENSIONS) -> int:
        """Return how many lines are counted."""
        return sum(count.lines for count in self.counts(asked))

    def works_used(self, measure: Measure = EVERYTHING) -> int:
        """Return how many distinct works were used at all and were not paid for before."""
        return int(
            self._ask(
                f"""
                SELECT count(DISTINCT work_id) FROM in_force
                WHERE quantity > 0 AND {of_kinds(measure.kinds)} AND {unseen(measure)}
                """
            )[0][0]
        )

    def works_seen(self, measure: Measure) -> int:
        """Return how many distinct works earlier closes divided the price of a measure among."""
        if not measure.seen:
            return 0
        return int(self._ask(f"SELECT count(DISTINCT work_id) FROM ({seen(measure)})")[0][0])

    def lay_out(self, prices: Mapping[str, Measure]) -> None:
        """Work out what each payee's part of each price is made of: a row per payee and work.

        And per territory, where works have shares of their own for a country. It is kept for
        `numerators` and `write_detail`. Raises `TooMuch`.
        """
        asked = {name for measure in prices.values() for name in measure.dimensions}
        if self._told is None or not asked <= self._told:
            self.sum_by_work(asked)
        # Sorted as the names are: numbers compare faster than texts, and order a million rows.
        self._enumerate("payees", f"SELECT payee FROM shares UNION SELECT {quoted(SUSPENSE)}")
        named = " UNION ".join(f"SELECT {quoted(one)}" for one in prices) or "SELECT ''"
        self._enumerate("prices", named)
        # A part of a work that nobody owns needs its total; a whole work is told by none.
        unowned = "CASE territories WHEN 1 THEN 0 ELSE territories END" if self._by_country else "0"
        selects = [
            f"""
            SELECT CAST({quoted(price_id)} AS prices) AS price_id,
                   coalesce(CAST(payee AS payees), CAST({quoted(SUSPENSE)} AS payees)) AS payee,
                   used.work_id, quantity, coalesce(weight, 1) AS weight,
                   coalesce(weight_total * territories, {unowned}) AS weight_total,
                   parts * coalesce(weight, 1) AS numerator, lines, standing AS territory
            FROM ({self._used(measure)}) AS used
            LEFT JOIN shares ON {self._reached("used.work_id")}
            """
            for price_id, measure in sorted(prices.items(), key=lambda one: one[0])
        ]
        rows = " UNION ALL ".join(selects) or NO_DETAIL
        self._ask(f"CREATE OR REPLACE TABLE detail AS {rows}")

    def _enumerate(self, name: str, values: str) -> None:
        """Make a type of these texts, in their order."""
        ordered = f"SELECT one FROM ({values}) AS t(one) ORDER BY one"
        self._ask(f"CREATE OR REPLACE TYPE {name} AS ENUM ({ordered})")

    def _is_alone(self, measure: Measure) -> bool:
        """Whether no work has two rows of sums that a measure counts."""
        kinds = [(one.use, one.unit) for one in self.counts(self._told or ())]
        counted = [one for one in kinds if measure.kinds is None or one in measure.kinds]
        return len(counted) <= 1

    def numerators(self, price_id: str) -> list[Numerator]:
        """Return Σ quantity × weight per payee and weight total, in millionths of a unit.

        Works that nobody owns come as suspense with weight total 0. A price that was not laid out
        has none. Raises `TooMuch`.
        """
        rows = self._ask(
            f"""
            SELECT payee, weight_total, sum(numerator)
            FROM detail WHERE price_id = {quoted(price_id)} GROUP BY ALL ORDER BY ALL
            """
        )
        return [Numerator(payee, int(total), int(numerator)) for payee, total, numerator in rows]

    def write_detail(self, path: Path) -> None:
        """Write what was laid out as Parquet, so that a figure is followed to the lines of a work.

        Columns: ``price_id, payee, work_id, quantity, weight, weight_total, numerator, lines,
        territory``, which is the one whose shares stand. A payee's rows stand together, those
        that weigh most first, as a statement shows them. Raises `TooMuch`.
        """
        ((largest,),) = self._ask("SELECT coalesce(max(numerator), 0) FROM detail")
        narrow = "BIGINT" if largest <= LARGEST_64_BITS else "HUGEINT"
        last = ", territory" if self._by_country else ""
        self._ask(
            f"""
            COPY (
                SELECT * REPLACE (CAST(numerator AS DECIMAL(38, 0)) AS numerator) FROM detail
                ORDER BY price_id, payee,
                    CAST(numerator AS {narrow}) // greatest(weight_total, 1) DESC, work_id{last}
            ) TO {quoted(path)} (FORMAT parquet, COMPRESSION zstd)
            """
        )

    def lines_of(
        self, work_id: int, kinds: Collection[Kind] | None = None, *, most: int = 500
    ) -> list[UsedLine]:
        """Return the lines of a work as they count, by report and line, ``most`` at the most."""
        rows = self._ask(
            f"""
            SELECT report, line_no, line_id, work, "use", unit, territory, quantity
            FROM in_force WHERE work_id = {int(work_id)} AND {of_kinds(kinds)}
            ORDER BY report, line_no LIMIT {int(most)}
            """
        )
        return [UsedLine(*row) for row in rows]

    def write_lines_of(self, path: Path, payee: str, uses: Collection[str], unit: str) -> None:
        """Write the lines in force of a payee's works as CSV, with the payee's share of each.

        Only those of some uses and, unless it is empty, of one unit; as reports hold them.
        """
        lines = "placed" if self._by_country else "in_force"
        of_unit = f"AND unit = {quoted(unit)}" if unit else ""
        named = ", ".join(quoted(use) for use in sorted(uses))
        self._ask(
            f"""
            COPY (
                SELECT report, line_no, line_id, work, "use", unit, line.territory, quantity,
                       weight, weight_total
                FROM {lines} AS line JOIN shares ON {self._reached("line.work_id")}
                WHERE payee = {quoted(payee)} AND "use" IN ({named}) {of_unit}
                ORDER BY report, line_no
            ) TO {quoted(path)} (FORMAT csv, HEADER)
            """
        )

    def _used(self, measure: Measure) -> str:
        return used(measure, alone=self._is_alone(measure), by_country=self._by_country)

    def _reached(self, work_id: str) -> str:
        """Return the condition that a share stands for a work's use."""
        joined = f"shares.work_id = {work_id}"
        return f"{joined} AND shares.territory = standing" if self._by_country else joined

    def _ask(self, statement: str) -> list[tuple[Any, ...]]:
        try:
            return self._engine.execute(statement).fetchall()
        except Overflow as error:
            raise TooMuch(f"The quantities of this period cannot be multiplied: {error}") from error
