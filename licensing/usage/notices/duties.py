"""What a licence asks for in reports."""

from django.utils import timezone

from licensing.deals.models import Licence
from licensing.usage.notices.due import Duty


def duty_of(licence: Licence) -> Duty:
    """Return what a licence asks for in reports."""
    return Duty(
        licence.terms.get("reporting"),
        licence.starts_on,
        licence.ends_on,
        timezone.localdate(licence.signed_at),
    )
