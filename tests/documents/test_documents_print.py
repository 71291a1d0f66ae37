from io import BytesIO

import pytest
from django.template.loader import render_to_string
from django.utils import translation
from pypdf import PdfReader

from ledger.documents.pdf import render_pdf
from tests.documents.samples import HASH, INVOICE, SAMPLES, STATEMENT, Context

NUMBERS = {name: sample.get("number") or sample["payout"] for name, sample in SAMPLES.items()}


def printed(name: str, language: str, context: Context | None = None) -> PdfReader:
    with translation.override(language):
        html = render_to_string(f"documents/{name}.html", context or SAMPLES[name])
    return PdfReader(BytesIO(render_pdf(html).content))


def text_of(pdf: PdfReader) -> str:
    return "\n".join(page.extract_text() for page in pdf.pages)


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_each_document_prints_tagged_in_both_languages(name: str, language: str) -> None:
    pdf = printed(name, language)

    root = pdf.root_object
    assert "/StructTreeRoot" in root
    assert str(root["/Lang"]) == language
    assert NUMBERS[name] in text_of(pdf)


def test_the_agreement_carries_the_hash_of_its_terms_on_every_page() -> None:
    pdf = printed("agreement", "en")

    assert len(pdf.pages) > 1
    assert all(HASH in page.extract_text().replace("\n", "") for page in pdf.pages)


def test_the_agreement_says_each_tier_in_words() -> None:
    text = text_of(printed("agreement", "en"))

    assert "Price per 1,000,000 tokens" in text
    assert "¥12.50" in text
    assert "no bound" in text


def test_a_qualified_invoice_names_its_number_and_the_tax_per_rate() -> None:
    text = text_of(printed("invoice", "ja"))

    assert "T1234567890123" in text
    assert "10%" in text
    assert "$53,246.50" in text


def test_a_credit_note_says_what_it_corrects() -> None:
    note = INVOICE | {"kind": "credit_note", "number": "CN-1", "corrects": "INV-2026-000123"}

    text = text_of(printed("invoice", "en", note))

    assert "Credit note" in text
    assert "INV-2026-000123" in text


def test_a_statement_of_500_lines_repeats_its_head_and_stays_quick() -> None:
    line = STATEMENT["groups"][0]["lines"][0]
    group = STATEMENT["groups"][0] | {"lines": [line] * 500}

    pdf = printed("statement", "en", STATEMENT | {"groups": [group]})

    assert all("Your part" in page.extract_text() for page in pdf.pages[:-1])


def test_a_statement_of_more_lines_prints_subtotals_and_says_where_the_rest_is() -> None:
    row = {
        "licence": "lic_7qk2m5xw3hd4zt6a",
        "licensee": "Tensor Labs Inc.",
        "period": "2026-10",
        "is_adjustment": False,
        "lines": 1240,
        "gross_minor": 12_926_521,
        "deducted_minor": 2_223_809,
        "amount_minor": 10_702_712,
    }
    long = {"groups": [], "subtotals": [row], "line_count": 1240}

    text = text_of(printed("statement", "en", STATEMENT | long))

    assert "has 1,240 lines" in text.replace("\n", " ")
    assert "107,027.12" in text
