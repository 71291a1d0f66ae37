"""Rendering the documents that are due. Only workers import this: WeasyPrint is large."""

import hashlib
from datetime import timedelta

import structlog
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import F, Q
from django.template.loader import render_to_string
from django.utils import timezone, translation

from ledger.documents.models import Document, State
from ledger.documents.pdf import render_pdf

log = structlog.get_logger(__name__)

# A claim older than this belonged to a worker that died; no document takes as long.
CLAIM_LASTS = timedelta(minutes=10)
MOST_ATTEMPTS = 3


def render(*, document_id: int) -> bool:
    """Render a document that is due; False if another worker has it or it is done.

    Safe to repeat: the claim keeps a second worker off, and what is rendered stays. A page that
    cannot be printed is `failed` with the reason; so is one that killed its worker three times.
    """
    document = _claim(document_id)
    if document is None:
        return False
    if document.attempts > MOST_ATTEMPTS:
        _fail(document, f"no worker survived it in {MOST_ATTEMPTS} attempts")
        return False
    try:
        with translation.override(document.language):
            html = render_to_string(
                document.template, {**document.context, "language": document.language}
            )
        pdf = render_pdf(html)
    except Exception as error:  # noqa: BLE001 - a template may raise anything; the row keeps it
        log.warning("document_failed", document=document.public_id, error=str(error))
        _fail(document, f"{type(error).__name__}: {error}")
        return False
    _keep(document, pdf.content, pdf.page_count)
    return True


def unclaimed() -> Q:
    """Return the condition of a document that waits for a worker."""
    return Q(state=State.DUE) & (
        Q(claimed_at=None) | Q(claimed_at__lt=timezone.now() - CLAIM_LASTS)
    )


def _claim(document_id: int) -> Document | None:
    mine = Document.objects.filter(unclaimed(), pk=document_id)
    if not mine.update(claimed_at=timezone.now(), attempts=F("attempts") + 1):
        return None
    return Document.objects.get(pk=document_id)


def _fail(document: Document, reason: str) -> None:
    Document.objects.filter(pk=document.pk, state=State.DUE).update(
        state=State.FAILED, failure=reason
    )


@transaction.atomic
def _keep(document: Document, content: bytes, page_count: int) -> None:
    locked = Document.objects.select_for_update().get(pk=document.pk)
    if locked.state == State.RENDERED:
        return
    locked.file.save("", ContentFile(content), save=False)
    locked.sha256 = hashlib.sha256(content).hexdigest()
    locked.page_count = page_count
    locked.state = State.RENDERED
    locked.rendered_at = timezone.now()
    locked.save(update_fields=["file", "sha256", "page_count", "state", "rendered_at"])
