from typing import Any

import pytest

from licensing.deals.terms import covers, expand, parse
from tests.licensing.terms.documents import PER_MILLION, faults_of, plain_document

FLAT = {"id": "access", "model": "flat", "amount": "10", "due": "once"}
POOL = {"id": "pool", "model": "pool", "amount": "10"}
WORKS = {"id": "titles", "model": "per_work", "amount": "5", "count": "used"}
SHARE = {"id": "share", "model": "revenue_share", "rate": "0.3"}
CPI = {"series": "JP-CPI", "base": "2026-09", "month": "2027-08"}


def granting(**grant: Any) -> dict[str, Any]:
    document = plain_document()
    document["grant"].update(grant)
    return document


def tiered(*bounds: str | None, model: str = "graduated") -> dict[str, Any]:
    tiers = [{"up_to": bound, "unit_price": "1"} for bound in bounds]
    return plain_document({"id": "tokens", "model": model, "unit": "token", "tiers": tiers})


def test_a_term_ends_no_earlier_than_it_starts() -> None:
    assert faults_of(granting(ends_on="2026-09-30")) == [("grant.ends_on", "ends_before_start")]
    assert parse(granting(ends_on="2026-10-01")).grant.ends_on is not None
    assert parse(granting(ends_on=None)).grant.ends_on is None


@pytest.mark.parametrize(
    ("grant", "where"),
    [
        ({"uses": ["ai-train", "search", "ai-train"]}, "grant.uses[2]"),
        ({"territory": ["JP", "JP"]}, "grant.territory[1]"),
        ({"media": ["text", "text"]}, "grant.media[1]"),
        ({"works": {"exclude": ["work_a", "work_b", "work_a"]}}, "grant.works.exclude[2]"),
        (
            {
                "models": [
                    {"family": "vista", "versions": ["1"]},
                    {"family": "vista", "versions": "any"},
                ]
            },
            "grant.models[1]",
        ),
        ({"models": [{"family": "vista", "versions": ["1", "1"]}]}, "grant.models[0].versions[1]"),
    ],
)
def test_what_stands_twice_in_a_grant_is_refused(grant: dict[str, Any], where: str) -> None:
    assert faults_of(granting(**grant)) == [(where, "repeated")]


def test_the_world_stands_alone() -> None:
    assert faults_of(granting(territory=["WW", "JP"])) == [
        ("grant.territory", "world_and_countries")
    ]


def test_a_price_is_for_uses_of_the_grant() -> None:
    assert faults_of(plain_document({**PER_MILLION, "uses": ["ai-train", "search"]})) == [
        ("prices[0].uses[1]", "use_not_granted")
    ]


def test_a_wide_use_includes_the_narrow_ones_and_training_does_not_include_fine_tuning() -> None:
    assert covers(["ai-all"], "fine-tune")
    assert covers(["all"], "search")
    assert covers(["all"], "ai-all")
    assert not covers(["ai-all"], "search")
    assert not covers(["ai-all"], "all")
    assert not covers(["ai-train"], "fine-tune")
    assert expand(["search", "unheard-of"]) == {"search", "unheard-of"}
    wide = granting(uses=["ai-all"])
    wide["prices"][0]["uses"] = ["evaluate"]
    parse(wide)


def test_prices_have_ids_of_their_own() -> None:
    assert faults_of(plain_document(FLAT, POOL, {**FLAT, "due": "each_period"})) == [
        ("prices[2].id", "repeated")
    ]


def test_a_price_does_not_take_the_name_of_a_clause() -> None:
    assert faults_of(plain_document({**PER_MILLION, "id": "cap"})) == [
        ("prices[0].id", "id_reserved")
    ]


