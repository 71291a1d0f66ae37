import pytest
from django.utils import translation

from licensing.deals.terms import USE_NAMES
from licensing.deals.terms.prices import PRICE_MODELS
from licensing.templatetags.terms import (
    WORDS,
    listed,
    term,
    territory_name,
    tier_floor,
    unit_name,
    unit_of,
    use_name,
)


def test_every_use_and_price_of_the_terms_has_words() -> None:
    assert WORDS["use"].keys() == set(USE_NAMES)
    assert set(PRICE_MODELS) == WORDS["price"].keys() == WORDS["price_meaning"].keys()


def test_a_token_is_said_in_words_and_an_unknown_one_as_it_was_written() -> None:
    with translation.override("en"):
        assert use_name("ai-train") == "training of AI models"
        assert unit_name("token") == "tokens"
        assert unit_name("parsec") == "parsec"
        assert term("graduated", "price") == "Graduated price"
        assert term(None, "price") == ""


def test_places_are_named_in_the_readers_language() -> None:
    with translation.override("en"):
        assert territory_name("JP") == "Japan"
        assert territory_name("WW") == "the whole world"
        assert territory_name("ZZZ") == "ZZZ"
        assert listed(["JP", "US"], "territory") == "Japan, United States"
    with translation.override("ja"):
        assert territory_name("JP") == "日本"


def test_a_list_of_nothing_is_empty() -> None:
    assert listed(None, "use") == ""


def test_a_tier_begins_where_the_one_before_it_ends() -> None:
    tiers: list[dict[str, str | None]] = [{"up_to": "10"}, {"up_to": None}]

    assert tier_floor(tiers, 0) is None
    assert tier_floor(tiers, 1) == "10"


@pytest.mark.parametrize(
    ("language", "count", "said"),
    [
        ("en", "1", "token"),
        ("en", "1.000000", "token"),
        ("en", "2", "tokens"),
        ("en", "0", "tokens"),
        ("ja", "1", "トークン"),
        ("ja", "2", "トークン"),
    ],
)
def test_a_unit_is_said_beside_its_count(language: str, count: str, said: str) -> None:
    with translation.override(language):
        assert unit_of("token", count) == said
