"""Asking for a document; a worker renders it (`ledger.documents.rendering`)."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import transaction

from config.jobs import enqueue_on_commit
from ledger.documents.models import Document, State

RENDER_TASK = "ledger.documents.tasks.render_document"


def request(  # noqa: PLR0913 - what a document is, each by name
    *,
    kind: str,
    subject: str,
    party: str,
    language: str,
    template: str,
    context: Mapping[str, Any],
) -> Document:
    """Ask for one document in one language and start its rendering on commit.

    ``context`` is JSON and frozen here: the page shows it and asks nothing else. Asking again for
    the same kind, subject and language returns the document that stands, whatever the context.
    """
    document, created = Document.objects.get_or_create(
        subject=subject,
        kind=kind,
        language=language,
        defaults={"party": party, "template": template, "context": dict(context)},
    )
    if created:
        enqueue_on_commit(RENDER_TASK, document_id=document.pk)
    return document


def request_in_every_language(
    *, kind: str, subject: str, party: str, template: str, context: Mapping[str, Any]
) -> list[Document]:
    """Ask for one document in each of ``settings.LANGUAGES``, as `request` does."""
    return [
        request(
            kind=kind,
            subject=subject,
            party=party,
            language=language,
            template=template,
            context=context,
        )
        for language, _name in settings.LANGUAGES
    ]


def retry(*, document_id: int) -> None:
    """Make a failed document due again, after what it failed on was put right."""
    again = Document.objects.filter(pk=document_id, state=State.FAILED)
    with transaction.atomic():
        if again.update(state=State.DUE, failure="", attempts=0, claimed_at=None):
            enqueue_on_commit(RENDER_TASK, document_id=document_id)
