from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings

from licensing.deals import terms as contract
from licensing.deals.drafting import Draft
from tests.licensing.deals.forms_sent import sent
from tests.licensing.deals.table import TERMS, terms
from tests.licensing.deals.written_terms import documents
from tests.licensing.terms.documents import published

MANY = settings(
    max_examples=25,
    deadline=None,
    # A document has hundreds of parts: making a smaller one that fails takes minutes.
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=list(HealthCheck),
)


def through_the_form(document: dict[str, Any]) -> dict[str, Any]:
    """Show a document in the form, send the form as it is and read it again."""
    draft = Draft.read(sent(Draft.of(document)), document)
    assert draft.is_valid(), [form.errors for form in draft.forms() if form.errors]
    return draft.document()


@MANY
@given(documents())
def test_sending_the_form_of_any_document_unchanged_says_the_same_bytes(
    document: dict[str, Any],
) -> None:
    terms = contract.parse(document)
    assume(not Draft.of(document).unshowable())

    again = contract.parse(through_the_form(document))

    assert contract.canonical_bytes(again) == contract.canonical_bytes(terms)


@MANY
@given(documents())
def test_pressing_a_button_loses_nothing_that_was_written(document: dict[str, Any]) -> None:
    assume(not Draft.of(document).unshowable())

    pressed = Draft.read(sent(Draft.of(document)), document).press("show_fields")
    draft = Draft.read(sent(pressed), document)

    assert draft.is_valid()
    assert draft.document() == document


def test_the_published_example_can_be_shown() -> None:
    assert Draft.of(published()).unshowable() == []
    assert through_the_form(published()) == published()


@pytest.mark.parametrize("model", ["gpt: 4", "a,b", "x、y"])
def test_a_family_that_reads_as_something_else_cannot_be_shown(model: str) -> None:
    grant = TERMS["grant"] | {"models": [{"family": "vista", "versions": [model]}]}

    assert Draft.of(terms(grant=grant)).unshowable() == (
        [] if model == "gpt: 4" else ["grant.models"]
    )


def test_more_rows_than_a_request_can_carry_cannot_be_shown() -> None:
    steps = [{"from": f"{year}-01-01", "times": "1"} for year in range(2001, 2101)]
    prices = [
        {"id": f"p{at}", "model": "pool", "amount": "1", "escalators": steps} for at in range(4)
    ]

    assert Draft.of(terms(prices=prices)).unshowable() == ["prices"]


@pytest.mark.parametrize(("rules", "places"), [(100, []), (101, ["distribution.points"])])
def test_more_rules_of_points_than_the_form_has_rows_are_left_to_the_document(
    rules: int, places: list[str]
) -> None:
    points = [{"kinds": [f"kind-{number}"], "points": 1} for number in range(rules)]
    document = terms(distribution={"key": "points", "points": points})

    assert Draft.of(document).unshowable() == places
