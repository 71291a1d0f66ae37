import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from licensing.deals.terms import parse
from tests.licensing.rating.charges import amounts, priced, tokens

PAGE = (Path(__file__).parents[3] / "docs" / "terms.md").read_text()
TIERS = [
    {"up_to": "1000", "unit_price": "1.00"},
    {"up_to": None, "unit_price": "0.50", "flat_fee": "10"},
]


@pytest.mark.parametrize("written", re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL))
def test_every_document_on_the_page_is_accepted(written: str) -> None:
    parse(json.loads(written))


@pytest.mark.parametrize(
    "price",
    [
        {"model": "per_unit", "per": "1000", "unit_price": "3.00"},
        {"model": "graduated", "tiers": TIERS},
        {"model": "volume", "tiers": TIERS},
        {"model": "package", "per": "1500", "unit_price": "3.00", "free_units": "500"},
    ],
)
def test_every_price_on_the_page_comes_to_what_the_page_says(price: dict[str, Any]) -> None:
    [row] = re.findall(rf"^\| `{price['model']}` \|.*$", PAGE, re.MULTILINE)
    [said] = re.findall(r"([0-9]+\.[0-9]{2}) \|$", row)

    cents = amounts(priced({"id": "tokens", "unit": "token", **price}), tokens("2500"))

    assert cents == {"tokens": int(Decimal(said) * 100)}
