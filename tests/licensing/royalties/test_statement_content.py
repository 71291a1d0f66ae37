"""A statement's frozen document: the field's words on every line, adjustments apart, names kept."""

import json

import pytest
from pydantic import TypeAdapter

from licensing.deals.references import set_reference
from licensing.deals.terms.prices import Price
from licensing.parties.models import Organisation
from licensing.royalties import content, printing, verify
from licensing.royalties.stated_terms import basis_of, rate_of
from tests.licensing.royalties.books import FERRY, Books
from tests.licensing.royalties.test_price_models import NET, PACKAGE, PER_USED, POOL, VOLUME


def test_a_line_carries_the_fields_of_the_trade(books: Books) -> None:
    deal = books.licence.deal
    set_reference(by=books.table.licensor, deal_id=deal.public_id, reference="QP-14")
    books.issued()

    (line,) = content.stated(books.statement_of(books.aoba))["lines"]

    assert line == {
        "kind": "share",
        "charge": line["charge"],
        "licence": books.licence.public_id,
        "licence_title": deal.title,
        "licensor": "Quill Press",
        "licensor_reference": "QP-14",
        "licensee": "Tensor Labs",
        "licensee_reference": "",
        "terms_hash": books.licence.terms_hash,
        "territory": ["WW"],
        "period": "2026-10",
        "price": "tokens",
        "basis": "units",
        "rate": "2.50 / 1000000",
        "unit": "token",
        "charge_quantity": "2000000",
        "charge_minor": 500,
        "adjustment": False,
        "correction": False,
        "weight": "5",
        "gross_minor": 417,
        "operator_fee_minor": 13,
        "collective_fee_minor": 40,
        "reserve_minor": 0,
        "recouped_minor": 0,
        "withholding_minor": 0,
        "net_minor": 364,
    }


def test_adjustments_stand_apart_and_after_the_rest(books: Books) -> None:
    """Half the ferry is taken back: 375 cents, of which aoba has 292, see `test_printing`."""
    books.closed()
    books.correct(FERRY | {"quantity": "500000"})
    books.close()
    books.issue()

    stated = content.stated(books.statement_of(books.aoba))

    assert [(one["adjustment"], one["net_minor"]) for one in stated["lines"]] == [
        (False, 364),
        (True, -72),
    ]
    assert (stated["adjustments_minor"], stated["net_minor"]) == (-72, 292)
    assert [(one["step"], one["amount_minor"]) for one in printing.waterfall(stated)] == [
        ("gross", 417),
        ("operator_fee", -13),
        ("collective_fee", -40),
        ("corrections", -72),
        ("earned", 292),
    ]


def test_what_was_issued_keeps_the_names_of_its_day(books: Books) -> None:
    books.issued()
    before = content.stated(books.statement_of(books.aoba))
    Organisation.objects.filter(name="Tensor Labs").update(name="Tensor")
    set_reference(by=books.table.licensor, deal_id=books.licence.deal.public_id, reference="new")

    statement = books.statement_of(books.aoba)
    again = content.of(statement, content.Names.frozen(before))

    assert content.stated(statement)["lines"][0]["licensee"] == "Tensor Labs"
    assert content.canonical(again) == content.canonical(before)
    assert list(verify.findings()) == []


def test_a_statement_with_a_line_too_many_is_found(books: Books) -> None:
    books.issued()
    statement = books.statement_of(books.aoba)
    document = content.stated(statement)
    statement.content = document | {"lines": [*document["lines"], document["lines"][0]]}

    found = list(verify.of_statement(statement))

    assert [one.partition(":")[0] for one in found] == [
        statement.public_id,
        f"{statement.public_id} line 2",
    ]


@pytest.mark.parametrize(
    ("price", "basis", "rate"),
    [
        (VOLUME, "units", "<= 1000000: 3.00 / 1000000; more: 2.00 / 1000000 + 1.00"),
        (PACKAGE, "units", "1.00 / 300000, 600000 free"),
        (NET, "net_revenue", "0.25"),
        (PER_USED, "works_used", "2.50"),
        (POOL, "fixed", "5.00"),
    ],
)
def test_every_model_says_its_basis_and_rate(
    price: dict[str, object], basis: str, rate: str
) -> None:
    read: Price = TypeAdapter(Price).validate_json(json.dumps(price))

    assert (basis_of(read), rate_of(read)) == (basis, rate)


def test_an_amount_that_no_price_names_has_no_rate() -> None:
    assert (basis_of(None), rate_of(None)) == ("", "")
