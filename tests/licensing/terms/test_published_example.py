import json

from licensing.deals.terms import canonical_bytes, document, parse, parse_bytes, terms_hash
from tests.licensing.terms.documents import published


def test_the_published_example_parses_and_is_kept_as_it_was_written() -> None:
    terms = parse(published())

    assert document(terms) == published()


def test_the_canonical_form_parses_to_the_same_terms_and_the_same_bytes() -> None:
    terms = parse(published())

    again = parse_bytes(canonical_bytes(terms))

    assert again == terms
    assert canonical_bytes(again) == canonical_bytes(terms)


def test_the_order_of_names_and_white_space_do_not_change_the_hash() -> None:
    reordered = dict(reversed(published().items()))

    terms = parse_bytes(json.dumps(reordered, indent=4).encode())

    assert terms_hash(terms) == terms_hash(parse(published()))


def test_the_hash_of_the_published_example_never_changes() -> None:
    assert terms_hash(parse(published())) == (
        "sha256:5ce1b8d610dbba10d0677bbe046a2557634d8d0df76691e98fdd0bc3859cc303"
    )


def test_a_trailing_zero_is_part_of_what_was_signed() -> None:
    shorter = published()
    shorter["prices"][0]["tiers"][0]["unit_price"] = "12.5"

    assert parse(shorter).prices[0] == parse(published()).prices[0]
    assert terms_hash(parse(shorter)) != terms_hash(parse(published()))


def test_an_absent_clause_and_a_clause_of_nothing_are_two_documents() -> None:
    absent, null = published(), published()
    del absent["cap"]

    assert "cap" not in document(parse(absent))
    assert document(parse(null))["cap"] is None
    assert terms_hash(parse(absent)) != terms_hash(parse(null))
