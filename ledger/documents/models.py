"""Printed documents: a frozen context, a template, and the PDF that came of them."""

from functools import partial
from typing import Self

from django.conf import settings
from django.core.files.storage import Storage, storages
from django.db import models
from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, Now
from django.utils.translation import gettext_lazy as _

from ledger.ids import new_id
from ledger.journal import PARTY_LENGTH

new_document_id = partial(new_id, "doc")


def evidence_storage() -> Storage:
    """Return the store that documents are kept in, beside the evidence they rest on."""
    return storages["evidence"]


def file_name(document: "Document", _name: str) -> str:
    """Name a document's file by what it is about: ``documents/inv_…/invoice.ja.pdf``."""
    return f"documents/{document.subject}/{document.kind}.{document.language}.pdf"


class State(models.TextChoices):
    """A document is due until it is rendered; what cannot be rendered has failed and says why."""

    DUE = "due", _("Being prepared")
    RENDERED = "rendered", _("Ready")
    FAILED = "failed", _("Could not be prepared")


class DocumentQuerySet(models.QuerySet["Document"]):
    """Documents by whose they are and what they are about."""

    def for_party(self, party: str) -> Self:
        """Return the documents that belong to a party."""
        return self.filter(party=party)

    def languages_asked(self, kind: str) -> Coalesce:
        """Count the documents of a kind that are about an outer row, by its ``public_id``."""
        about = self.filter(kind=kind, subject=OuterRef("public_id")).order_by().values("subject")
        return Coalesce(Subquery(about.annotate(count=Count("pk")).values("count")), 0)

    def about(self, subject: str) -> Self:
        """Return the documents of one invoice, statement, licence or payout."""
        return self.filter(subject=subject).order_by("kind", "language")


class Document(models.Model):
    """One PDF in one language. ``subject`` and ``party`` are public ids, opaque here."""

    public_id = models.CharField(max_length=32, unique=True, default=new_document_id)
    kind = models.CharField(max_length=32)
    subject = models.CharField(max_length=PARTY_LENGTH)
    party = models.CharField(max_length=PARTY_LENGTH, db_index=True)
    language = models.CharField(max_length=8, choices=settings.LANGUAGES)
    template = models.CharField(max_length=128)
    context = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=State, db_default=State.DUE)
    failure = models.TextField(blank=True, db_default="")
    attempts = models.PositiveSmallIntegerField(db_default=0)
    requested_at = models.DateTimeField(db_default=Now())
    claimed_at = models.DateTimeField(null=True, blank=True)
    rendered_at = models.DateTimeField(null=True, blank=True)
    file = models.FileField(storage=evidence_storage, upload_to=file_name, blank=True)
    sha256 = models.CharField(max_length=64, blank=True, db_default="")
    page_count = models.PositiveIntegerField(null=True, blank=True)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "kind", "language"],
                name="document_once_per_subject",
                violation_error_message=_("This document exists already."),
            ),
            models.CheckConstraint(
                condition=~Q(state=State.RENDERED)
                | (~Q(file="") & ~Q(sha256="") & Q(page_count__gte=1)),
                name="document_rendered_has_a_file",
            ),
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(state=State.DUE), name="document_due"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject} ({self.language})"
