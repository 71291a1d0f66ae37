"""How the tests of rating ask for a charge."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from licensing.deals.terms import Terms, parse
from licensing.royalties.rates import ChargeDraft, Context, Tally, Works, rate, replay
from tests.licensing.terms.documents import plain_document

OCTOBER = Context(date(2026, 10, 1), date(2026, 10, 31), first=True)
NOVEMBER = Context(date(2026, 11, 1), date(2026, 11, 30), first=False)
DECEMBER = Context(date(2026, 12, 1), date(2026, 12, 31), first=False)


def priced(*prices: dict[str, Any], **clauses: Any) -> Terms:
    """Return terms in USD for ai-train with these prices."""
    return parse(plain_document(*prices, **clauses))


def tokens(quantity: str, period: date | None = None, **dimensions: str) -> Tally:
    """Return a tally of tokens used for ai-train."""
    return Tally("ai-train", "token", Decimal(quantity), period=period, **dimensions)


def with_works(context: Context, works: Mapping[str, Works]) -> Context:
    """Return a context in which works were counted for these prices."""
    return Context(context.starts_on, context.ends_on, context.first, works)


def charges(terms: Terms, *tallies: Tally, context: Context = OCTOBER) -> list[ChargeDraft]:
    """Rate, and prove every trace by replaying it."""
    drafts = rate(terms, tallies, context)
    assert [replay(draft.trace) for draft in drafts] == [draft.amount_minor for draft in drafts]
    return drafts


def amounts(terms: Terms, *tallies: Tally, context: Context = OCTOBER) -> dict[str, int]:
    """Return the charges in minor units by price."""
    return {
        draft.price_id: draft.amount_minor for draft in charges(terms, *tallies, context=context)
    }
