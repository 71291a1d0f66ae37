"""From the lines in force to rated and divided prices; what a close books and `verify` repeats."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from licensing.deals import terms as contract
from licensing.deals.terms.prices import PerWork
from licensing.evidence import engine, quoted, workplace
from licensing.royalties import measures, periods, rates
from licensing.royalties.allocation import SUSPENSE, Numerator
from licensing.royalties.booking import RatedPrice
from licensing.royalties.division import divide
from licensing.royalties.earlier import Carried
from licensing.royalties.material import Material, Repertoire
from licensing.royalties.tally import Measure, reach

Step = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Rated:
    """What a period comes to, and what it hands on to the later ones of its windows."""

    prices: tuple[RatedPrice, ...]
    carried: Carried


def no_step() -> None:
    """Follow no progress."""


def rate_all(given: Material, step: Step = no_step) -> Rated:
    """Rate each price of a period whole, bound them together, and divide what each comes to.

    ``step`` is called after each price, for a progress bar.
    """
    terms, earlier = given.terms, given.earlier
    given.lines.sum_by_work(measures.dimensions(terms))
    found = measures.of(terms, given.lines, earlier)
    tallies = tuple(given.lines.tallies(measures.dimensions(terms)))
    context = _context(given, found)
    given.lines.lay_out(found)
    prices = []
    for draft in rates.rate(terms, [*earlier.tallies, *tallies], context):
        numerators = given.lines.numerators(draft.price_id) or equally(given.repertoire)
        prices.append(_divided(terms, draft, numerators))
        step()
    carried = Carried(tallies, sum(one.draft.amount_minor for one in prices))
    charged = [*earlier.charged, rates.Charged(given.span.starts_on, carried.charged_minor)]
    for draft in rates.bound(terms, charged, context):
        before = earlier.parts if draft.price_id == rates.GUARANTEE else {}
        numerators = as_charged(before, prices)
        prices.append(_divided(terms, draft, numerators or equally(given.repertoire)))
    return Rated(tuple(prices), carried)


def _divided(
    terms: contract.Terms, draft: rates.ChargeDraft, numerators: list[Numerator]
) -> RatedPrice:
    fees = [(fee.to, fee.rate) for fee in terms.fees]
    return RatedPrice(draft, divide(draft.amount_minor, numerators, fees))


def _context(given: Material, found: Mapping[str, Measure]) -> rates.Context:
    terms, span = given.terms, given.span
    context = rates.Context(span.starts_on, span.ends_on, first=periods.is_first(terms, span))
    works = dict(_works(given, found, context))
    return replace(context, works=works, indices=given.indices)


def _works(
    given: Material, found: Mapping[str, Measure], context: rates.Context
) -> Iterator[tuple[str, rates.Works]]:
    licensed = given.repertoire.works
    for price in given.terms.prices:
        if not isinstance(price, PerWork):
            continue
        if price.count == "licensed":
            again = rates.has_earlier_periods(price.tally, given.terms.grant, context)
            yield price.id, rates.Works(licensed, licensed if again else 0)
        else:
            seen = given.earlier.details.get(price.id, ())
            measure = found.get(price.id) or Measure([], seen=seen, seen_price=price.id)
            before = given.lines.works_seen(measure)
            yield price.id, rates.Works(before + given.lines.works_used(measure), before)


def as_charged(before: Mapping[str, int], prices: list[RatedPrice]) -> list[Numerator]:
    """Return each payee's part of what prices came to, and of what it had ``before``.

    What bounds all prices together is divided as they were. A part counts by its size, since a
    tier may make a period cost less than nothing.
    """
    parts = dict(before)
    for division in (price.division for price in prices):
        for payee, part in division.parts.items():
            parts[payee] = parts.get(payee, 0) + part.gross_minor
    return [
        Numerator(payee, 0 if payee == SUSPENSE else 1, abs(minor))
        for payee, minor in sorted(parts.items())
        if minor
    ]


def equally(repertoire: Repertoire) -> list[Numerator]:
    """Return what every licensed work gives its owners, divided by its shares; unowned suspended.

    They are the shares that stand for a use which states no territory. A work counts one, or its
    points where the key asks for them.
    """
    with workplace() as folder, engine(folder, reads=repertoire.files) as duck:
        reach.attach(duck, repertoire.shares)
        reach.without_use(duck, repertoire.unstated)
        if repertoire.points:
            duck.execute(f"CREATE VIEW points AS FROM read_parquet({quoted(repertoire.points)})")
        else:
            duck.execute("CREATE VIEW points AS SELECT DISTINCT work_id, 1 AS points FROM standing")
        rows = duck.execute(
            "SELECT payee, weight_total, sum(weight * points)::HUGEINT "
            "FROM standing JOIN points USING (work_id) GROUP BY ALL ORDER BY ALL"
        ).fetchall()
        owned = "work_id IN (SELECT work_id FROM standing)"
        ((works, unowned),) = duck.execute(
            f"SELECT count(*) FILTER ({owned}), sum(points) FILTER (NOT {owned}) FROM points"  # noqa: S608  # a constant
        ).fetchall()
    found = [Numerator(payee, int(total), int(weight)) for payee, total, weight in rows]
    rest = int(unowned or 0) if repertoire.points else repertoire.works - int(works)
    return [*found, Numerator(SUSPENSE, 0, rest)] if rest else found
