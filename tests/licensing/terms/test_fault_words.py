import ast
from pathlib import Path

import pytest
from django.utils import translation

from licensing.deals.fault_words import WORDS, in_form_words, in_words
from licensing.deals.terms import parse
from licensing.deals.terms.parsing import InvalidTerms
from licensing.errors import Fault
from tests.licensing.terms.documents import PER_MILLION, plain_document

CHECKS = Path(__file__).parents[3] / "licensing" / "deals" / "terms"


def codes_of_faults() -> set[str]:
    """Return every code that stands as the second argument of a Fault in the checks."""
    found = set()
    for path in CHECKS.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Fault":
                code = node.args[1]
                if isinstance(code, ast.Constant):
                    found.add(str(code.value))
    return found


def refused_price() -> Fault:
    with pytest.raises(InvalidTerms) as refused:
        parse(plain_document({**PER_MILLION, "minimum": "3", "maximum": "2"}))
    [fault] = refused.value.faults
    return fault


def test_every_fault_of_the_checks_can_be_said_in_other_languages() -> None:
    assert codes_of_faults() <= set(WORDS)


def test_every_sentence_has_its_japanese() -> None:
    with translation.override("ja"):
        same = [code for code, words in WORDS.items() if str(words).isascii()]

    assert same == []


def test_a_japanese_reader_gets_the_sentence_for_the_code() -> None:
    with translation.override("ja"):
        said = in_words(refused_price())

    assert said.where == "prices[0].minimum"
    assert said.code == "minimum_above_maximum"
    assert said.message.startswith("最低額が最高額を超えています。")


def test_an_english_reader_and_an_unknown_code_keep_the_exact_message() -> None:
    fault, unknown = refused_price(), Fault("x", "unheard_of", "As it is.")

    with translation.override("en"):
        assert in_words(fault) == fault
    with translation.override("ja"):
        assert in_words(unknown) == unknown


def codes_of_services() -> set[str]:
    """Return the codes with which making an offer is refused beside the terms' own."""
    tree = ast.parse((CHECKS.parent / "services.py").read_text())
    return {
        str(node.args[1].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") == "Fault"
        and isinstance(node.args[1], ast.Constant)
    }


def test_every_refusal_of_an_offer_can_be_said_in_other_languages() -> None:
    assert codes_of_services() <= set(WORDS)


def test_the_form_speaks_of_fields_and_days_and_not_of_notation() -> None:
    refused = [
        Fault("expires_at", "out_of_range", "2026-09-01T00:00:00 is not within a year from now."),
        Fault("prices[0].factors[1].when.language[0]", "malformed", "It must match ^[a-z]$."),
        Fault("prices[0].tiers[1].up_to", "last_tier_bounded", "Write null on the last tier."),
        Fault("prices[0].minimum", "minimum_above_maximum", "The minimum is above the maximum."),
    ]

    assert [in_form_words(fault).message for fault in refused] == [
        "Choose a day from today to a year from now.",
        "Use language codes such as ja, en or pt-BR.",
        "Nothing prices usage above the last tier. Leave its bound empty.",
        "The minimum is above the maximum.",
    ]
