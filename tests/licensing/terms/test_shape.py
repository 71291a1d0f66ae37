from typing import Any

import pytest

from licensing.deals.terms import InvalidTerms, parse, parse_bytes
from licensing.errors import InvalidInput
from licensing.strict_json import MalformedJson
from tests.licensing.terms.documents import (
    PER_MILLION,
    faults_of,
    place_and_code,
    plain_document,
    published,
)


def changed(path: str, value: object) -> dict[str, Any]:
    """Return the published example with one value replaced; the path is written with dots."""
    document = published()
    *parents, last = path.split(".")
    inner: Any = document
    for step in parents:
        inner = inner[int(step) if step.isdigit() else step]
    inner[int(last) if last.isdigit() else last] = value
    return document


@pytest.mark.parametrize(
    ("path", "value", "fault"),
    [
        ("schema", "terms/2", ("schema", "not_one_of")),
        ("currency", "XBT", ("currency", "currency_unknown")),
        ("currency", 392, ("currency", "not_text")),
        ("grant.works", "all", ("grant.works", "not_an_object")),
        ("grant.works.exclude", ["isbn:1"], ("grant.works.exclude[0]", "malformed")),
        ("grant.uses", [], ("grant.uses", "too_few")),
        ("grant.uses", "ai-train", ("grant.uses", "not_a_list")),
        ("grant.uses.1", "train", ("grant.uses[1]", "not_one_of")),
        ("grant.models", "none", ("grant.models", "not_one_of")),
        ("grant.models", [], ("grant.models", "too_few")),
        ("grant.models", 5, ("grant.models", "not_a_list")),
        ("grant.models.0.versions", "all", ("grant.models[0].versions", "not_one_of")),
        ("grant.models.0.versions", [2], ("grant.models[0].versions[0]", "not_text")),
        ("grant.models.0.family", " ", ("grant.models[0].family", "malformed")),
        ("grant.models.0.family", "", ("grant.models[0].family", "too_short")),
        ("grant.models.0.family", "x" * 81, ("grant.models[0].family", "too_long")),
        ("grant.territory.0", "UK", ("grant.territory[0]", "territory_unknown")),
        ("grant.territory", ["JP"] * 251, ("grant.territory", "too_many")),
        ("grant.exclusive", "false", ("grant.exclusive", "not_true_or_false")),
        ("grant.after_term", "burn", ("grant.after_term", "not_one_of")),
        ("prices.0.id", "a b", ("prices[0].id", "malformed")),
        ("prices.0.unit", "Token", ("prices[0].unit", "malformed")),
        ("prices.0.tiers.0.up_to", "x", ("prices[0].tiers[0].up_to", "decimal_malformed")),
        ("prices.0.tally", "month", ("prices[0].tally", "not_one_of")),
        ("prices.1.model", "rental", ("prices[1].model", "price_model_unknown")),
        ("prices.1.due", "never", ("prices[1].due", "not_one_of")),
        ("prices", [], ("prices", "too_few")),
        ("advance.amount", "0", ("advance.amount", "decimal_out_of_range")),
        ("dispute_days", -1, ("dispute_days", "out_of_range")),
        ("dispute_days", 3651, ("dispute_days", "out_of_range")),
        ("dispute_days", "60", ("dispute_days", "not_a_whole_number")),
        ("dispute_days", True, ("dispute_days", "not_a_whole_number")),
        ("duties.attribution", 1, ("duties.attribution", "not_true_or_false")),
        ("special_conditions", "", ("special_conditions", "too_short")),
    ],
)
def test_a_value_of_another_shape_is_refused_by_path_and_code(
    path: str, value: object, fault: tuple[str, str]
) -> None:
    assert faults_of(changed(path, value)) == [fault]


def test_a_field_that_is_absent_and_needed_is_named() -> None:
    wrong = published()
    del wrong["currency"], wrong["grant"]["uses"], wrong["prices"][0]["tiers"][1]["up_to"]

    assert faults_of(wrong) == [
        ("currency", "missing"),
        ("grant.uses", "missing"),
        ("prices[0].tiers[1].up_to", "missing"),
    ]


def test_a_price_without_a_model_is_told_which_there_are() -> None:
    wrong = published()
    del wrong["prices"][2]["model"]

    assert faults_of(wrong) == [("prices[2].model", "missing")]


@pytest.mark.parametrize(
    ("name", "advice"),
    [("unit_pirce", 'Did you mean "unit_price"?'), ("colour", "Remove it")],
)
def test_an_unknown_field_is_refused_with_the_nearest_known_one(name: str, advice: str) -> None:
    with pytest.raises(InvalidTerms) as refused:
        parse(plain_document({**PER_MILLION, name: "1"}))

    [fault] = refused.value.faults
    assert place_and_code(fault) == (f"prices[0].{name}", "unknown_field")
    assert advice in fault.message


def test_every_fault_is_told_at_once() -> None:
    wrong = changed("currency", "XBT")
    wrong["prices"][0]["tiers"][0]["unit_price"] = "12,5"
    wrong["dispute_days"] = None
    wrong["fees"][0]["to"] = "agent"

    assert faults_of(wrong) == [
        ("currency", "currency_unknown"),
        ("prices[0].tiers[0].unit_price", "decimal_malformed"),
        ("fees[0].to", "not_one_of"),
    ]


def test_a_float_is_refused_before_anything_is_read() -> None:
    with pytest.raises(MalformedJson) as refused:
        parse(changed("fees.0.rate", 0.095))

    assert place_and_code(refused.value.faults[0]) == ("fees[0].rate", "not_plain_json")


@pytest.mark.parametrize("body", [b"[]", b'"terms/1"', b"null", b"5", b"{}", b"[{}]"])
def test_a_body_that_is_no_document_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_bytes(body)

    assert refused.value.faults


def test_models_and_versions_may_be_any_where_the_terms_say_so() -> None:
    grant = parse(changed("grant.models", "any")).grant
    versions = parse(changed("grant.models.0.versions", "any")).grant
    listed = parse(published()).grant

    assert grant.permits_model("anything", "9")
    assert versions.permits_model("vista", "9")
    assert not versions.permits_model("other", "9")
    assert listed.permits_model("vista", "2")
    assert not listed.permits_model("vista", "3")
