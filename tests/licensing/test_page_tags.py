from django import forms
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

from licensing.templatetags.pages import icon, ident, query_string


def in_page(rf: RequestFactory, address: str, source: str, **values: object) -> str:
    request = rf.get(address)
    template = Template("{% load pages %}" + source)
    return template.render(Context({"request": request, **values}))


def test_paging_keeps_the_filters(rf: RequestFactory) -> None:
    page = in_page(rf, "/works?kind=film&q=a%26b&page=3", "{% query_string page=4 %}")

    assert page == "?kind=film&amp;q=a%26b&amp;page=4"


def test_an_empty_value_drops_its_parameter(rf: RequestFactory) -> None:
    assert in_page(rf, "/works?kind=film", '{% query_string kind="" %}') == "?"


def test_a_page_without_a_request_has_no_query_to_keep() -> None:
    assert query_string(Context(), page=2) == "?page=2"


def test_a_column_sorts_and_then_sorts_the_other_way(rf: RequestFactory) -> None:
    first = in_page(rf, "/works?q=a&page=3", '{% column "Title" sort="title" %}')
    second = in_page(rf, "/works?sort=title", '{% column "Title" sort="title" %}')
    third = in_page(rf, "/works?sort=-title", '{% column "Title" sort="title" %}')

    assert 'href="?q=a&amp;sort=title"' in first
    assert "aria-sort" not in first
    assert 'aria-sort="ascending"' in second
    assert 'href="?sort=-title"' in second
    assert 'aria-sort="descending"' in third
    assert 'href="?sort=title"' in third


def test_a_column_that_does_not_sort_is_plain(rf: RequestFactory) -> None:
    head = in_page(rf, "/works", '{% column "Amount" number=True %}')

    assert head.strip() == '<th scope="col" class="number">Amount</th>'


def test_an_icon_is_decoration_unless_it_is_named() -> None:
    assert 'aria-hidden="true"' in icon("home")
    assert 'aria-label="Home &amp; more"' in icon("home", "Home & more")


def test_an_identifier_is_escaped_and_can_be_copied() -> None:
    with translation.override("en"):
        shown = ident('work_"x"')

    assert "<code>work_&quot;x&quot;</code>" in shown
    assert 'data-copy="work_&quot;x&quot;"' in shown
    assert ident(None) == "–"


class Example(forms.Form):
    """One field of every kind."""

    name = forms.CharField(help_text="As printed.")
    agree = forms.BooleanField()
    uses = forms.MultipleChoiceField(
        choices=[("search", "Search")], widget=forms.CheckboxSelectMultiple, required=False
    )
    file = forms.FileField(required=False)
    token = forms.CharField(widget=forms.HiddenInput, required=False)


def test_a_fields_help_and_error_are_tied_to_it(rf: RequestFactory) -> None:
    page = in_page(rf, "/", "{% field form.name %}", form=Example({"name": ""}))

    assert 'aria-describedby="id_name_hint id_name_error"' in page
    assert 'aria-invalid="true"' in page
    assert 'id="id_name_hint"' in page
    assert 'id="id_name_error"' in page


def test_each_kind_of_field_has_its_own_frame(rf: RequestFactory) -> None:
    form = Example()

    assert 'class="choice" for="id_agree"' in in_page(rf, "/", "{% field form.agree %}", form=form)
    assert "<fieldset" in in_page(rf, "/", "{% field form.uses %}", form=form)
    assert "data-file-drop" in in_page(rf, "/", "{% field form.file %}", form=form)
    hidden = in_page(rf, "/", "{% field form.token %}", form=form)
    assert hidden.strip() == '<input type="hidden" name="token" id="id_token">'


def test_a_refused_form_lists_what_is_wrong_with_links_to_the_fields(rf: RequestFactory) -> None:
    page = in_page(
        rf,
        "/",
        '{% include "components/form.html" with submit="Save" %}',
        form=Example({"name": "x"}),
    )

    assert 'role="alert"' in page
    assert '<a href="#id_agree">' in page
