from typing import Any

import pytest
from django.utils import translation

from licensing.deals import plain_terms
from licensing.deals import terms as contract
from licensing.deals.plain_terms import Change, PlainTerms
from tests.licensing.deals.table import TERMS, terms
from tests.licensing.terms.documents import published

EXCLUDED = {"select": "repertoire", "exclude": ["work_a7b2c3d4e5f6g7h2"]}


@pytest.fixture(autouse=True)
def _in_english() -> Any:
    with translation.override("en"):
        yield


def said(document: dict[str, Any]) -> PlainTerms:
    """Say a document in plain words."""
    return plain_terms.describe(contract.parse(document))


def rows(document: dict[str, Any]) -> dict[str, str]:
    """Return what each clause says, by its place."""
    return {row.path: row.text for section in said(document).sections for row in section.rows}


def changed(before: dict[str, Any], after: dict[str, Any]) -> list[Change]:
    """Return what the second document changes in the first."""
    return plain_terms.changes(contract.parse(before), contract.parse(after))


def test_each_clause_is_said_once() -> None:
    found = rows(published())

    assert found == {
        "grant.works": "The licensor’s whole repertoire on the day of the second signature, "
        "except 1 work.",
        "grant.uses": "Training of AI models, fine-tuning of AI models",
        "grant.models": "vista 2",
        "grant.territory": "The whole world",
        "grant.media": "video",
        "grant.exclusive": "Not exclusive",
        "grant.term": "From 1 October 2026 to 30 September 2029, both days included.",
        "grant.after_term": "When the term has ended, the licensee deletes the works and the "
        "copies made of them.",
        "currency": "JPY",
        "advance": "¥3,000,000, earned back from later charges.",
        "minimum_guarantee": "¥12,000,000 per licence year.",
        "distribution": "By the use of each work",
        "fees.collective": "9.5% of each charge, before it is divided.",
        "fees.operator": "3% of each charge, before it is divided.",
        "reporting": "Usage is reported every month, at most 20 days after the period’s end.",
        "payment.due_days": "Invoices are due 30 days after they are issued.",
        "payment.late_interest": "6% a year on what is overdue.",
        "dispute_days": "A statement can be disputed for 60 days after its issue.",
        "duties.attribution": "Outputs name the works they draw on.",
        "duties.output_limit_words": "At most 200 words of a work in a row.",
        "duties.audit": "With 30 days’ notice, up to 3 years back.",
    }


def test_what_was_not_agreed_is_not_said() -> None:
    bare = terms(fees=None, reporting=None, payment=None)

    assert rows(bare).keys() == {
        "grant.works",
        "grant.uses",
        "grant.models",
        "grant.territory",
        "grant.exclusive",
        "grant.term",
        "currency",
        "distribution",
    }


def test_a_term_without_an_end_and_any_model_are_said_so() -> None:
    grant = TERMS["grant"] | {"ends_on": None, "models": "any", "exclusive": True}

    found = rows(terms(grant=grant))

    assert found["grant.term"] == "From 1 October 2026, without an end."
    assert found["grant.models"] == "Any model and version of the licensee."
    assert found["grant.exclusive"] == "Exclusive"


def test_further_clauses_are_said() -> None:
    found = rows(
        terms(
            cap={"amount": "5000", "window": "term"},
            reserve={"rate": "0.1", "months": 1},
            duties={"attribution": False},
            special_conditions="Titles are written in kana.",
            grant=TERMS["grant"]
            | {"after_term": "keep_models", "models": [{"family": "vista", "versions": "any"}]},
        )
    )

    assert found["cap"] == "¥5,000 over the whole term."
    assert found["reserve"] == "10% of earnings, held for 1 month."
    assert found["duties.attribution"] == "Not required."
    assert found["special_conditions"] == "Titles are written in kana."
    assert found["grant.models"] == "vista, every version"


def test_graduated_prices_come_as_a_table_of_bands() -> None:
    price = said(published()).prices[0]

    assert (price.id, price.per) == ("tokens", "per 1,000,000 tokens")
    assert [(tier.band, tier.unit_price, tier.flat_fee) for tier in price.tiers] == [
        ("Up to 1,000,000,000 tokens", "¥12.50", ""),
        ("Above 1,000,000,000 tokens", "¥9.00", "¥0"),
    ]
    assert price.has_flat_fees
    assert price.notes == (
        "Only for training of AI models.",
        "Counted 1.5 times for Japan.",
    )


BANDS = [
    {"up_to": "10", "unit_price": "2"},
    {"up_to": "20", "unit_price": "1"},
    {"up_to": None, "unit_price": "1"},
]


@pytest.mark.parametrize(
    ("price", "words"),
    [
        (
            {"model": "per_unit", "unit": "token", "per": "1000", "unit_price": "2.50"},
            "¥2.50 per 1,000 tokens.",
        ),
        (
            {"model": "volume", "unit": "page", "tiers": BANDS},
            "All pages are charged at the price of the band they reach.",
        ),
        (
            {
                "model": "package",
                "unit": "query",
                "per": "100",
                "unit_price": "5",
                "free_units": "10",
            },
            "¥5 for every started package of 100 queries. The first 10 are free.",
        ),
        (
            {"model": "package", "unit": "query", "per": "100", "unit_price": "5"},
            "¥5 for every started package of 100 queries.",
        ),
        ({"model": "flat", "amount": "500", "due": "once"}, "¥500, once."),
        (
            {"model": "flat", "amount": "500", "due": "each_period", "prorate": "days"},
            (
                "¥500 in every accounting period. A period partly inside the term costs its part "
                "of the days."
            ),
        ),
        (
            {"model": "per_work", "amount": "50", "count": "used"},
            "¥50 for every work used, per accounting period.",
        ),
        ({"model": "revenue_share", "rate": "0.30"}, "30% of gross revenue."),
        (
            {"model": "pool", "amount": "900"},
            "¥900 in every accounting period, divided among the works.",
        ),
    ],
    ids=lambda value: value["model"] if isinstance(value, dict) else "",
)
def test_each_price_model_has_its_sentence(price: dict[str, Any], words: str) -> None:
    plain = said(terms(prices=[{"id": "it", **price}])).prices[0]

    assert plain.text == words


