"""Every concept's models, for Django to find."""

from licensing.api import schema as _schema  # noqa: F401  # found by drf-spectacular
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
from licensing.catalogue.share_changes import ShareChange
from licensing.deals.models import Deal, DealMove, Licence, Offer, Signature
from licensing.parties.models import ApiKey, Invitation, Membership, Organisation, User
from licensing.royalties.agencies.models import Agency
from licensing.royalties.indices.models import IndexReading
from licensing.royalties.models import (
    Allocation,
    Charge,
    Close,
    Dispute,
    KeptBasis,
    Period,
    Run,
    Statement,
    StatementLine,
)
from licensing.settlement.models import InvoicedCharge, StatementPayout
from licensing.usage.matching.models import Judging, MatchDecision, Sighting, Unmatched
from licensing.usage.models import Overlap, ReportMove, UploadPart, UsageReport
from licensing.usage.notices.models import Notice, NoticeMove

__all__ = [
    "Agency",
    "Allocation",
    "ApiKey",
    "CatalogueImport",
    "Charge",
    "Close",
    "Deal",
    "DealMove",
    "Dispute",
    "IdempotencyRecord",
    "Identifier",
    "ImportRefusal",
    "IndexReading",
    "Invitation",
    "InvoicedCharge",
    "Judging",
    "KeptBasis",
    "Licence",
    "Mandate",
    "MatchDecision",
    "Membership",
    "Notice",
    "NoticeMove",
    "Offer",
    "Organisation",
    "Overlap",
    "Period",
    "ReportMove",
    "Reservation",
    "Run",
    "Share",
    "ShareChange",
    "Sighting",
    "Signature",
    "Statement",
    "StatementLine",
    "StatementPayout",
    "Unmatched",
    "UploadPart",
    "UsageReport",
    "User",
    "Work",
]