@pytest.mark.parametrize("model", ["graduated", "volume"])
@pytest.mark.parametrize(
    ("bounds", "faults"),
    [
        (("10", "10", None), [("prices[0].tiers[1].up_to", "tiers_not_ascending")]),
        (("10", "9.999999", None), [("prices[0].tiers[1].up_to", "tiers_not_ascending")]),
        (("10", "20"), [("prices[0].tiers[1].up_to", "last_tier_bounded")]),
        (
            ("10", None, None),
            [("prices[0].tiers[1].up_to", "tier_after_unbounded")],
        ),
        (
            ("10", None, "5"),
            [
                ("prices[0].tiers[2].up_to", "last_tier_bounded"),
                ("prices[0].tiers[1].up_to", "tier_after_unbounded"),
            ],
        ),
    ],
)
def test_tiers_ascend_and_only_the_last_has_no_end(
    bounds: tuple[str | None, ...], faults: list[tuple[str, str]], model: str
) -> None:
    assert faults_of(tiered(*bounds, model=model)) == faults


def test_one_tier_without_an_end_is_a_table() -> None:
    parse(tiered(None))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (PER_MILLION, {**PER_MILLION, "id": "again"}),
        (
            PER_MILLION,
            {"id": "again", "model": "package", "unit": "token", "per": "5", "unit_price": "1"},
        ),
        (WORKS, {**WORKS, "id": "again"}),
        (SHARE, {**SHARE, "id": "again", "rate": "0.1"}),
    ],
)
def test_two_prices_that_count_the_same_line_could_be_read_two_ways(
    first: dict[str, Any], second: dict[str, Any]
) -> None:
    assert faults_of(plain_document(first, second)) == [("prices[1]", "prices_ambiguous")]


def test_prices_of_different_units_or_uses_and_fixed_amounts_stand_beside_each_other() -> None:
    document = plain_document(
        {**PER_MILLION, "uses": ["ai-train"]},
        {**PER_MILLION, "id": "tuning", "uses": ["fine-tune", "ai-input"]},
        {**PER_MILLION, "id": "pages", "unit": "page"},
        FLAT,
        {**FLAT, "id": "monthly", "due": "each_period"},
        WORKS,
        {**WORKS, "id": "licensed", "count": "licensed"},
    )
    document["grant"]["uses"] = ["ai-all"]

    assert len(parse(document).prices) == 7


def test_a_minimum_is_not_above_the_maximum() -> None:
    assert faults_of(plain_document({**PER_MILLION, "minimum": "2", "maximum": "1"})) == [
        ("prices[0].minimum", "minimum_above_maximum")
    ]
    parse(plain_document({**PER_MILLION, "minimum": "2", "maximum": "2"}))


@pytest.mark.parametrize(
    ("document", "where"),
    [
        (plain_document({**PER_MILLION, "minimum": "0.001"}), "prices[0].minimum"),
        (plain_document({**PER_MILLION, "maximum": "0.001"}), "prices[0].maximum"),
        (plain_document({**FLAT, "amount": "0.5"}, currency="JPY"), "prices[0].amount"),
        (plain_document({**POOL, "amount": "0.005"}), "prices[0].amount"),
        (
            plain_document(cap={"amount": "1.999", "window": "term"}),
            "cap.amount",
        ),
    ],
)
def test_an_amount_owed_as_it_stands_fits_its_currency(
    document: dict[str, Any], where: str
) -> None:
    assert faults_of(document) == [(where, "too_many_decimals")]


def test_trailing_zeros_are_no_decimals() -> None:
    parse(plain_document({**FLAT, "amount": "5.000"}, currency="JPY"))


@pytest.mark.parametrize("price", [FLAT, POOL])
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("tally", "year"),
        ("zero_usage", "free"),
        ("factors", [{"when": {"territory": ["JP"]}, "times": "2"}]),
    ],
)
def test_a_fixed_amount_counts_no_usage(price: dict[str, Any], name: str, value: object) -> None:
    assert faults_of(plain_document({**price, name: value})) == [
        (f"prices[0].{name}", "not_for_fixed_amounts")
    ]


