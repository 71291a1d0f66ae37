"""From the lines in force to rated and divided prices; what a close books and `verify` repeats."""

from collections.abc import Callable, Collection, Iterator
from pathlib import Path

from licensing.deals import terms as contract
from licensing.deals.terms.prices import Price, UnitPrice
from licensing.royalties import periods, rates
from licensing.royalties.allocation import Numerator
from licensing.royalties.booking import RatedPrice
from licensing.royalties.division import divide
from licensing.royalties.tally import Kind, PeriodLines
from licensing.usage.evidence import engine, quoted, workplace

Step = Callable[[], None]


def rated_prices(
    terms: contract.Terms, span: periods.Span, lines: PeriodLines, shares: Path, step: Step
) -> Iterator[RatedPrice]:
    """Yield each price of a period rated whole and divided among its payees.

    ``step`` is called after each, for a progress bar.
    """
    context = rates.Context(
        starts_on=span.starts_on, ends_on=span.ends_on, first=periods.is_first(terms, span)
    )
    fees = [(fee.to, fee.rate) for fee in terms.fees]
    by_id = {price.id: price for price in terms.prices}
    for draft in rates.rate(terms, lines.tallies(), context):
        price = by_id[draft.price_id]
        kinds = kinds_of(terms, price, lines)
        numerators = equally(shares) if kinds is None else lines.numerators(kinds)
        yield RatedPrice(draft, divide(draft.amount_minor, numerators, fees))
        step()


def kinds_of(terms: contract.Terms, price: Price, lines: PeriodLines) -> Collection[Kind] | None:
    """Return the uses and units whose lines divide a price; None divides it equally.

    A price per unit is divided by the lines it counts. A fixed amount counts no unit: it is
    divided by the lines of its uses if they are all of one unit. Without usage, or where several
    units would have to be added, every licensed work gets the same, because the amount was paid
    for access to all of them.
    """
    uses = contract.expand(price.uses or terms.grant.uses)
    if isinstance(price, UnitPrice):
        return [(use, price.unit) for use in sorted(uses)]
    used = sorted({(one.use, one.unit) for one in lines.counts() if one.use in uses})
    return used if len({unit for _, unit in used}) == 1 else None


def equally(shares: Path) -> list[Numerator]:
    """Return one unit for every licensed work, divided by its shares."""
    with workplace() as folder, engine(folder, reads=[shares]) as duck:
        rows = duck.execute(
            "SELECT payee, weight_total, sum(weight)::HUGEINT "  # noqa: S608  # our own path
            f"FROM read_parquet({quoted(shares)}) GROUP BY ALL ORDER BY ALL"
        ).fetchall()
    return [Numerator(payee, int(total), int(weight)) for payee, total, weight in rows]
