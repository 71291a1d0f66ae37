import pytest
from hypothesis import given
from hypothesis import strategies as st

from licensing.catalogue.identifiers import (
    MAX_LENGTH,
    SCHEMES,
    BadIdentifier,
    assignable,
    named,
    parse,
)


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        # 978410109205: 9+21+8+12+1+0+1+0+9+6+0+15 = 82, so the check digit is 10 - 2 = 8.
        ("isbn:978-4-10-109205-8", "isbn:9784101092058"),
        ("ISBN: 4-10-109205-2", "isbn:9784101092058"),
        ("isbn10:4101092052", "isbn:9784101092058"),
        ("isbn:９７８４１０１０９２０５８", "isbn:9784101092058"),
        ("issn:0378-5955", "issn:03785955"),
        ("isan:0000-0001-8CFA-0000-I-0000-0000-K", "isan:000000018CFA000000000000"),
        ("isan:0000-0001-8cfa-0000", "isan:000000018CFA0000"),
        ("eidr:10.5240/7791-8534-2c23-9030-8610-5", "eidr:10.5240/7791-8534-2C23-9030-8610-5"),
        ("isrc:JP-B60-03-00101", "isrc:JPB600300101"),
        # 0·1+3·2+4·3+5·4+2·5+4·6+6·7+8·8+0·9 = 178; 1 + 178 + 1 = 180 divides by ten.
        ("iswc:T-034.524.680-1", "iswc:T0345246801"),
        ("jan:4901234567894", "ean:4901234567894"),
        ("upc:036000291452", "ean:0036000291452"),
        ("ean:96385074", "ean:96385074"),
        ("doi:10.1000/ABC(1)", "doi:10.1000/abc(1)"),
        ("iscc:kacypxw445ftynj3cysxhafjma2hu", "iscc:KACYPXW445FTYNJ3CYSXHAFJMA2HU"),
        ("domain:WWW.Example.COM.", "domain:www.example.com"),
        ("domain:例え.jp", "domain:xn--r8jz45g.jp"),
        ("domain:ｗｗｗ.example.com", "domain:www.example.com"),
        ("domain:difficult_words.example.com", "domain:difficult_words.example.com"),
        ("domain:209.105.242.143:07337", "domain:209.105.242.143:7337"),
        ("madb:c410078", "madb:C410078"),
        ("work:WORK_ABCDEFGHIJ234567", "work:work_abcdefghij234567"),
    ],
)
def test_an_identifier_is_brought_to_its_one_normal_form(written: str, normal: str) -> None:
    assert str(parse(written)) == normal
    assert parse(normal) == parse(written)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("9784101092058", "identifier_without_scheme"),
        ("asin:B000", "identifier_scheme_unknown"),
        ("isbn:9784101092059", "identifier_check_digit"),
        ("isbn:97841", "identifier_malformed"),
        ("isbn:９７８４１０１０９２०५८", "identifier_malformed"),
        ("issn:0378-5954", "identifier_check_digit"),
        ("isan:0000-0001-8CFA-0000-A-0000-0000-K", "identifier_check_digit"),
        ("eidr:10.5240/7791-8534-2C23-9030-8610-6", "identifier_check_digit"),
        ("eidr:10.5240/7791", "identifier_malformed"),
        ("isrc:JPB6003001", "identifier_malformed"),
        ("iswc:T-034.524.680-2", "identifier_check_digit"),
        ("iswc:034.524.680-1", "identifier_malformed"),
        ("ean:4901234567890", "identifier_check_digit"),
        ("doi:https://doi.org/10.1000/abc", "identifier_malformed"),
        ("iscc:KAC1", "identifier_malformed"),
        ("domain:https://www.example.com", "identifier_malformed"),
        ("domain:www.example.com/a", "identifier_malformed"),
        ("domain:-a.example", "identifier_malformed"),
        ("domain:a..example", "identifier_malformed"),
        ("domain:⌫.ws", "identifier_malformed"),
        ("domain:example.com:0", "identifier_malformed"),
        ("domain:example.com:65536", "identifier_malformed"),
        ("domain:example.com:", "identifier_malformed"),
        ("domain:", "identifier_malformed"),
        ("domain:exa\u200bmple.com", "identifier_hidden_character"),
        ("madb:410078", "identifier_malformed"),
        ("work:work_1", "identifier_malformed"),
        ("doi:10.1000/" + "a" * MAX_LENGTH, "identifier_too_long"),
    ],
)
def test_what_names_nothing_is_refused_with_its_reason(written: str, code: str) -> None:
    with pytest.raises(BadIdentifier) as refusal:
        parse(written)

    assert refusal.value.fault.code == code
    assert refusal.value.fault.message


def test_our_own_ids_are_read_in_reports_and_never_assigned() -> None:
    with pytest.raises(BadIdentifier) as refusal:
        assignable("work:work_abcdefghij234567")

    assert refusal.value.fault.code == "identifier_not_assignable"
    assert str(assignable("madb:C410078")) == "madb:C410078"


@given(scheme=st.sampled_from(sorted(SCHEMES)), value=st.text(max_size=40))
def test_any_text_is_refused_or_has_a_stable_normal_form(scheme: str, value: str) -> None:
    try:
        name = named(scheme, value)
    except BadIdentifier:
        return

    assert parse(str(name)) == name
    assert name.value.isascii()


@given(
    st.lists(
        st.text("abcäöüß日本ｗ-_0123456789ABC", min_size=1, max_size=12), min_size=1, max_size=4
    )
)
def test_the_normal_form_of_a_host_is_stable(labels: list[str]) -> None:
    try:
        name = named("domain", ".".join(labels))
    except BadIdentifier:
        return

    assert parse(str(name)) == name
    assert name.value == name.value.lower()