def test_an_amount_due_once_is_not_prorated() -> None:
    assert faults_of(plain_document({**FLAT, "prorate": "days"})) == [
        ("prices[0].prorate", "prorate_needs_periods")
    ]
    parse(plain_document({**FLAT, "prorate": "days", "due": "each_period"}))


def test_a_work_is_counted_without_factors_and_escalated_by_period_only() -> None:
    factors = [{"when": {"territory": ["JP"]}, "times": "2"}]
    escalators = [{"from": "2027-10-01", "times": "1.03"}]

    assert faults_of(plain_document({**WORKS, "factors": factors})) == [
        ("prices[0].factors", "not_for_works")
    ]
    assert faults_of(plain_document({**WORKS, "escalators": escalators, "tally": "term"})) == [
        ("prices[0].escalators", "escalators_need_periods")
    ]
    parse(plain_document({**WORKS, "escalators": escalators}))


@pytest.mark.parametrize("fields", [{"base": "net"}, {"deductions": ["refund"]}])
def test_a_net_base_and_its_deductions_come_together(fields: dict[str, Any]) -> None:
    assert faults_of(plain_document({**SHARE, **fields})) == [
        ("prices[0].deductions", "net_needs_deductions")
    ]
    parse(plain_document({**SHARE, "base": "net", "deductions": ["refund"]}))


@pytest.mark.parametrize("deductions", [["revenue", "refund"], ["refund", "refund"]])
def test_what_is_taken_off_has_a_unit_of_its_own(deductions: list[str]) -> None:
    document = plain_document({**SHARE, "base": "net", "deductions": deductions})

    assert [code for _, code in faults_of(document)] == ["repeated"]


def test_no_line_is_both_taken_off_and_priced() -> None:
    net = {**SHARE, "base": "net", "deductions": ["token"]}

    assert faults_of(plain_document(PER_MILLION, net)) == [("prices[1]", "prices_ambiguous")]


def factored(*conditions: dict[str, Any]) -> dict[str, Any]:
    factors = [{"when": condition, "times": "2"} for condition in conditions]
    return plain_document({**PER_MILLION, "factors": factors})


def test_a_factor_says_what_it_is_for() -> None:
    assert faults_of(factored({})) == [("prices[0].factors[0].when", "condition_empty")]


def test_a_factor_for_a_territory_names_countries_of_the_grant() -> None:
    document = factored({"territory": ["JP", "US"]})
    document["grant"]["territory"] = ["JP"]

    assert faults_of(document) == [
        ("prices[0].factors[0].when.territory[1]", "territory_not_granted")
    ]
    assert faults_of(factored({"territory": ["WW"]})) == [
        ("prices[0].factors[0].when.territory[0]", "territory_not_granted")
    ]


def test_factors_of_one_kind_exclude_each_other() -> None:
    assert faults_of(factored({"territory": ["JP", "KR"]}, {"territory": ["KR"]})) == [
        ("prices[0].factors[1].when", "factors_ambiguous")
    ]
    parse(factored({"territory": ["JP"]}, {"territory": ["KR"]}))
    parse(factored({"territory": ["JP"]}, {"territory": ["JP"], "media": ["video"]}))
    parse(factored({"language": ["ja"]}, {"generation": ["g2"]}))


@pytest.mark.parametrize(
    ("step", "found"),
    [
        ({}, [("", "escalator_by_one")]),
        ({"times": "2", "index": CPI}, [("", "escalator_by_one")]),
        ({"index": CPI | {"base": "2027-08"}}, [(".index.base", "index_base_not_before")]),
        ({"index": CPI | {"month": "2027-10"}}, [(".index.month", "index_month_not_before")]),
        ({"index": CPI | {"month": "2027-9"}}, [(".index.month", "malformed")]),
        ({"index": CPI | {"series": "jp cpi"}}, [(".index.series", "malformed")]),
    ],
)
def test_an_escalator_is_by_one_number_or_by_an_index_known_by_its_day(
    step: dict[str, Any], found: list[tuple[str, str]]
) -> None:
    price = {**PER_MILLION, "escalators": [{"from": "2027-10-01", **step}]}

    assert faults_of(plain_document(price)) == [
        (f"prices[0].escalators[0]{where}", code) for where, code in found
    ]


