from datetime import date
from decimal import Decimal

import pytest

from ledger.tax.rules import NoTaxRule, treatment

DAY = date(2026, 11, 20)


def test_japan_to_japan_carries_consumption_tax() -> None:
    found = treatment("JP", "JP", DAY)

    assert (found.code, found.jurisdiction, found.rate) == ("standard", "JP", Decimal("0.10"))
    assert found.wording == {"en": "Japanese consumption tax 10 %", "ja": "消費税 10%"}


def test_the_rate_is_the_one_of_the_day() -> None:
    assert treatment("JP", "JP", date(2019, 9, 30)).rate == Decimal("0.08")
    assert treatment("JP", "JP", date(2019, 10, 1)).rate == Decimal("0.10")


def test_japan_to_abroad_is_an_exempt_export() -> None:
    found = treatment("JP", "US", DAY)

    assert (found.code, found.jurisdiction, found.rate) == ("export_exempt", "JP", Decimal(0))
    assert found.wording["ja"] == "輸出免税"


def test_a_supplier_abroad_is_outside_the_scope() -> None:
    found = treatment("US", "JP", DAY)

    assert (found.code, found.jurisdiction, found.rate) == ("outside_scope", "US", Decimal(0))


def test_a_day_before_the_table_is_refused_and_not_guessed() -> None:
    with pytest.raises(NoTaxRule, match="2014-03-31"):
        treatment("JP", "JP", date(2014, 3, 31))
