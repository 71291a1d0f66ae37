"""PURE. Which tax an invoice carries: a dated table, one row per change of law.

Only indirect tax on what the operator invoices. The rate and its wording are decided by where the
supplier and the customer are established and by the day of issue; nothing is looked up elsewhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import MappingProxyType

from ledger.errors import LedgerError


class NoTaxRule(LedgerError):
    """The table has no row for that day; a rate is never guessed."""

    code = "tax_rule_missing"
    status = 422


@dataclass(frozen=True, slots=True)
class Treatment:
    """How one supply is taxed. ``rate`` is a fraction (0.10); ``wording`` is by language."""

    code: str
    jurisdiction: str
    rate: Decimal
    wording: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class DatedRate:
    """A standard rate from a day on, until the next row of the same jurisdiction."""

    since: date
    rate: Decimal


# Consumption Tax Act (Japan), standard rate including the local part.
JAPAN = (
    DatedRate(date(2014, 4, 1), Decimal("0.08")),
    DatedRate(date(2019, 10, 1), Decimal("0.10")),
)


def treatment(supplier_country: str, customer_country: str, on: date) -> Treatment:
    """Return the tax treatment of a supply between two ISO 3166-1 countries on a day.

    A supplier in Japan charges consumption tax to customers in Japan and exports tax-free to all
    others; a supplier elsewhere is outside the scope of this table and charges nothing here.
    Raises `NoTaxRule` for a domestic supply before the first row.
    """
    if supplier_country != "JP":
        return Treatment(
            code="outside_scope",
            jurisdiction=supplier_country,
            rate=Decimal(0),
            wording=MappingProxyType({"en": "Outside the scope of tax", "ja": "課税対象外"}),
        )
    if customer_country != "JP":
        return Treatment(
            code="export_exempt",
            jurisdiction="JP",
            rate=Decimal(0),
            wording=MappingProxyType(
                {"en": "Export, exempt from Japanese consumption tax", "ja": "輸出免税"}
            ),
        )
    rates = [row.rate for row in JAPAN if row.since <= on]
    if not rates:
        raise NoTaxRule(f"there is no Japanese consumption-tax rate for {on.isoformat()}")
    percent = f"{rates[-1] * 100:f}".rstrip("0").rstrip(".")
    return Treatment(
        code="standard",
        jurisdiction="JP",
        rate=rates[-1],
        wording=MappingProxyType(
            {"en": f"Japanese consumption tax {percent} %", "ja": f"消費税 {percent}%"}
        ),
    )
