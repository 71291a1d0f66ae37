"""What is being worked on: counted, failures first, and only what concerns the actor."""

from django.urls import reverse

from ledger.documents.models import Document
from ledger.payouts.models import WebhookEvent
from licensing.catalogue.models import CatalogueImport
from licensing.parties.models import Organisation
from licensing.royalties import statements
from licensing.royalties.models import Period, Run
from licensing.settlement import jobs
from licensing.usage.models import UsageReport
from tests.factories import actor_for
from tests.licensing.royalties.books import Books
from tests.licensing.royalties.conftest import Enter


def listed(organisation: Organisation) -> list[tuple[str, str, int, int]]:
    """Return the jobs an organisation sees."""
    found = jobs.jobs(actor_for(organisation))
    return [(job.kind, job.state, job.done, job.total) for job in found]


def busy(books: Books) -> None:
    """Leave something of every kind in the middle."""
    report = books.report()
    books.due()
    Period.objects.update(state="closing", steps_done=2, steps_total=4)
    UsageReport.objects.filter(pk=report.pk).update(state="checking", lines_done=1)
    CatalogueImport.objects.create(
        organisation=books.aoba,
        format="csv",
        file_name="works.csv",
        state="running",
        original_key="imports/x",
        sha256="0" * 64,
        rows_total=10,
        rows_done=3,
    )
    for language in ("en", "ja"):
        Document.objects.create(
            kind="agreement",
            subject=books.licence.public_id,
            party=books.collective.public_id,
            language=language,
            template="documents/agreement.html",
        )
    WebhookEvent.objects.create(event_id="evt_1", type="payout.paid", payload={})


def test_each_kind_of_work_is_counted(books: Books) -> None:
    busy(books)

    assert listed(books.operator.organisation) == [
        ("import", "running", 3, 10),
        ("report", "checking", 1, 2),
        ("period", "closing", 2, 4),
        ("document", "due", 0, 2),
        ("event", "due", 0, 0),
    ]


def test_everybody_sees_their_own(books: Books) -> None:
    busy(books)

    kinds = {
        party.slug: [job[0] for job in listed(party)]
        for party in (books.aoba, books.birch, books.licence.licensee)
    }
    assert kinds == {
        "aoba": ["import"],
        "birch": [],
        "tensor-labs": ["report", "period", "document"],
    }


def test_a_run_counts_what_was_issued(books: Books) -> None:
    books.closed()
    run = Run.objects.get()
    statements.approve_run(by=books.operator, run_id=run.public_id)
    statements.request_issue(run_id=run.public_id)
    statements.issue(statement_pk=books.statement_of(books.aoba).pk)

    assert ("run", "issuing", 1, 3) in listed(books.operator.organisation)


def test_failures_come_first_with_what_to_do(books: Books, browser: Enter) -> None:
    busy(books)
    Document.objects.filter(language="en").update(state="failed", failure="No such font.")
    Period.objects.update(state="open", failure="Nobody owns it.")

    page = browser(books.operator.organisation).get(reverse("jobs"))

    assert [(job.kind, job.failure) for job in page.context["failed"]] == [
        ("period", "Nobody owns it."),
        ("document", "No such font."),
    ]
    text = page.content.decode()
    assert "Try again" in text
    assert 'http-equiv="refresh"' in text


def test_the_page_says_when_nothing_moves(books: Books, browser: Enter) -> None:
    page = browser(books.birch).get(reverse("jobs"))

    text = page.content.decode()
    assert "Nothing is being worked on" in text
    assert "http-equiv" not in text


def test_scripts_ask_for_the_list_alone(books: Books, browser: Enter) -> None:
    busy(books)

    page = browser(books.operator.organisation).get(reverse("jobs"), headers={"HX-Request": "true"})

    text = page.content.decode()
    assert "<html" not in text
    assert 'hx-trigger="every 3s"' in text
