"""Rendering in the documents queue, and the sweep that finds what a lost message left."""

from celery import shared_task
from django.db import OperationalError

from config.jobs import send
from ledger.documents import rendering
from ledger.documents.models import Document
from ledger.documents.services import RENDER_TASK

SWEPT_AT_ONCE = 500


@shared_task(
    acks_late=True,
    ignore_result=True,
    autoretry_for=(OperationalError,),
    retry_backoff=True,
    soft_time_limit=240,
    time_limit=300,
)
def render_document(document_id: int) -> None:
    """Render one document. Safe to repeat: what is rendered stays."""
    rendering.render(document_id=document_id)


@shared_task(ignore_result=True)
def sweep_documents() -> None:
    """Enqueue every document that is due and that no living worker has claimed."""
    due = Document.objects.filter(rendering.unclaimed()).order_by("pk")
    for document_id in due.values_list("pk", flat=True)[:SWEPT_AT_ONCE]:
        send(RENDER_TASK, {"document_id": document_id})
