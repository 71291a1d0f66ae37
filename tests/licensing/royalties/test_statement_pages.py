"""Statements and runs in the dashboard: reading, following, disputing, approving, issuing."""

import pytest
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from ledger.documents.models import Document
from licensing.parties.roles import Role
from licensing.royalties import statements
from licensing.royalties.models import Dispute, Run, Statement
from tests.licensing.royalties.books import FERRY, LANTERN, Books, picture
from tests.licensing.royalties.conftest import Enter


def test_a_payee_sees_its_own_issued_statements(books: Books, browser: Enter) -> None:
    books.issued()

    page = browser(books.aoba).get(reverse("statements"))

    assert [one.payee for one in page.context["page"]] == [books.aoba]
    assert page.context["runs"] == []


def test_finance_sees_runs_and_finds_statements(books: Books, browser: Enter) -> None:
    books.issued()
    client = browser(books.operator.organisation)

    def found(asked: str) -> list[str]:
        page = client.get(reverse("statements") + asked).context["page"]
        return sorted(one.payee.slug for one in page)

    assert [run.statement_count for run in client.get(reverse("statements")).context["runs"]] == [3]
    assert found("") == ["aoba", "birch", "quill-press"]
    assert found("?q=bir") == ["birch"]
    assert found("?month=2026-10&state=issued") == ["aoba", "birch", "quill-press"]
    assert found("?month=2026-99") == found("?month=x") == found("?state=paid") == []


