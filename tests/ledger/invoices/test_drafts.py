from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import InvalidInvoice, UnknownCurrency
from tests.ledger.invoices.scene import ABROAD, DAY, TENSOR, draft, line


def test_tax_is_rounded_once_for_all_lines_of_a_rate() -> None:
    # 15 + 15 + 15 = 45 yen, a tenth of it is 4.5, rounded to 5. Line by line, 1.5 would be
    # rounded to 2 three times and make 6.
    made = draft(15, 15, 15)

    assert (made.net_minor, made.tax_minor, made.total_minor) == (45, 5, 50)


def test_each_rate_is_taxed_by_itself() -> None:
    made = draft(lines=(line(1_005), line(105, "0.08"), line(200, "0.08"), line(40, "0")))

    # 305 at 8 % is 24.4; 1,005 at 10 % is 100.5, away from zero 101.
    assert [(total.rate, total.net_minor, total.tax_minor) for total in made.taxes] == [
        (Decimal(0), 40, 0),
        (Decimal("0.08"), 305, 24),
        (Decimal("0.10"), 1_005, 101),
    ]
    assert made.total_minor == 1_350 + 125
    assert made.taxes[1].wording == {"en": "Tax 8 %", "ja": "税率 8%"}
    assert made.taxes[2].wording["ja"] == "消費税 10%"


def test_an_export_is_exempt_and_says_so() -> None:
    made = draft(5_214_650, customer=ABROAD, currency="USD")

    assert (made.tax_minor, made.total_minor) == (0, 5_214_650)
    assert made.taxes[0].wording["en"] == "Export, exempt from Japanese consumption tax"


def test_negated_turns_net_and_tax() -> None:
    made = draft(-15, -15, -15)

    assert (made.net_minor, made.tax_minor) == (-45, -5)
    assert (made.negated().net_minor, made.negated().tax_minor) == (45, 5)


def test_any_other_content_has_another_hash() -> None:
    assert draft(100).content_hash == draft(100).content_hash
    assert draft(100, key="other").content_hash == draft(100).content_hash
    changes: list[dict[str, Any]] = [
        {"due_on": date(2026, 12, 11)},
        {"customer": TENSOR | {"address": "Kyoto"}},
        {"memo": {"period": "2026-09"}},
        {"lines": (line(99),)},
        {"lines": (line(100, "0.08"),)},
    ]
    hashes = {draft(100, **change).content_hash for change in changes}
    assert len(hashes - {draft(100).content_hash}) == 5


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"lines": ()}, "lines: an invoice has at least one line"),
        ({"due_on": date(2026, 11, 9)}, "due_on: an invoice is not due before"),
        ({"customer": {"ref": "org_x", "country": "JP"}}, "customer: name missing"),
        ({"issuer": {}}, "issuer: ref, name, country missing"),
        ({"key": ""}, "key: a key has 1 to 180 characters"),
        ({"key": "k" * 181}, "key: a key has 1 to 180 characters"),
    ],
)
def test_a_draft_that_cannot_be_an_invoice_is_refused(
    changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(InvalidInvoice, match=message):
        draft(100, **changes)


def test_an_unknown_currency_is_refused() -> None:
    with pytest.raises(UnknownCurrency):
        draft(100, currency="XXX")


@given(st.lists(st.integers(-(10**12), 10**12), min_size=1, max_size=30))
def test_the_tax_of_one_rate_is_within_half_a_yen_of_exact_and_mirrors(amounts: list[int]) -> None:
    made = draft(*amounts)

    assert abs(made.tax_minor * 10 - sum(amounts)) <= 5
    assert made.negated().total_minor == -made.total_minor
    assert made.issued_on == DAY
