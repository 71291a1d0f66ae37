"""The operator, a Japanese licensee and one abroad, and drafts addressed to them."""

from datetime import date
from decimal import Decimal
from typing import Any

from ledger.invoices.drafts import InvoiceDraft, LineDraft

DAY = date(2026, 11, 10)
OPERATOR = {
    "ref": "org_operator",
    "name": "Kyodaku KK",
    "country": "JP",
    "address": "1-1 Otemachi, Tokyo",
    "registration_number": "T1234567890123",
}
TENSOR = {"ref": "org_tensor", "name": "Tensor Labs", "country": "JP", "address": "Osaka"}
ABROAD = {"ref": "org_nova", "name": "Nova AI Inc.", "country": "US", "address": "Boston"}


def line(amount_minor: int, rate: str | None = None) -> LineDraft:
    """One line of usage."""
    return LineDraft(
        description="Training on tokens",
        description_ja="学習利用（トークン）",
        source="chg_1",
        quantity="20858600725",
        unit="token",
        unit_price="2.50 per 1,000,000",
        amount_minor=amount_minor,
        tax_rate=None if rate is None else Decimal(rate),
    )


def draft(*amounts: int, **changes: Any) -> InvoiceDraft:
    """Draft an invoice over some net amounts in yen."""
    said: dict[str, Any] = {
        "key": "run:1:lic_1",
        "issuer": OPERATOR,
        "customer": TENSOR,
        "currency": "JPY",
        "issued_on": DAY,
        "due_on": date(2026, 12, 10),
        "lines": tuple(line(amount) for amount in amounts),
        "memo": {"period": "2026-10"},
    }
    return InvoiceDraft(**said | changes)
