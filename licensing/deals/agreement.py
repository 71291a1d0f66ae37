"""The agreement on paper: printed from the terms that both sides signed, carrying their hash."""

from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from ledger.documents import services as documents
from ledger.documents.models import Document
from licensing.catalogue.models import Mandate
from licensing.catalogue.uses import spell_out
from licensing.deals import terms as contract
from licensing.deals.models import Licence, Signature
from licensing.parties.models import Organisation
from licensing.parties.roles import Kind

KIND = "agreement"
TEMPLATE = "documents/agreement.html"


def request(licence: Licence) -> list[Document]:
    """Ask for the agreement in every language; asking again finds the ones that stand."""
    return documents.request_in_every_language(
        kind=KIND,
        subject=licence.public_id,
        party=licence.licensor.public_id,
        template=TEMPLATE,
        context=context_of(licence),
    )


def missing() -> QuerySet[Licence]:
    """Return the licences whose agreement has not been asked for in every language."""
    return Licence.objects.annotate(asked=Document.objects.languages_asked(KIND)).filter(
        asked__lt=len(settings.LANGUAGES)
    )


def context_of(licence: Licence) -> dict[str, Any]:
    """Return what the agreement prints, frozen: the terms decide, the page says them in words."""
    terms = contract.parse(licence.terms)
    return {
        "number": licence.public_id,
        "hash": licence.terms_hash,
        "issuer": Organisation.objects.get(kind=Kind.OPERATOR).snapshot,
        "licensor": licence.licensor.snapshot | {"acts_for": _acts_for(licence, terms)},
        "licensee": licence.licensee.snapshot,
        "terms": licence.terms,
        "canonical": contract.canonical_bytes(terms).decode(),
        "repertoire_count": licence.snapshot_works,
        "signatures": [_printed(signature) for signature in _signatures(licence)],
    }


def _signatures(licence: Licence) -> QuerySet[Signature]:
    return licence.offer.signatures.select_related("organisation", "user")


def _printed(signature: Signature) -> dict[str, str]:
    return {
        "party": signature.organisation.name,
        "name": signature.signer_name,
        "role": signature.signer_title,
        "email": signature.user.email if signature.user else "",
        "at": signature.signed_at.isoformat(),
        "hash": signature.terms_hash,
    }


def _acts_for(licence: Licence, terms: contract.Terms) -> int | None:
    """Return how many members' mandates a collective signed under; None for anybody else."""
    if licence.licensor.kind != Kind.COLLECTIVE:
        return None
    mandates = Mandate.objects.in_force(timezone.localdate(licence.signed_at)).filter(
        collective=licence.licensor, uses__contains=spell_out(terms.grant.uses)
    )
    return mandates.order_by().values("member").distinct().count()
