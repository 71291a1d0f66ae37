"""From the lines in force to rated and divided prices; what a close books and `verify` repeats."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from licensing.deals import terms as contract
from licensing.deals.terms.prices import PerWork, Price, UnitPrice
from licensing.royalties import periods, rates
from licensing.royalties.allocation import SUSPENSE, Numerator
from licensing.royalties.booking import RatedPrice
from licensing.royalties.division import divide
from licensing.royalties.tally import Count, Measure, PeriodLines
from licensing.usage.evidence import engine, quoted, workplace

Step = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Repertoire:
    """The works a licence covers: how many, and the Parquet of who shares in those owned."""

    works: int
    shares: Path


def rated_prices(
    terms: contract.Terms,
    span: periods.Span,
    lines: PeriodLines,
    repertoire: Repertoire,
    step: Step,
) -> Iterator[RatedPrice]:
    """Yield each price of a period rated whole and divided among its payees.

    ``step`` is called after each price, for a progress bar.
    """
    context = rates.Context(
        starts_on=span.starts_on,
        ends_on=span.ends_on,
        first=periods.is_first(terms, span),
        works=_works(terms, lines, repertoire.works),
    )
    fees = [(fee.to, fee.rate) for fee in terms.fees]
    found = measures(terms, lines)
    for draft in rates.rate(terms, lines.tallies(), context):
        measure = found.get(draft.price_id)
        numerators = lines.numerators(measure) if measure else equally(repertoire)
        yield RatedPrice(draft, divide(draft.amount_minor, numerators, fees))
        step()


def measures(terms: contract.Terms, lines: PeriodLines) -> Mapping[str, Measure]:
    """Return what divides each price, by its id; a price left out is divided equally.

    A price per unit is divided by the lines it counts, each as often as its factors count it; a
    price per work used by the works used, each counting one. A fixed amount counts nothing: it is
    divided by the lines of its uses if they are all of one unit. What falls due without usage, or
    where several units would have to be added, or for every licensed work, gives every licensed
    work the same.
    """
    counts = [one for one in lines.counts() if one.quantity]
    found = ((price.id, _measure(terms, price, counts)) for price in terms.prices)
    return {price_id: measure for price_id, measure in found if measure}


def _measure(terms: contract.Terms, price: Price, counts: Sequence[Count]) -> Measure | None:
    uses = contract.expand(price.uses or terms.grant.uses)
    used = [one for one in counts if one.use in uses]
    if isinstance(price, UnitPrice):
        counted = [one for one in used if one.unit == price.unit]
        return Measure(_kinds(counted), _times(price, counted)) if counted else None
    if isinstance(price, PerWork):
        each = price.count == "used" and used
        return Measure(_kinds(used), each_work=True) if each else None
    return Measure(_kinds(used)) if len({one.unit for one in used}) == 1 else None


def _kinds(counts: Sequence[Count]) -> list[tuple[str, str]]:
    return sorted({(one.use, one.unit) for one in counts})


def _times(price: UnitPrice, counts: Sequence[Count]) -> dict[str, int]:
    """Return how often each territory counts, in whole numbers of one proportion.

    Empty where all count alike, and where factors leave nothing of any: the price then bills a
    minimum, and usage is all there is to divide it by.
    """
    often = {
        one.territory: rates.times(
            price, rates.Tally(one.use, one.unit, one.quantity, territory=one.territory or None)
        )
        for one in counts
    }
    common = math.lcm(*(times.denominator for times in often.values()))
    whole = {place: int(times * common) for place, times in often.items()}
    smallest = math.gcd(*whole.values())
    if len(set(whole.values())) == 1:
        return {}
    return {place: times // smallest for place, times in whole.items()}


def _works(terms: contract.Terms, lines: PeriodLines, licensed: int) -> dict[str, rates.Works]:
    counts = lines.counts()
    works = {}
    for price in terms.prices:
        if isinstance(price, PerWork):
            uses = contract.expand(price.uses or terms.grant.uses)
            used = _kinds([one for one in counts if one.use in uses])
            works[price.id] = rates.Works(
                licensed if price.count == "licensed" else lines.works_used(used)
            )
    return works


def equally(repertoire: Repertoire) -> list[Numerator]:
    """Return one unit for every licensed work, divided by its shares; unowned ones suspended."""
    shares = repertoire.shares
    with workplace() as folder, engine(folder, reads=[shares]) as duck:
        rows = duck.execute(
            "SELECT payee, weight_total, sum(weight)::HUGEINT "  # noqa: S608  # our own path
            f"FROM read_parquet({quoted(shares)}) GROUP BY ALL ORDER BY ALL"
        ).fetchall()
        ((owned,),) = duck.execute(
            f"SELECT count(DISTINCT work_id) FROM read_parquet({quoted(shares)})"  # noqa: S608  # our own path
        ).fetchall()
    found = [Numerator(payee, int(total), int(weight)) for payee, total, weight in rows]
    unowned = repertoire.works - int(owned)
    return [*found, Numerator(SUSPENSE, 0, unowned)] if unowned else found
