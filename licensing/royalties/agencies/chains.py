"""PURE. Passing parts on to agents: each agent's part is its rate of its payee's, rounded once."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from graphlib import CycleError, TopologicalSorter

from ledger.money import Currency, round_half_away
from licensing.errors import LicensingError
from licensing.royalties.division import Division, Part

MOST_LINKS = 5
"""How many agents may stand one behind the other."""

_WHOLE_UNITS = Currency("XXX", 0)
"""Minor units are rounded as they stand."""


class EndlessChain(LicensingError):
    """Agents that come back to where they started, or too many behind one another."""

    code = "agency_chain"
    status = 422


@dataclass(frozen=True, slots=True)
class Link:
    """An agent's rate of one payee's parts; both by slug."""

    payee: str
    agent: str
    rate: Decimal

    def as_json(self) -> dict[str, str]:
        """Return the link as a close keeps it."""
        return {"payee": self.payee, "agent": self.agent, "rate": f"{self.rate:f}"}

    @classmethod
    def of_json(cls, kept: Mapping[str, str]) -> "Link":
        """Read a link that a close kept."""
        return cls(kept["payee"], kept["agent"], Decimal(kept["rate"]))


def in_order(links: Iterable[Link]) -> list[str]:
    """Return everybody in the links, each payee before its agents.

    Raises `EndlessChain` for a circle and for more than `MOST_LINKS` agents in a row.
    """
    payees_of: dict[str, set[str]] = defaultdict(set)
    for link in links:
        payees_of[link.agent].add(link.payee)
    try:
        order = list(TopologicalSorter(payees_of).static_order())
    except CycleError as error:
        raise EndlessChain(
            "These agents would pass parts on in a circle: " + " → ".join(reversed(error.args[1]))
        ) from None
    behind: dict[str, int] = {}
    for name in order:
        behind[name] = max((behind[payee] + 1 for payee in payees_of.get(name, ())), default=0)
        if behind[name] > MOST_LINKS:
            raise EndlessChain(f"{name} would be the agent number {behind[name]} in a row.")
    return order


def passed_on(division: Division, links: Sequence[Link]) -> Division:
    """Give the agents of a division's payees their parts; what is left stays with the payees.

    An agent has its rate of everything its payee has, from works and from payees of its own: net
    and each fee by itself, each rounded once, half away from zero, and never more than is left.
    So the columns sum to what they did before.
    """
    parts = dict(division.parts)
    agents_of: dict[str, list[Link]] = defaultdict(list)
    for link in sorted(links, key=lambda one: (one.payee, one.agent, one.rate)):
        agents_of[link.payee].append(link)
    for payee in in_order(links):
        whole = parts.get(payee)
        if whole is None:
            continue
        left = whole
        for link in agents_of[payee]:
            taken = _part_of(whole, link.rate, left)
            left = replace(left.minus(taken), weight=whole.weight)
            parts[link.agent] = _joined(parts.get(link.agent), taken)
        parts[payee] = left
    return replace(division, parts=parts)


def _part_of(whole: Part, rate: Decimal, left: Part) -> Part:
    return Part(
        _rounded(whole.net_minor, rate, left.net_minor),
        _rounded(whole.operator_fee_minor, rate, left.operator_fee_minor),
        _rounded(whole.collective_fee_minor, rate, left.collective_fee_minor),
    )


def _rounded(whole: int, rate: Decimal, left: int) -> int:
    size = min(round_half_away(abs(whole) * Fraction(rate), _WHOLE_UNITS), abs(left))
    return -size if whole < 0 else size


def _joined(own: Part | None, taken: Part) -> Part:
    if own is None:
        return taken
    return Part(
        own.net_minor + taken.net_minor,
        own.operator_fee_minor + taken.operator_fee_minor,
        own.collective_fee_minor + taken.collective_fee_minor,
        own.weight,
    )
