"""A charge laid out for people: its clause, its calculation, and its parts that sum to it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from django.utils.translation import gettext as _

from licensing.deals import terms as contract
from licensing.deals.labels import CLAUSES
from licensing.deals.models import Licence
from licensing.deals.plain_prices import PlainPrice, describe_price
from licensing.deals.terms.document import WindowAmount
from licensing.royalties import plain_trace, rates
from licensing.royalties.models import Allocation, AllocationRole, Charge, ChargeKind, Period
from licensing.templatetags.money import price
from licensing.templatetags.terms import word

MOST_PAYEES = 50


@dataclass(frozen=True, slots=True)
class Total:
    """Sums of parts, minor units."""

    count: int
    gross_minor: int
    operator_fee_minor: int
    collective_fee_minor: int
    reserve_minor: int
    amount_minor: int

    @classmethod
    def of(cls, parts: Iterable[Allocation]) -> "Total":
        """Add parts up."""
        listed = list(parts)
        return cls(
            len(listed),
            sum(one.gross_minor for one in listed),
            sum(one.operator_fee_minor for one in listed),
            sum(one.collective_fee_minor for one in listed),
            sum(one.reserve_minor for one in listed),
            sum(one.amount_minor for one in listed),
        )

    @property
    def charge_minor(self) -> int:
        """The charge that parts of a whole sum to: what they receive and what is held."""
        return self.amount_minor + self.reserve_minor


@dataclass(frozen=True, slots=True)
class ShownCharge:
    """One charge with its clause in words and who gets what of it."""

    charge: Charge
    clause: PlainPrice | None
    trace: tuple[plain_trace.Line, ...]
    fees: tuple[Allocation, ...]
    payees: tuple[Allocation, ...]
    others: Total
    whole: Total

    @property
    def has_reserve(self) -> bool:
        """Whether anything of the parts went into a reserve or came out of one."""
        return any(part.reserve_minor for part in self.payees) or bool(self.others.reserve_minor)


def clauses_of(licence: Licence) -> dict[str, PlainPrice]:
    """Return what a licence charges by in words: its prices by id, and what bounds them."""
    terms = contract.parse(licence.terms)
    prices = {price.id: describe_price(price, terms.currency) for price in terms.prices}
    bounds = {name: getattr(terms, name) for name in (rates.CAP, rates.GUARANTEE)}
    return prices | {
        name: _bound(name, clause, terms.currency) for name, clause in bounds.items() if clause
    }


def _bound(name: str, clause: WindowAmount, currency: str) -> PlainPrice:
    text = _("%(amount)s %(window)s.") % {
        "amount": price(clause.amount, currency),
        "window": word("window", clause.window),
    }
    return PlainPrice(name, str(CLAUSES[name]), text, per="", tiers=(), notes=())


def trace_of(charge: Charge) -> tuple[plain_trace.Line, ...]:
    """Return the calculation of a charge in words."""
    return tuple(plain_trace.lines(charge.trace, charge.currency))


def shown_charges(period: Period, *, with_parts: bool) -> list[ShownCharge]:
    """Return a period's charges in the order of their prices; parts only for who may see them."""
    charges = list(period.charges.select_related("corrects", "close").order_by("sequence", "pk"))
    clauses = clauses_of(period.licence) if charges else {}
    parts: dict[int, list[Allocation]] = defaultdict(list)
    if with_parts:
        found = Allocation.objects.filter(charge__in=charges).select_related("organisation")
        for part in found.order_by("-amount_minor", "pk"):
            parts[part.charge_id].append(part)
    return [_shown(charge, _clause_of(charge, clauses), parts[charge.pk]) for charge in charges]


def _clause_of(charge: Charge, clauses: Mapping[str, PlainPrice]) -> PlainPrice | None:
    return clauses.get(charge.price_id) if charge.kind == ChargeKind.PRICE else None


def _shown(charge: Charge, clause: PlainPrice | None, parts: list[Allocation]) -> ShownCharge:
    fees = [part for part in parts if part.role in FEES]
    payees = [part for part in parts if part.role not in FEES]
    return ShownCharge(
        charge=charge,
        clause=clause,
        trace=trace_of(charge),
        fees=tuple(fees),
        payees=tuple(payees[:MOST_PAYEES]),
        others=Total.of(payees[MOST_PAYEES:]),
        whole=Total.of(parts),
    )


FEES = (AllocationRole.OPERATOR_FEE, AllocationRole.COLLECTIVE_FEE)


def share_of(allocation: Allocation) -> str:
    """Return a party's part of its charge before fees, in per cent; for reading only."""
    return share_text(allocation.gross_minor, allocation.charge.amount_minor)


def share_text(part_minor: int, charge_minor: int) -> str:
    """Return a part of a charge in per cent with two decimals: ``83.40%``; for reading only.

    Empty where the charge is nothing or the part is no share of it, as in corrections that move
    amounts between payees.
    """
    if not charge_minor or not 0 <= Fraction(part_minor, charge_minor) <= 1:
        return ""
    hundredths = round(Fraction(part_minor * 10_000, charge_minor))
    whole, decimals = divmod(hundredths, 100)
    return f"{whole}.{decimals:02d}%"
