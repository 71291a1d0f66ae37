"""PURE. What prices must not say: twice the same, or something that could be read two ways."""

from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise

from ledger.money import Currency, currency
from licensing.deals.terms.checks import decimals_faults, repeated
from licensing.deals.terms.conditions import overlap
from licensing.deals.terms.document import Terms
from licensing.deals.terms.grant import Grant
from licensing.deals.terms.prices import (
    Escalator,
    Factor,
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
from licensing.deals.terms.uses import covers, expand
from licensing.errors import Fault
from licensing.territories import WORLD

RESERVED_IDS = frozenset({"advance", "cap", "minimum_guarantee"})
_NOT_FOR_FIXED = ("factors", "zero_usage", "tally")


def price_faults(terms: Terms) -> Iterator[Fault]:
    """Yield what is wrong with each price, then with prices beside each other."""
    unit = currency(terms.currency)
    for at, price in enumerate(terms.prices):
        where = f"prices[{at}]"
        if price.id in RESERVED_IDS:
            yield Fault(
                f"{where}.id", "id_reserved", "A clause is charged by this name. Rename it."
            )
        yield from _use_faults(where, price, terms.grant)
        yield from _bound_faults(where, price, unit)
        yield from _factor_faults(where, price, terms.grant)
        yield from _escalator_faults(where, price)
        yield from _own_faults(where, price, unit)
    for at, name in repeated([price.id for price in terms.prices]):
        yield Fault(
            f"prices[{at}].id", "repeated", f'Another price is called "{name}". Rename one of them.'
        )
    yield from _ambiguities(terms)


def counted(price: Price) -> str | None:
    """Return what a price counts, or None where its amount is fixed."""
    match price:
        case PerUnit() | Graduated() | Volume() | Package() | RevenueShare():
            return price.unit
        case PerWork():
            return f"works {price.count}"
        case _:
            return None


def _use_faults(where: str, price: Price, grant: Grant) -> Iterator[Fault]:
    for at, use in enumerate(price.uses or ()):
        if not covers(grant.uses, use):
            yield Fault(
                f"{where}.uses[{at}]",
                "use_not_granted",
                f'"{use}" is not among the uses of the grant. Grant it, or remove it here.',
            )


def _bound_faults(where: str, price: Price, unit: Currency) -> Iterator[Fault]:
    yield from decimals_faults(f"{where}.minimum", price.minimum, unit)
    yield from decimals_faults(f"{where}.maximum", price.maximum, unit)
    if price.minimum is not None and price.maximum is not None and price.minimum > price.maximum:
        yield Fault(
            f"{where}.minimum",
            "minimum_above_maximum",
            "The minimum is above the maximum. Lower it, or raise the maximum.",
        )


def _own_faults(where: str, price: Price, unit: Currency) -> Iterator[Fault]:
    match price:
        case Graduated() | Volume():
            yield from _tier_faults(where, price.tiers)
        case Flat() | Pool():
            yield from decimals_faults(f"{where}.amount", price.amount, unit)
            for name in _NOT_FOR_FIXED:
                if name in price.model_fields_set:
                    yield Fault(
                        f"{where}.{name}",
                        "not_for_fixed_amounts",
                        "A fixed amount counts no usage. Remove this, or use another price model.",
                    )
            if isinstance(price, Flat) and price.prorate and price.due == "once":
                yield Fault(
                    f"{where}.prorate",
                    "prorate_needs_periods",
                    "An amount due once has no period to be divided by. Remove this.",
                )
        case PerWork():
            yield from _per_work_faults(where, price)
        case RevenueShare():
            yield from _deduction_faults(where, price)
        case _:
            return


def _deduction_faults(where: str, price: RevenueShare) -> Iterator[Fault]:
    if bool(price.deductions) != (price.base == "net"):
        yield Fault(
            f"{where}.deductions",
            "net_needs_deductions",
            'A net base lists its deductions and a gross base has none. Write "base": "net" '
            "with the units taken off, or remove the deductions.",
        )
    for at, unit in repeated([price.unit, *price.deductions]):
        yield Fault(
            f"{where}.deductions[{at - 1}]",
            "repeated",
            f'"{unit}" is read by this price already. Give what is taken off a unit of its own, '
            "and name it once.",
        )


def _per_work_faults(where: str, price: PerWork) -> Iterator[Fault]:
    if price.factors:
        yield Fault(
            f"{where}.factors",
            "not_for_works",
            "A work used in two territories would count by two factors. Price each territory "
            "by its units instead.",
        )
    if price.escalators and price.tally != "period":
        yield Fault(
            f"{where}.escalators",
            "escalators_need_periods",
            "A work counted once over several periods has no one escalator. Tally by period.",
        )


def _tier_faults(where: str, tiers: Sequence[Tier]) -> Iterator[Fault]:
    *bounded, last = tiers
    if last.up_to is not None:
        yield Fault(
            f"{where}.tiers[{len(bounded)}].up_to",
            "last_tier_bounded",
            f"Nothing prices usage above {last.up_to:f}. Write null on the last tier.",
        )
    for at, tier in enumerate(bounded):
        if tier.up_to is None:
            yield Fault(
                f"{where}.tiers[{at}].up_to",
                "tier_after_unbounded",
                "A tier without an end hides every tier after it. Only the last may be null.",
            )
    for at, (lower, upper) in enumerate(pairwise(tiers), start=1):
        if lower.up_to is not None and upper.up_to is not None and upper.up_to <= lower.up_to:
            yield Fault(
                f"{where}.tiers[{at}].up_to",
                "tiers_not_ascending",
                f"{upper.up_to:f} is not above {lower.up_to:f}, the tier before it. "
                "Order the tiers by their bounds, each higher than the last.",
            )


def _factor_faults(where: str, price: Price, grant: Grant) -> Iterator[Fault]:
    for at, factor in enumerate(price.factors):
        here = f"{where}.factors[{at}].when"
        if not factor.when.dimensions():
            yield Fault(here, "condition_empty", "Say what the factor is for, e.g. a territory.")
        for place, code in enumerate(factor.when.territory or ()):
            if code == WORLD or not (WORLD in grant.territory or code in grant.territory):
                yield Fault(
                    f"{here}.territory[{place}]",
                    "territory_not_granted",
                    f"{code} is not a country of the grant, so no line could match it.",
                )
    for (_, first), (at, second) in combinations(enumerate(price.factors), 2):
        if _overlap(first, second):
            yield Fault(
                f"{where}.factors[{at}].when",
                "factors_ambiguous",
                "A line could match this factor and an earlier one of the same kind, so it could "
                "be read two ways. Let their values exclude each other.",
            )


def _overlap(first: Factor, second: Factor) -> bool:
    mine, theirs = first.when.dimensions(), second.when.dimensions()
    return mine.keys() == theirs.keys() and all(
        overlap(name, values, theirs[name]) for name, values in mine.items()
    )


def _escalator_faults(where: str, price: Price) -> Iterator[Fault]:
    days = [step.starts_on for step in price.escalators]
    for at, (earlier, later) in enumerate(pairwise(days), start=1):
        if later <= earlier:
            yield Fault(
                f"{where}.escalators[{at}].from",
                "escalators_not_ascending",
                f"{later} is not after {earlier}. Order the escalators by day.",
            )
    for at, step in enumerate(price.escalators):
        yield from _multiplier_faults(f"{where}.escalators[{at}]", step)


def _multiplier_faults(where: str, step: Escalator) -> Iterator[Fault]:
    if (step.times is None) == (step.index is None):
        yield Fault(
            where,
            "escalator_by_one",
            "Say what the price is multiplied by: times or index, exactly one of the two.",
        )
    if step.index is None:
        return
    if step.index.base >= step.index.month:
        yield Fault(
            f"{where}.index.base",
            "index_base_not_before",
            f"{step.index.base} is not before {step.index.month}. Name an earlier base month.",
        )
    if step.index.month >= f"{step.starts_on:%Y-%m}":
        yield Fault(
            f"{where}.index.month",
            "index_month_not_before",
            f"{step.index.month} is not before the month of {step.starts_on}: its reading cannot "
            "be known by then. Name an earlier month.",
        )


def _read(price: Price) -> set[str]:
    """Return everything a price reads from lines: what it counts, and what it takes off."""
    unit = counted(price)
    deducted = price.deductions if isinstance(price, RevenueShare) else ()
    return set() if unit is None else {unit, *deducted}


def _ambiguities(terms: Terms) -> Iterator[Fault]:
    for (_, first), (at, second) in combinations(enumerate(terms.prices), 2):
        both = _read(first) & _read(second)
        if not both:
            continue
        unit = min(both)
        shared = expand(first.uses or terms.grant.uses) & expand(second.uses or terms.grant.uses)
        if shared:
            yield Fault(
                f"prices[{at}]",
                "prices_ambiguous",
                f'"{first.id}" and "{second.id}" both price {unit} for {", ".join(sorted(shared))}'
                ", so the table could be read two ways. Give them different uses or units.",
            )
