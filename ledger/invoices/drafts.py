"""PURE. What an invoice or credit note says before it has a number, and its totals.

Tax is rounded once per rate per document, half away from zero, on the sum of that rate's lines;
lines carry no tax of their own, so nothing can be rounded twice.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType

from ledger.errors import InvalidInvoice
from ledger.money import currency, round_half_away
from ledger.tax.rules import Treatment, treatment

LONGEST_KEY = 180
PRINTED = ("ref", "name", "country")


@dataclass(frozen=True, slots=True, kw_only=True)
class LineDraft:
    """One line; only its amount counts, the rest is printed.

    ``quantity`` is a plain decimal or empty, ``unit`` its token (``token``), ``unit_price`` any
    text. ``source`` is the public id of what it is for. ``tax_rate`` is a fraction such as
    0.10; left out, the dated table decides. The amount is net, in minor units.
    """

    description: str
    source: str
    amount_minor: int
    quantity: str = ""
    unit: str = ""
    unit_price: str = ""
    description_ja: str = ""
    tax_rate: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceDraft:
    """An invoice to be issued, or with negative amounts a credit note.

    ``key`` names the cause (``run:12:lic_…``) and makes issuing repeatable. ``issuer`` and
    ``customer`` are what is printed of the two parties, frozen: at least ``ref``, ``name`` and
    ``country``, and ``address``, ``registration_number`` (T and 13 digits) where there are any.
    ``is_advance`` claims money ahead of what it is for: the customer has prepaid it then.
    ``prefix`` names the series; left out it is ``KYO-<year>-`` (``KYO-CN-<year>-`` for credit
    notes). ``memo`` goes into the journal and on the page, e.g. the period and the licence.
    """

    key: str
    issuer: Mapping[str, str]
    customer: Mapping[str, str]
    currency: str
    issued_on: date
    due_on: date
    lines: tuple[LineDraft, ...]
    prefix: str = ""
    is_advance: bool = False
    memo: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def __post_init__(self) -> None:
        currency(self.currency)
        for whose, party in (("issuer", self.issuer), ("customer", self.customer)):
            missing = [name for name in PRINTED if not party.get(name)]
            if missing:
                raise InvalidInvoice(f"{whose}: {', '.join(missing)} missing")
        if not 0 < len(self.key) <= LONGEST_KEY:
            raise InvalidInvoice(f"key: a key has 1 to {LONGEST_KEY} characters")
        if not self.lines:
            raise InvalidInvoice("lines: an invoice has at least one line")
        if self.due_on < self.issued_on:
            raise InvalidInvoice("due_on: an invoice is not due before it is issued")
        rule = treatment(self.issuer["country"], self.customer["country"], self.issued_on)
        settled = (
            replace(line, tax_rate=rule.rate if line.tax_rate is None else line.tax_rate)
            for line in self.lines
        )
        object.__setattr__(self, "lines", tuple(settled))

    @property
    def net_minor(self) -> int:
        """The sum of the lines, minor units."""
        return sum(line.amount_minor for line in self.lines)

    @property
    def taxes(self) -> list["TaxTotal"]:
        """Net and tax per rate, lowest rate first, each tax rounded once."""
        rule = treatment(self.issuer["country"], self.customer["country"], self.issued_on)
        nets: dict[Decimal, int] = {}
        for line in self.lines:
            rate = line.tax_rate or Decimal(0)
            nets[rate] = nets.get(rate, 0) + line.amount_minor
        return [tax_total(nets[rate], rate, rule, self.currency) for rate in sorted(nets)]

    @property
    def tax_minor(self) -> int:
        """The sum of the taxes per rate, minor units."""
        return sum(total.tax_minor for total in self.taxes)

    @property
    def total_minor(self) -> int:
        """What is to be paid, minor units."""
        return self.net_minor + self.tax_minor

    @property
    def content_hash(self) -> str:
        """SHA-256 of all but the key: the same key with another hash is a conflict."""
        said = asdict(
            replace(self, issuer=dict(self.issuer), customer=dict(self.customer), memo={})
        )
        said |= {"key": "", "memo": dict(self.memo)}
        if not self.is_advance:
            del said["is_advance"]
        text = json.dumps(said, sort_keys=True, ensure_ascii=False, default=str)
        return hashlib.sha256(text.encode()).hexdigest()

    def negated(self) -> "InvoiceDraft":
        """Return the same draft with every amount's sign turned, as a credit note prints it."""
        turned = (replace(line, amount_minor=-line.amount_minor) for line in self.lines)
        return replace(self, lines=tuple(turned))


@dataclass(frozen=True, slots=True)
class TaxTotal:
    """One rate's part of a document; ``wording`` is what is printed, by language."""

    rate: Decimal
    jurisdiction: str
    net_minor: int
    tax_minor: int
    wording: Mapping[str, str]


def tax_total(net_minor: int, rate: Decimal, rule: Treatment, code: str) -> TaxTotal:
    """Tax one rate's net; the table's wording belongs to the table's own rate only."""
    unit = currency(code)
    tax = round_half_away(Fraction(net_minor, unit.minor_per_major) * Fraction(rate), unit)
    percent = f"{Fraction(rate) * 100}"
    plain = {"en": f"Tax {percent} %", "ja": f"税率 {percent}%"}
    wording = dict(rule.wording) if rate == rule.rate else plain
    return TaxTotal(rate, rule.jurisdiction, net_minor, tax, wording)
