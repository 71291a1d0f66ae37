"""The number each side files a deal under; no term of it, so it changes before and after signature.

An issued statement keeps the numbers of the day it was issued.
"""

from django.db import transaction

from licensing.access import Actor
from licensing.deals.models import REFERENCE_LENGTH, Deal
from licensing.deals.services import require_party
from licensing.errors import Fault, InvalidInput


@transaction.atomic
def set_reference(*, by: Actor, deal_id: str, reference: str) -> Deal:
    """Write one's own side's number; empty takes it away.

    Raises `Deal.DoesNotExist` if ``by`` may not see the deal, `NotAParty` for whoever is no side
    of it, `InvalidInput` for more than one line or too many characters.
    """
    deal = Deal.objects.visible_to(by).lock(deal_id)
    require_party(deal, by)
    ours = "licensor_reference" if by.organisation_id == deal.licensor_id else "licensee_reference"
    setattr(deal, ours, _written(reference))
    deal.save(update_fields=[ours])
    return deal


def _written(reference: str) -> str:
    written = reference.strip()
    if len(written) > REFERENCE_LENGTH or not written.isprintable():
        raise InvalidInput(
            "This is no contract number.",
            faults=[
                Fault(
                    "reference",
                    "invalid",
                    f"Write one line of at most {REFERENCE_LENGTH} characters, or nothing.",
                )
            ],
        )
    return written
