"""A formal notice on paper, in both languages: who demands which reports, and by when."""

from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from ledger.documents import services as documents
from ledger.documents.models import Document
from licensing.parties.models import Organisation
from licensing.parties.roles import Kind
from licensing.usage.notices.models import Notice, Stage

KIND = "notice"
TEMPLATE = "documents/notice.html"


def request(notice: Notice) -> list[Document]:
    """Ask for a notice in every language; asking again finds the ones that stand."""
    return documents.request_in_every_language(
        kind=KIND,
        subject=notice.public_id,
        party=notice.licence.licensee.public_id,
        template=TEMPLATE,
        context=context_of(notice),
    )


def missing() -> QuerySet[Notice]:
    """Return the formal notices that were not asked for in every language."""
    formal = Notice.objects.filter(stage=Stage.FORMAL)
    return formal.annotate(asked=Document.objects.languages_asked(KIND)).filter(
        asked__lt=len(settings.LANGUAGES)
    )


def context_of(notice: Notice) -> dict[str, Any]:
    """Return what the notice prints, frozen."""
    licence = notice.licence
    return {
        "number": notice.public_id,
        "issuer": Organisation.objects.get(kind=Kind.OPERATOR).snapshot,
        "licensor": licence.licensor.snapshot,
        "licensee": licence.licensee.snapshot,
        "licence": licence.public_id,
        "title": licence.deal.title,
        "signed_on": timezone.localdate(licence.signed_at).isoformat(),
        "months": notice.missing,
        "due_on": notice.due_on.isoformat(),
        "deadline_on": notice.deadline_on.isoformat(),
        "issued_on": timezone.localdate(notice.issued_at).isoformat(),
    }
