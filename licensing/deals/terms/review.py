"""PURE. What is allowed and probably not meant."""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from licensing.deals.terms.checks import repeated
from licensing.deals.terms.document import Terms
from licensing.deals.terms.price_consistency import counted
from licensing.deals.terms.prices import Tier, Volume
from licensing.deals.terms.uses import expand
from licensing.errors import Fault


def review(terms: Terms) -> list[Fault]:
    """Return warnings about terms that parse; nothing in them refuses the terms."""
    return [*_cliffs(terms), *_unpriced_uses(terms), *_redundant_uses(terms)]


def _cliffs(terms: Terms) -> Iterator[Fault]:
    for at, price in enumerate(terms.prices):
        if not isinstance(price, Volume):
            continue
        for place, (lower, upper) in enumerate(pairwise(price.tiers), start=1):
            bound = lower.up_to or Decimal(0)
            before, after = (_whole(bound, price.per, tier) for tier in (lower, upper))
            if after < before:
                yield Fault(
                    f"prices[{at}].tiers[{place}]",
                    "volume_cliff",
                    f"Just above {bound:f} the whole quantity costs less than at {bound:f}. "
                    "Use graduated tiers, or add a flat fee, if more usage should not cost less.",
                )


def _whole(quantity: Decimal, per: Decimal, tier: Tier) -> Fraction:
    return Fraction(quantity) / Fraction(per) * Fraction(tier.unit_price) + Fraction(
        tier.flat_fee or 0
    )


def _unpriced_uses(terms: Terms) -> Iterator[Fault]:
    priced: frozenset[str] = frozenset()
    for price in terms.prices:
        if counted(price) is not None:
            priced |= expand(price.uses or terms.grant.uses)
    for at, use in enumerate(terms.grant.uses):
        if not expand([use]) <= priced:
            yield Fault(
                f"grant.uses[{at}]",
                "use_unpriced",
                f'No price counts all usage of "{use}", so some of it would cost nothing more.',
            )


def _redundant_uses(terms: Terms) -> Iterator[Fault]:
    names = terms.grant.uses
    concrete = [one for use in names for one in sorted(expand([use]))]
    doubled = {value for _, value in repeated(concrete)}
    for at, use in enumerate(names):
        if use in doubled:
            yield Fault(
                f"grant.uses[{at}]", "use_redundant", f'"{use}" is included in another use here.'
            )
