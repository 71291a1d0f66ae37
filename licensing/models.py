"""Every concept's models, for Django to find."""

from licensing.api.models import IdempotencyRecord
from licensing.parties.models import ApiKey, Invitation, Membership, Organisation, User

__all__ = ["ApiKey", "IdempotencyRecord", "Invitation", "Membership", "Organisation", "User"]
