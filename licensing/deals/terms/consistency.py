"""PURE. What the clauses of a well-formed document must not say together."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from ledger.money import currency
from licensing.deals.terms.checks import decimals_faults, repeated
from licensing.deals.terms.document import Distribution, Terms
from licensing.deals.terms.grant import Grant
from licensing.deals.terms.price_consistency import price_faults
from licensing.errors import Fault
from licensing.territories import WORLD


def consistency_faults(terms: Terms) -> list[Fault]:
    """Return everything the clauses say that cannot be, or that could be read two ways."""
    return [
        *_grant_faults(terms.grant),
        *price_faults(terms),
        *_fee_faults(terms),
        *_amount_faults(terms),
        *_distribution_faults(terms.distribution),
    ]


def _repetition_faults(where: str, values: Sequence[str]) -> Iterator[Fault]:
    for at, value in repeated(values):
        yield Fault(f"{where}[{at}]", "repeated", f'"{value}" stands twice. Remove one of them.')


def _grant_faults(grant: Grant) -> Iterator[Fault]:
    if grant.ends_on is not None and grant.ends_on < grant.starts_on:
        yield Fault(
            "grant.ends_on",
            "ends_before_start",
            f"The term ends on {grant.ends_on} and starts on {grant.starts_on}. "
            "Write a last day that is not before the first.",
        )
    if WORLD in grant.territory and len(grant.territory) > 1:
        yield Fault(
            "grant.territory",
            "world_and_countries",
            'WW already includes every country. Write ["WW"] or the countries alone.',
        )
    yield from _repetition_faults("grant.uses", grant.uses)
    yield from _repetition_faults("grant.territory", grant.territory)
    yield from _repetition_faults("grant.media", grant.media or ())
    yield from _repetition_faults("grant.works.exclude", grant.works.exclude)
    if not isinstance(grant.models, str):
        yield from _repetition_faults("grant.models", [granted.family for granted in grant.models])
        for at, granted in enumerate(grant.models):
            if not isinstance(granted.versions, str):
                yield from _repetition_faults(f"grant.models[{at}].versions", granted.versions)


def _fee_faults(terms: Terms) -> Iterator[Fault]:
    for at, recipient in repeated([fee.to for fee in terms.fees]):
        yield Fault(
            f"fees[{at}].to", "repeated", f"The {recipient} has a fee already. Merge the two rates."
        )
    whole = sum((fee.rate for fee in terms.fees), Decimal(0))
    if whole >= 1:
        yield Fault(
            "fees",
            "fees_take_everything",
            f"The fees add up to {whole:f} of every charge and leave nothing to the payees. "
            "Lower them below 1 in sum.",
        )


def _amount_faults(terms: Terms) -> Iterator[Fault]:
    unit = currency(terms.currency)
    clauses = {
        "advance": terms.advance,
        "minimum_guarantee": terms.minimum_guarantee,
        "cap": terms.cap,
    }
    for name, clause in clauses.items():
        if clause is not None:
            yield from decimals_faults(f"{name}.amount", clause.amount, unit)
    guarantee, cap = terms.minimum_guarantee, terms.cap
    if guarantee and cap and guarantee.window == cap.window and guarantee.amount > cap.amount:
        yield Fault(
            "minimum_guarantee.amount",
            "guarantee_above_cap",
            "The guarantee is above the cap of the same window. Lower it, or raise the cap.",
        )


def _distribution_faults(distribution: Distribution) -> Iterator[Fault]:
    rules = distribution.points
    if distribution.key != "points":
        if rules or distribution.otherwise is not None:
            yield Fault(
                "distribution.points" if rules else "distribution.otherwise",
                "points_need_their_key",
                'Only the key "points" looks at points. Write "key": "points", or remove them.',
            )
        return
    if not any([*(rule.points for rule in rules), distribution.otherwise]):
        yield Fault(
            "distribution.points",
            "points_missing",
            "No work has a point, so nothing could be divided. Give works or kinds points, or "
            'the others by "otherwise".',
        )
    for at, rule in enumerate(rules):
        if bool(rule.works) == bool(rule.kinds):
            yield Fault(
                f"distribution.points[{at}]",
                "points_need_works_or_kinds",
                "Name the works that have these points, or the kinds of work; not both.",
            )
    for name in ("works", "kinds"):
        places = [
            (f"distribution.points[{at}].{name}[{place}]", value)
            for at, rule in enumerate(rules)
            for place, value in enumerate(getattr(rule, name))
        ]
        for at, value in repeated([value for _, value in places]):
            yield Fault(
                places[at][0],
                "repeated",
                f'"{value}" has points already, so it could be read two ways. Name it once.',
            )
