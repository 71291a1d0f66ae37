"""What is refused is told in the reader's language; the API speaks English in every language."""

import ast
import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import translation

import ledger
import licensing
from ledger.errors import LedgerError
from licensing.deals import fault_words
from licensing.errors import Fault, LicensingError
from licensing.refusal_words import FAULTS, REFUSALS, fault_said, refusal_said
from licensing.royalties import closing
from licensing.royalties.models import Period
from licensing.royalties.rates.escalation import IndexMissing
from licensing.usage.vocabulary import REPORT_CODES
from tests.factories import bearer
from tests.licensing.royalties.books import OCTOBER, Books
from tests.licensing.royalties.conftest import Enter

# Refusals that no page can come to: they speak of an API request or of the store itself.
NEVER_ON_A_PAGE = {
    "body_too_large",
    "evidence_exists",
    "idempotency_key_missing",
    "idempotency_key_reused",
}
# Files whose faults are about a line, a row or a document, and are worded where these are shown.
OTHERWISE_WORDED = (
    *("deals/terms", "deals/api", "usage/strict", "royalties/sample", "royalties/quote"),
    *("catalogue/imports", "catalogue/api", "strict_json"),
)


def refusals(kind: type[Exception]) -> Iterator[type[Exception]]:
    """Yield every class of refusal."""
    yield kind
    for narrower in kind.__subclasses__():
        yield from refusals(narrower)


def in_japanese(text: object) -> str:
    with translation.override("ja"):
        return str(text)


def parsed() -> Iterator[tuple[str, ast.AST]]:
    """Yield every node of the app's source with its path."""
    folder = Path(settings.BASE_DIR) / "licensing"
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            yield path.relative_to(folder).as_posix(), node


def said_with_a_code() -> Iterator[str]:
    """Yield the codes that single places give their refusals."""
    for _, node in parsed():
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            for said in node.exc.keywords:
                if said.arg == "code" and isinstance(said.value, ast.Constant):
                    yield str(said.value.value)


def test_every_refusal_that_a_page_can_show_has_japanese_words() -> None:
    for app in (licensing, ledger):
        for module in pkgutil.walk_packages(app.__path__, f"{app.__name__}."):
            if ".management." not in module.name and ".migrations." not in module.name:
                importlib.import_module(module.name)
    classes = [*refusals(LicensingError), *refusals(LedgerError)]
    codes = {str(getattr(one, "code", "")) for one in classes} | set(said_with_a_code())

    unsaid = codes - set(REFUSALS) - NEVER_ON_A_PAGE

    assert unsaid == set()
    assert all(in_japanese(words) != str(words) for words in REFUSALS.values())
    assert all(in_japanese(words) != str(words) for words in REPORT_CODES.values())


def test_every_fault_that_a_form_can_show_has_japanese_words() -> None:
    codes = {
        str(node.args[1].value)
        for path, node in parsed()
        if not path.startswith(OTHERWISE_WORDED)
        and isinstance(node, ast.Call)
        and getattr(node.func, "id", "") == "Fault"
        and len(node.args) > 1
        and isinstance(node.args[1], ast.Constant)
    }

    # Django words what is wrong with a password, in the reader's language.
    assert codes - set(FAULTS) - set(fault_words.WORDS) == {"password_weak"}
    assert all(in_japanese(words) != str(words) for words in FAULTS.values())


def test_a_reader_of_english_gets_the_very_values_and_one_of_japanese_what_can_be_said() -> None:
    missing = IndexMissing("The reading is missing: 112.", series="JP-CPI", month="2026-08")
    fault = Fault("weight", "weight_out_of_range", "The weight of 'aoba' is 0.")

    with translation.override("en"):
        assert (refusal_said(missing), fault_said(fault)) == (missing.detail, fault.message)
    with translation.override("ja"):
        assert "JP-CPIの2026-08の指数値がありません" in refusal_said(missing)
        assert refusal_said(LicensingError("Odd.", code="never_heard_of")) == "Odd."
        assert fault_said(fault) == "比率は1以上の整数で書いてください。"


def japanese(client: Client) -> Client:
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "ja"
    return client


@pytest.mark.django_db
def test_a_refused_close_is_told_in_japanese_on_its_pages_and_in_english_by_the_api(
    books: Books, browser: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    books.report()
    period = books.due()

    def lacking(*_args: object) -> None:
        raise IndexMissing("The reading of JP-CPI is missing.", series="JP-CPI", month="2026-08")

    monkeypatch.setattr(closing, "rate_period", lacking)
    closing.close_period(period.pk)
    client = japanese(browser(books.operator.organisation))
    page = client.get(reverse("period", args=[period.public_id])).content.decode()
    jobs = client.get(reverse("jobs")).content.decode()
    api = Client(headers=bearer(books.operator.organisation) | {"Accept-Language": "ja"})

    assert "JP-CPIの2026-08の指数値がありません" in page
    assert "JP-CPIの2026-08の指数値がありません" in jobs
    told = api.get(f"/api/v1/periods/{period.public_id}").json()["failure"]
    assert told == "The reading of JP-CPI is missing."
    assert Period.objects.get().refusal == {
        "code": "index_missing",
        "context": {"series": "JP-CPI", "month": "2026-08"},
    }


@pytest.mark.django_db
def test_asking_twice_for_a_close_is_refused_in_japanese_and_by_the_api_in_english(
    books: Books, browser: Enter
) -> None:
    books.report()
    period = books.due()
    client = japanese(browser(books.operator.organisation))

    asked = {"licence": books.licence.public_id, "month": f"{OCTOBER:%Y-%m}"}
    page = client.post(reverse("period-close"), asked, follow=True).content.decode()
    api = Client(
        headers=bearer(books.operator.organisation)
        | {"Accept-Language": "ja", "Idempotency-Key": "k-1"}
    )
    refused = api.post(f"/api/v1/periods/{period.public_id}/close")

    assert "この期間はすでに締め処理中です" in page
    assert refused.json()["detail"].startswith("2026-10 is being closed already")
