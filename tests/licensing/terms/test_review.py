from typing import Any

import pytest

from licensing.deals.terms import parse, review
from tests.licensing.terms.documents import (
    PER_MILLION,
    place_and_code,
    plain_document,
    published,
)


def warnings(document: dict[str, Any]) -> list[tuple[str, str]]:
    return [place_and_code(warning) for warning in review(parse(document))]


def table(model: str, *tiers: tuple[str | None, str, str]) -> dict[str, Any]:
    return plain_document(
        {
            "id": "tokens",
            "model": model,
            "unit": "token",
            "per": "1000",
            "tiers": [
                {"up_to": up_to, "unit_price": price, "flat_fee": fee}
                for up_to, price, fee in tiers
            ],
        }
    )


def test_a_volume_table_that_gets_cheaper_above_a_bound_is_warned_of() -> None:
    # At 10000: 10 x 5 = 50. Just above: 10 x 4 = 40.
    assert warnings(table("volume", ("10000", "5", "0"), (None, "4", "0"))) == [
        ("prices[0].tiers[1]", "volume_cliff")
    ]


@pytest.mark.parametrize("fee", ["10", "11"])
def test_a_fee_that_makes_up_for_the_lower_price_is_no_cliff(fee: str) -> None:
    assert warnings(table("volume", ("10000", "5", "0"), (None, "4", fee))) == []


def test_graduated_tiers_have_no_cliffs() -> None:
    assert warnings(table("graduated", ("10000", "5", "0"), (None, "0", "0"))) == []


def test_a_use_that_no_price_counts_is_warned_of() -> None:
    document = plain_document(PER_MILLION, {"id": "access", "model": "pool", "amount": "5"})
    document["prices"][0]["uses"] = ["ai-train"]
    document["grant"]["uses"] = ["ai-train", "ai-input"]

    assert warnings(document) == [("grant.uses[1]", "use_unpriced")]


def test_a_use_inside_another_is_warned_of() -> None:
    document = plain_document()
    document["grant"]["uses"] = ["ai-all", "ai-train", "search"]

    assert warnings(document) == [("grant.uses[1]", "use_redundant")]


def test_the_published_example_raises_no_warning() -> None:
    assert warnings(published()) == []
