"""Every concept's models, for Django to find."""

from licensing.api.models import IdempotencyRecord
from licensing.catalogue.models import (
    CatalogueImport,
    Identifier,
    ImportRefusal,
    Mandate,
    Reservation,
    Share,
    Work,
)
from licensing.deals.models import Deal, DealMove, Licence, Offer, Signature
from licensing.parties.models import ApiKey, Invitation, Membership, Organisation, User
from licensing.royalties.models import (
    Allocation,
    Charge,
    Close,
    Period,
    Run,
    Statement,
    StatementLine,
)
from licensing.usage.models import ReportMove, UploadPart, UsageReport

__all__ = [
    "Allocation",
    "ApiKey",
    "CatalogueImport",
    "Charge",
    "Close",
    "Deal",
    "DealMove",
    "IdempotencyRecord",
    "Identifier",
    "ImportRefusal",
    "Invitation",
    "Licence",
    "Mandate",
    "Membership",
    "Offer",
    "Organisation",
    "Period",
    "ReportMove",
    "Reservation",
    "Run",
    "Share",
    "Signature",
    "Statement",
    "StatementLine",
    "UploadPart",
    "UsageReport",
    "User",
    "Work",
]