def test_bounds_tallies_and_escalators_are_noted() -> None:
    price = {
        "id": "it",
        "model": "volume",
        "unit": "page",
        "tiers": [{"up_to": "10", "unit_price": "1"}, {"up_to": None, "unit_price": "1"}],
        "tally": "year",
        "minimum": "5",
        "maximum": "9",
        "zero_usage": "charge",
        "escalators": [{"from": "2027-10-01", "times": "1.02"}],
    }

    assert said(terms(prices=[price])).prices[0].notes == (
        "Quantities add up per licence year before a band is looked up.",
        "At least ¥5 per licence year, once it costs anything.",
        "At most ¥9 per licence year.",
        "Charged even where nothing was used.",
        "Multiplied by 1.02 from 1 October 2027.",
    )


def test_windows_conditions_and_reported_units_are_noted() -> None:
    when = {"language": ["ja", "tlh"], "media": ["video"], "generation": ["2", "3"]}
    price = {
        "id": "it",
        "model": "revenue_share",
        "unit": "sales",
        "rate": "0.5",
        "base": "net",
        "deductions": ["returns"],
        "tally": "term",
        "factors": [{"when": when, "times": "2"}],
    }

    assert said(terms(prices=[price])).prices[0].notes == (
        "Quantities add up over the whole term.",
        "Reported in sales.",
        "Taken off first: returns.",
        "Counted 2 times for Japanese, Klingon; video; model generation 2, 3.",
    )


def test_points_are_said_by_the_names_of_kinds_and_works() -> None:
    rules = [
        {"works": ["work_a7b2c3d4e5f6g7h2"], "points": 9},
        {"kinds": ["anime-film"], "points": 5},
    ]
    found = rows(terms(distribution={"key": "points", "points": rules, "otherwise": 1}))

    assert found["distribution"] == (
        "By the points of each work. work_a7b2c3d4e5f6g7h2: 9. Animated film: 5. "
        "Every other work: 1."
    )


def test_bands_say_both_their_bounds() -> None:
    price = {"id": "it", "model": "graduated", "unit": "page", "tiers": BANDS}
    only = {**price, "tiers": [{"up_to": None, "unit_price": "1"}]}

    bands = [tier.band for tier in said(terms(prices=[price])).prices[0].tiers]
    whole = [tier.band for tier in said(terms(prices=[only])).prices[0].tiers]

    assert bands == ["Up to 10 pages", "Above 10, up to 20 pages", "Above 20 pages"]
    assert whole == ["All pages"]


def test_the_same_terms_change_nothing() -> None:
    assert changed(published(), published()) == []


def test_a_changed_band_a_new_clause_and_a_dropped_one_are_told() -> None:
    after = terms(dispute_days=30, payment=None)
    tiers = [TERMS["prices"][0]["tiers"][0] | {"unit_price": "11.00"}, *BANDS[2:]]
    after["prices"] = [TERMS["prices"][0] | {"tiers": tiers}]

    found = changed(TERMS, after)

    assert [(one.path, one.before, one.after) for one in found] == [
        (
            "prices.tokens.1",
            "Up to 1,000,000,000 tokens: ¥12.50 per 1,000,000 tokens",
            "Up to 1,000,000,000 tokens: ¥11.00 per 1,000,000 tokens",
        ),
        (
            "prices.tokens.2",
            "Above 1,000,000,000 tokens: ¥9.00 per 1,000,000 tokens",
            "Above 1,000,000,000 tokens: ¥1 per 1,000,000 tokens",
        ),
        ("dispute_days", None, "A statement can be disputed for 30 days after its issue."),
        ("payment.due_days", "Invoices are due 30 days after they are issued.", None),
    ]


def test_a_change_marks_only_the_words_that_differ() -> None:
    change = changed(terms(dispute_days=60), terms(dispute_days=30))[0]

    assert [run.text.strip() for run in change.removed if run.kind == "removed"] == ["60"]
    assert [run.text.strip() for run in change.added if run.kind == "added"] == ["30"]
    assert "".join(run.text for run in change.added) == change.after


def test_exchanging_one_excluded_work_for_another_is_a_change() -> None:
    other = EXCLUDED | {"exclude": ["work_b7b2c3d4e5f6g7h2"]}

    found = changed(
        terms(grant=TERMS["grant"] | {"works": EXCLUDED}),
        terms(grant=TERMS["grant"] | {"works": other}),
    )

    assert [one.path for one in found] == ["grant.works.exclude"]


def test_terms_are_said_in_the_readers_language() -> None:
    with translation.override("ja"):
        term = rows(TERMS)["grant.term"]

    assert "2026年10月1日" in term