def test_an_escalator_by_an_index_is_written_as_it_was() -> None:
    price = {**PER_MILLION, "escalators": [{"from": "2027-10-01", "index": CPI}]}

    (escalator,) = parse(plain_document(price)).prices[0].escalators

    assert str(escalator.index) == "JP-CPI 2027-08 ÷ 2026-09"


def test_escalators_are_in_the_order_of_their_days() -> None:
    escalators = [
        {"from": "2027-10-01", "times": "1.03"},
        {"from": "2027-10-01", "times": "1.06"},
    ]

    assert faults_of(plain_document({**PER_MILLION, "escalators": escalators})) == [
        ("prices[0].escalators[1].from", "escalators_not_ascending")
    ]
    escalators[1]["from"] = "2028-10-01"
    parse(plain_document({**PER_MILLION, "escalators": escalators}))


def test_fees_leave_something_and_have_one_recipient_each() -> None:
    collective, operator = ({"to": to, "rate": "0.5"} for to in ("collective", "operator"))

    assert faults_of(plain_document(fees=[collective, operator])) == [
        ("fees", "fees_take_everything")
    ]
    assert faults_of(plain_document(fees=[operator, {**operator, "rate": "0.1"}])) == [
        ("fees[1].to", "repeated")
    ]
    parse(plain_document(fees=[collective, {**operator, "rate": "0.499999999999"}]))


def test_a_guarantee_is_not_above_the_cap_of_its_window() -> None:
    def bounded(window: str) -> dict[str, Any]:
        return plain_document(
            minimum_guarantee={"amount": "100", "window": "year"},
            cap={"amount": "50", "window": window},
        )

    assert faults_of(bounded("year")) == [("minimum_guarantee.amount", "guarantee_above_cap")]
    parse(bounded("period"))


@pytest.mark.parametrize(
    ("distribution", "where", "code"),
    [
        ({"key": "usage", "otherwise": 1}, "distribution.otherwise", "points_need_their_key"),
        (
            {"key": "usage", "points": [{"kinds": ["film"], "points": 1}]},
            "distribution.points",
            "points_need_their_key",
        ),
        ({"key": "points"}, "distribution.points", "points_missing"),
        (
            {"key": "points", "points": [{"kinds": ["film"], "points": 0}], "otherwise": 0},
            "distribution.points",
            "points_missing",
        ),
        (
            {"key": "points", "points": [{"points": 1}]},
            "distribution.points[0]",
            "points_need_works_or_kinds",
        ),
        (
            {
                "key": "points",
                "points": [
                    {"kinds": ["film", "book"], "points": 1},
                    {"kinds": ["book"], "points": 2},
                ],
            },
            "distribution.points[1].kinds[0]",
            "repeated",
        ),
    ],
)
def test_points_that_could_be_read_two_ways_are_refused(
    distribution: dict[str, Any], where: str, code: str
) -> None:
    assert faults_of(plain_document(distribution=distribution)) == [(where, code)]


@pytest.mark.parametrize(
    ("dimension", "first", "second"),
    [
        ("language", "zh", "zh-Hant"),
        ("language", "zh-hant", "zh-Hant"),
        ("generation", "2", "2.1"),
        ("generation", "2-turbo", "2"),
    ],
)
def test_factors_for_a_value_and_what_it_stands_for_are_ambiguous(
    dimension: str, first: str, second: str
) -> None:
    factors = [{"when": {dimension: [value]}, "times": "2"} for value in (first, second)]

    found = faults_of(plain_document({**PER_MILLION, "factors": factors}))

    assert found == [("prices[0].factors[1].when", "factors_ambiguous")]
