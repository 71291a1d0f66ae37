import hashlib
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from ledger.documents import rendering, services, tasks
from ledger.documents.models import Document
from ledger.documents.pdf import Pdf, render_pdf
from ledger.documents.rendering import render
from tests.concurrency import together
from tests.ledger.documents.reading import Read

pytestmark = pytest.mark.django_db


def requested(**changes: Any) -> Document:
    asked: dict[str, Any] = {
        "kind": "invoice",
        "subject": "inv_1",
        "party": "org_tensor",
        "language": "ja",
        "template": "small.html",
        "context": {"number": "KYO-2026-1", "amount": "¥1,100"},
    }
    return services.request(**asked | changes)


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    messages: list[tuple[str, dict[str, Any]]] = []
    for module in ("config.jobs.send", "ledger.documents.tasks.send"):
        monkeypatch.setattr(module, lambda task, arguments: messages.append((task, arguments)))
    return messages


def test_a_requested_document_is_due_and_its_rendering_starts_on_commit(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    sent: list[tuple[str, dict[str, Any]]],
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        document = requested()

    document.refresh_from_db()
    assert document.state == "due"
    assert document.public_id.startswith("doc_")
    assert sent == [
        ("ledger.documents.tasks.render_document", {"document_id": document.pk}),
    ]


def test_asking_again_returns_the_document_that_stands_with_its_frozen_context(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    first = requested()

    with django_capture_on_commit_callbacks() as queued:
        again = requested(context={"number": "changed"})

    assert again == first
    assert again.context == {"number": "KYO-2026-1", "amount": "¥1,100"}
    assert queued == []
    assert requested(language="en") != first
    assert list(Document.objects.about("inv_1").values_list("language", flat=True)) == ["en", "ja"]
    assert Document.objects.for_party("org_other").count() == 0


def test_a_rendered_document_has_a_file_with_its_hash_and_pages() -> None:
    document = requested()

    tasks.render_document(document.pk)

    document.refresh_from_db()
    with document.file.open() as file:
        content = file.read()
    assert (document.state, document.page_count) == ("rendered", 1)
    assert document.file.name == "documents/inv_1/invoice.ja.pdf"
    assert document.sha256 == hashlib.sha256(content).hexdigest()
    read = Read(content)
    assert ("KYO-2026-1 ¥1,100" in read.text, read.language) == (True, "ja")


def test_rendering_again_changes_nothing() -> None:
    document = requested()
    assert render(document_id=document.pk)
    document.refresh_from_db()
    rendered_at = document.rendered_at

    assert not render(document_id=document.pk)

    document.refresh_from_db()
    assert (document.rendered_at, document.attempts) == (rendered_at, 1)


def test_a_template_that_fails_is_kept_with_its_reason_and_can_be_tried_again(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    document = requested(template="broken.html")

    assert not render(document_id=document.pk)

    document.refresh_from_db()
    assert document.state == "failed"
    assert document.failure.startswith("TemplateSyntaxError: Invalid block tag")
    assert not document.file

    Document.objects.update(template="small.html")
    with django_capture_on_commit_callbacks() as queued:
        services.retry(document_id=document.pk)
    assert len(queued) == 1
    assert render(document_id=document.pk)


def test_only_a_failed_document_is_tried_again(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    document = requested()
    render(document_id=document.pk)

    with django_capture_on_commit_callbacks() as queued:
        services.retry(document_id=document.pk)

    document.refresh_from_db()
    assert (queued, document.state) == ([], "rendered")


def test_a_document_that_kills_its_workers_is_given_up() -> None:
    document = requested()
    an_hour_ago = timezone.now() - timedelta(hours=1)
    Document.objects.update(attempts=3, claimed_at=an_hour_ago)

    assert not render(document_id=document.pk)

    document.refresh_from_db()
    assert document.failure == "no worker survived it in 3 attempts"


def test_the_sweep_finds_lost_messages_and_dead_workers_and_nothing_else(
    sent: list[tuple[str, dict[str, Any]]],
) -> None:
    lost = requested(subject="inv_lost")
    dead = requested(subject="inv_dead")
    busy = requested(subject="inv_busy")
    done = requested(subject="inv_done")
    render(document_id=done.pk)
    sent.clear()
    Document.objects.filter(pk=dead.pk).update(claimed_at=timezone.now() - timedelta(minutes=11))
    Document.objects.filter(pk=busy.pk).update(claimed_at=timezone.now() - timedelta(minutes=9))

    tasks.sweep_documents()

    assert [arguments["document_id"] for _, arguments in sent] == [lost.pk, dead.pk]


def test_the_database_refuses_a_rendered_document_without_a_file() -> None:
    requested()

    with (
        pytest.raises(IntegrityError, match="document_rendered_has_a_file"),
        transaction.atomic(),
    ):
        Document.objects.update(state="rendered")


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_render_a_document_once() -> None:
    document = requested()

    answers = together(*[lambda: render(document_id=document.pk)] * 2)

    assert sorted(map(bool, answers)) == [False, True]
    document.refresh_from_db()
    assert document.attempts == 1


def test_a_worker_that_was_overtaken_keeps_the_other_s_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    document = requested()

    def overtaken(html: str) -> Pdf:
        other = Document.objects.get(pk=document.pk)
        other.file.save("", ContentFile(b"first"), save=False)
        other.state, other.sha256, other.page_count = "rendered", "f" * 64, 1
        other.save()
        return render_pdf(html)

    monkeypatch.setattr(rendering, "render_pdf", overtaken)
    render(document_id=document.pk)

    document.refresh_from_db()
    with document.file.open() as file:
        assert file.read() == b"first"
