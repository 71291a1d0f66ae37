from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licensing.deals.labels import CLAUSES
from licensing.deals.redline import Change, Kind, Segment, differences, text_changes
from licensing.deals.terms import json_schema
from tests.licensing.terms.documents import published


def joined(segments: list[Segment], *kinds: Kind) -> str:
    return "".join(segment.text for segment in segments if segment.kind in kinds)


def test_two_equal_rounds_have_no_differences() -> None:
    assert differences(published(), published()) == []


def test_a_changed_number_is_one_change_with_both_values() -> None:
    after = published()
    after["prices"][0]["tiers"][0]["unit_price"] = "11.00"

    assert differences(published(), after) == [
        Change(
            "prices[tokens].tiers[0].unit_price",
            "prices.tiers.unit_price",
            Kind.CHANGED,
            "12.50",
            "11.00",
        )
    ]


def test_prices_are_compared_by_their_names_and_not_by_their_places() -> None:
    after = published()
    after["prices"].reverse()
    after["prices"][2]["amount"] = "4000000"

    assert differences(published(), after) == [
        Change("prices[access].amount", "prices.amount", Kind.CHANGED, "5000000", "4000000")
    ]


def test_a_price_that_came_and_one_that_went_are_each_one_change() -> None:
    after = published()
    gone = after["prices"].pop()
    pool = {"id": "fund", "model": "pool", "amount": "100"}
    after["prices"].append(pool)

    assert differences(published(), after) == [
        Change("prices[fund]", "prices", Kind.ADDED, None, pool),
        Change("prices[share]", "prices", Kind.REMOVED, gone, None),
    ]


def test_uses_are_compared_as_a_set() -> None:
    after = published()
    after["grant"]["uses"] = ["evaluate", "fine-tune"]

    assert differences(published(), after) == [
        Change("grant.uses", "grant.uses", Kind.ADDED, None, "evaluate"),
        Change("grant.uses", "grant.uses", Kind.REMOVED, "ai-train", None),
    ]


def test_a_clause_that_went_and_one_that_became_nothing_are_told_apart() -> None:
    after = published()
    del after["advance"]
    after["minimum_guarantee"] = None
    guarantee = published()["minimum_guarantee"]

    assert differences(published(), after) == [
        Change("minimum_guarantee", "minimum_guarantee", Kind.CHANGED, guarantee, None),
        Change("advance", "advance", Kind.REMOVED, published()["advance"], None),
    ]


def test_a_tier_that_came_is_named_by_its_place() -> None:
    after = published()
    tier = {"up_to": None, "unit_price": "1"}
    after["prices"][0]["tiers"].append(tier)

    assert differences(published(), after) == [
        Change("prices[tokens].tiers[2]", "prices.tiers", Kind.ADDED, None, tier)
    ]


def schema_paths(schema: dict[str, Any]) -> set[str]:
    """Return the label of every field that the published schema knows."""
    paths: set[str] = set()

    def walk(node: Any, path: str) -> None:
        if isinstance(node, list):
            for inner in node:
                walk(inner, path)
        if not isinstance(node, dict):
            return
        if "$ref" in node:
            walk(schema["$defs"][node["$ref"].rsplit("/", 1)[1]], path)
        for name, inner in node.get("properties", {}).items():
            below = f"{path}.{name}" if path else name
            paths.add(below)
            walk(inner, below)
        for key in ("items", "anyOf", "oneOf"):
            walk(node.get(key), path)

    walk(schema, "")
    return paths


def test_every_clause_has_a_title_and_every_title_a_clause() -> None:
    assert set(CLAUSES) == schema_paths(json_schema())


def test_japanese_is_compared_phrase_by_phrase() -> None:
    before = "利用者は学習結果を公開する。"
    after = "利用者は学習結果を非公開とする。"

    segments = text_changes(before, after)

    assert joined(segments, Kind.KEPT, Kind.REMOVED) == before
    assert joined(segments, Kind.KEPT, Kind.ADDED) == after
    assert segments[0] == Segment(Kind.KEPT, "利用者は学習結果を")
    assert joined(segments, Kind.REMOVED) == "公開する。"


def test_english_is_compared_word_by_word() -> None:
    assert text_changes("The licensee shall pay, promptly.", "The licensee may pay, promptly.") == [
        Segment(Kind.KEPT, "The licensee "),
        Segment(Kind.REMOVED, "shall "),
        Segment(Kind.ADDED, "may "),
        Segment(Kind.KEPT, "pay, promptly."),
    ]


def test_a_text_that_was_not_there_is_an_addition() -> None:
    assert text_changes("", "New.") == [Segment(Kind.ADDED, "New.")]
    assert text_changes("", "") == []


def test_a_text_too_long_to_compare_is_replaced_whole() -> None:
    before, after = "a " * 7000, "b " * 7000

    assert text_changes(before, after) == [
        Segment(Kind.REMOVED, before),
        Segment(Kind.ADDED, after),
    ]


phrases = st.lists(
    st.sampled_from(
        ["学習", "する", "ことを", "禁止", "。", " ", "\n", "model", "may", ",", "ー", "é"]
    ),
    max_size=30,
).map("".join)


@given(phrases | st.text(max_size=60), phrases | st.text(max_size=60))
def test_both_texts_can_be_read_back_from_the_redline(before: str, after: str) -> None:
    segments = text_changes(before, after)

    assert joined(segments, Kind.KEPT, Kind.REMOVED) == before
    assert joined(segments, Kind.KEPT, Kind.ADDED) == after


@pytest.mark.parametrize("name", ["uses", "models", "territory"])
def test_a_grant_without_changes_in_order_shows_none(name: str) -> None:
    before, after = published(), published()
    before["grant"][name] = [*before["grant"][name], *({"family": "z", "versions": ["1"]},)]
    after["grant"][name] = list(reversed(before["grant"][name]))

    assert differences(before, after) == []


def test_a_number_is_compared_whole() -> None:
    assert text_changes("¥12.50 per 1,000,000トークン", "¥11.50 per 1,000,000トークン") == [
        Segment(Kind.KEPT, "¥"),
        Segment(Kind.REMOVED, "12.50 "),
        Segment(Kind.ADDED, "11.50 "),
        Segment(Kind.KEPT, "per 1,000,000トークン"),
    ]
