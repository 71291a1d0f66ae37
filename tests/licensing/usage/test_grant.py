from datetime import date
from typing import Any

import pytest

from licensing.deals import terms as contract
from licensing.usage import grant
from licensing.usage.grant import GrantView
from tests.licensing.deals.table import TERMS


def view(**changes: Any) -> GrantView:
    period = changes.pop("period", date(2026, 10, 1))
    family, version = changes.pop("model", ("vista", "2"))
    prices = changes.pop("prices", TERMS["prices"])
    written = TERMS | {"grant": TERMS["grant"] | changes, "prices": prices}
    return grant.view(contract.parse(written), period=period, family=family, version=version)


def test_a_grant_is_reduced_to_its_uses_prices_and_units() -> None:
    found = view()

    assert found.uses == {"ai-train"}
    assert found.priced == {("ai-train", "token")}
    assert found.units == {"token"}
    assert found.priced_by_any_unit == frozenset()
    assert found.territories == frozenset()
    assert (found.in_term, found.model_granted) == (True, True)


def test_a_grant_of_named_media_covers_no_others() -> None:
    assert view(media=["video", "print"]).media == {"video", "print"}
    assert view().media == frozenset()


def test_a_name_for_several_uses_is_spelled_out() -> None:
    found = view(uses=["ai-all"])

    assert found.uses == {"ai-train", "ai-input", "ai-index", "fine-tune", "evaluate"}
    assert ("evaluate", "token") in found.priced


def test_a_flat_price_takes_any_unit_for_its_uses() -> None:
    flat = {"id": "access", "model": "flat", "amount": "5000000", "due": "once"}

    assert view(prices=[flat]).priced_by_any_unit == {"ai-train"}


def test_a_share_of_revenue_counts_revenue_and_what_is_deducted_from_it() -> None:
    share = {
        "id": "share",
        "model": "revenue_share",
        "unit": "revenue",
        "rate": "0.30",
        "base": "net",
        "deductions": ["refunds"],
    }

    assert view(prices=[share]).units == {"revenue", "refunds"}


@pytest.mark.parametrize(
    ("period", "is_inside"),
    [
        (date(2026, 9, 1), False),
        (date(2026, 10, 1), True),
        (date(2029, 9, 1), True),
        (date(2029, 10, 1), False),
    ],
)
def test_a_month_counts_if_any_day_of_it_is_in_the_term(period: date, is_inside: bool) -> None:  # noqa: FBT001  # the table's own column
    assert view(period=period).in_term is is_inside


def test_a_licence_without_an_end_covers_every_later_month() -> None:
    assert view(ends_on=None, period=date(2099, 1, 1)).in_term


def test_a_version_that_is_not_named_is_not_granted() -> None:
    assert not view(model=("vista", "3")).model_granted
    assert view(models="any", model=("other", "1")).model_granted


def test_a_grant_narrower_than_the_world_names_its_territories() -> None:
    assert view(territory=["JP", "US"]).territories == {"JP", "US"}