def test_the_list_costs_the_same_however_long(
    books: Books, browser: Enter, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    books.issued()
    client = browser(books.operator.organisation)

    with django_assert_num_queries(8):
        client.get(reverse("statements"))


def test_a_statement_goes_from_gross_to_net(books: Books, browser: Enter) -> None:
    books.issued()
    statement = books.statement_of(books.aoba)

    page = browser(books.aoba).get(reverse("statement", args=[statement.public_id]))

    steps = [(step["step"], step["amount_minor"]) for step in page.context["waterfall"]]
    assert steps == [
        ("gross", 417),
        ("operator_fee", -13),
        ("collective_fee", -40),
        ("earned", 364),
    ]
    text = page.content.decode()
    assert "$4.17" in text
    assert "$3.64" in text


def test_a_line_is_followed_down_to_works_and_reports(books: Books, browser: Enter) -> None:
    books.issued()
    statement = books.statement_of(books.aoba)

    page = browser(books.aoba).get(reverse("statement-why", args=[statement.public_id, 1]))

    works = [(one.work.title, one.work.weight, one.net_minor) for one in page.context["works"]]
    assert works == [("The Paper Lantern", 1, 218), ("Winter Ferry", 2, 146)]
    assert [one["report_id"] for one in page.context["reports"]] == ["oct-1"]
    assert page.context["share"] == "83.40%"
    text = page.content.decode()
    assert "$2.50 per 1,000,000 tokens." in text
    assert f"charge:{books.licence.public_id}:2026-10:tokens:1" in text


def test_a_line_that_does_not_stand_there_is_not_found(books: Books, browser: Enter) -> None:
    books.issued()
    statement = books.statement_of(books.aoba)

    page = browser(books.aoba).get(reverse("statement-why", args=[statement.public_id, 2]))

    assert page.status_code == 404


@pytest.mark.parametrize("name", ["statement", "statement-works"])
def test_nobody_opens_another_payees_statement(books: Books, browser: Enter, name: str) -> None:
    books.issued()
    address = reverse(name, args=[books.statement_of(books.aoba).public_id])

    assert browser(books.birch).get(address).status_code == 404


def test_a_draft_is_finance_s_alone(books: Books, browser: Enter) -> None:
    books.closed()
    address = reverse("statement", args=[books.statement_of(books.aoba).public_id])

    assert browser(books.aoba).get(address).status_code == 404
    assert browser(books.operator.organisation).get(address).status_code == 200


def test_a_pdf_nobody_asked_for_is_asked_for(books: Books, browser: Enter) -> None:
    books.issued()
    statement = books.statement_of(books.aoba)
    client = browser(books.aoba)

    response = client.get(reverse("statement-pdf", args=[statement.public_id, "ja"]))

    document = Document.objects.get(subject=statement.public_id, language="ja")
    assert response["Location"] == reverse("document", args=[document.public_id])
    assert client.get(response["Location"]).status_code == 202
    unknown = client.get(reverse("statement-pdf", args=[statement.public_id, "fr"]))
    assert unknown.status_code == 404


def test_a_payee_disputes_and_finance_answers(books: Books, browser: Enter) -> None:
    books.issued()
    statement = books.statement_of(books.birch)
    address = [statement.public_id]

    browser(books.birch).post(
        reverse("statement-dispute", args=address), {"reason": "Where is the ferry?"}
    )
    disputed = books.statement_of(books.birch).state
    browser(books.operator.organisation).post(
        reverse("statement-answer", args=address), {"answer": "It is shared."}
    )

    assert disputed == "disputed"
    assert books.statement_of(books.birch).state == "issued"
    assert Dispute.objects.get().answer == "It is shared."


def test_a_dispute_without_a_reason_is_refused_on_its_page(books: Books, browser: Enter) -> None:
    books.issued()
    statement = books.statement_of(books.birch)
    before = picture()

    page = browser(books.birch).post(
        reverse("statement-dispute", args=[statement.public_id]), {"reason": " "}
    )

    assert page.status_code == 422
    assert "Say what is wrong" in page.content.decode()
    assert picture() == before


def test_an_answer_nobody_waits_for_is_refused(books: Books, browser: Enter) -> None:
    books.issued()
    statement = books.statement_of(books.birch)
    client = browser(books.operator.organisation)
    before = picture()

    empty = client.post(reverse("statement-answer", args=[statement.public_id]), {"answer": ""})
    client.post(reverse("statement-answer", args=[statement.public_id]), {"answer": "Well."})

    assert empty.status_code == 422
    assert picture() == before


def test_a_run_is_checked_approved_and_issued(books: Books, browser: Enter) -> None:
    books.closed()
    run = Run.objects.get()
    client = browser(books.operator.organisation)
    page = client.get(reverse("run", args=[run.public_id]))
    checks = [(check.is_fine, check.text) for check in page.context["checks"]]

    client.post(reverse("run-approve", args=[run.public_id]))
    approved = Run.objects.get().state
    client.post(reverse("run-reopen", args=[run.public_id]))
    reopened = Run.objects.get().state
    client.post(reverse("run-approve", args=[run.public_id]))
    client.post(reverse("run-issue", args=[run.public_id]))

    assert checks == [
        (True, "All 1 periods of the month are closed."),
        (True, "Every licence that reports has reported."),
        (True, "No report is being checked."),
        (True, "No line of the month came in two reports."),
        (True, "No line of the month is quarantined."),
        (True, "Nothing of the month waits in suspense."),
        (True, "No statement of the run is held."),
        (True, "No dispute is open."),
        (True, "Everybody who earned in the month before has a statement."),
    ]
    assert (approved, reopened, Run.objects.get().state) == ("approved", "draft", "issuing")


def test_a_run_warns_of_what_is_not_done(books: Books, browser: Enter) -> None:
    unknown = {**LANTERN, "line_id": "9", "work": "domain:nobody.jp"}
    books.report([LANTERN, unknown])
    books.close()
    books.correct(FERRY)
    run = Run.objects.get()

    page = browser(books.operator.organisation).get(reverse("run", args=[run.public_id]))

    assert [check.text for check in page.context["checks"] if not check.is_fine] == [
        "1 of 1 periods of the month are not closed.",
        "1 lines of the month are quarantined and not charged: 33.33% of all.",
    ]


def test_a_run_under_way_shows_how_far_it_is(books: Books, browser: Enter) -> None:
    books.closed()
    run = Run.objects.get()
    statements.approve_run(by=books.operator, run_id=run.public_id)
    statements.request_issue(run_id=run.public_id)
    statements.issue(statement_pk=Statement.objects.order_by("pk")[0].pk)
    client = browser(books.operator.organisation)
    page = client.get(reverse("run", args=[run.public_id]))
    bar = client.get(reverse("run-progress", args=[run.public_id]))

    statements.issue_run(run_id=run.pk)
    done = client.get(reverse("run-progress", args=[run.public_id]))

    progress = page.context["progress"]
    assert (progress["done"], progress["total"]) == (1, 3)
    assert "<progress" in bar.content.decode()
    assert done.headers["HX-Refresh"] == "true"


def test_a_statement_is_held_with_a_reason_and_released(books: Books, browser: Enter) -> None:
    books.closed()
    one = books.statement_of(books.birch)
    client = browser(books.operator.organisation)

    refused = client.post(
        reverse("statement-hold", args=[one.public_id]), {"reason": ""}, follow=True
    )
    client.post(reverse("statement-hold", args=[one.public_id]), {"reason": "bank details"})
    held = books.statement_of(books.birch)
    client.post(reverse("statement-release", args=[one.public_id]))

    assert "Say why the statement is held." in refused.content.decode()
    assert (held.state, held.hold_reason) == ("held", "bank details")
    assert books.statement_of(books.birch).state == "draft"


def test_an_illegal_move_of_a_run_is_told(books: Books, browser: Enter) -> None:
    run = books.issued()
    before = picture()
    client = browser(books.operator.organisation)

    page = client.post(reverse("run-approve", args=[run.public_id]), follow=True)

    assert "This run is issued" in page.content.decode()
    assert picture() == before
    assert client.post(reverse("run-approve", args=["run_none"])).status_code == 404


def test_a_payee_has_no_runs(books: Books, browser: Enter) -> None:
    run = books.issued()

    assert browser(books.aoba).get(reverse("run", args=[run.public_id])).status_code == 403


def test_home_tells_finance_what_waits(books: Books, browser: Enter) -> None:
    books.closed()
    client = browser(books.operator.organisation, Role.FINANCE)

    drafted = [str(task.text) for task in client.get(reverse("home")).context["tasks"]]
    books.issue()
    lately = [str(event.text) for event in client.get(reverse("home")).context["events"]]

    assert "Review and approve the statements of October 2026" in drafted
    assert "Statements of October 2026" in lately
